import { describe, expect, it } from 'vitest'
import { isFilter, parseExperimentsSearch } from './experiments-search.ts'

describe('isFilter', () => {
  it('tells a filter from a part of a name', () => {
    expect(["tags.team = 'x'", "name LIKE 'a%'", "NOT tags.a = 'b'", "(tag.`x y` != 'z')"].every(isFilter)).toBe(true)
    expect(['vision', 'tags', 'a = b', 'name', 'names are'].some(isFilter)).toBe(false)
  })
})

describe('parseExperimentsSearch', () => {
  it('takes what is sound and leaves out the rest and the defaults', () => {
    expect(parseExperimentsSearch({ q: 7, folder: 'a/b', sort: 'name', other: 1 })).toEqual({
      q: '7',
      folder: 'a/b',
      sort: 'name',
    })
    expect(parseExperimentsSearch({ q: '', folder: {}, sort: 'activity' })).toEqual({})
  })
})
