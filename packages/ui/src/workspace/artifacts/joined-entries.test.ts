import { describe, expect, it } from 'vitest'
import { joinedEntries } from './joined-entries.ts'

const file = (path: string) => ({ path, isFolder: false, size: 1 })
const folder = (path: string) => ({ path, isFolder: true, size: undefined })

describe('joinedEntries', () => {
  it('has what either run has, once, folders first, and says whose it is', () => {
    const joined = joinedEntries([folder('b'), file('a10'), file('a2')], [folder('a'), file('a2'), file('b')])
    expect(joined.map(({ path, isFolder, where }) => [path, isFolder, where])).toEqual([
      ['a', true, 'second'],
      ['b', true, 'first'],
      ['a2', false, 'both'],
      ['a10', false, 'first'],
      ['b', false, 'second'],
    ])
  })
})
