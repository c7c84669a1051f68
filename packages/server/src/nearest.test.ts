import { describe, expect, it } from 'vitest'

import { nearest } from './nearest.ts'

const flags = ['--host', '--port', '--allowed-hosts', '--static-prefix', '--backend-store-uri']

describe('nearest', () => {
  it.each([
    ['--prot', '--port'],
    ['--Host', '--host'],
    ['--allowed-host', '--allowed-hosts'],
    ['--backend-store-url', '--backend-store-uri'],
    ['--staticprefix', '--static-prefix'],
  ])('finds what %s was meant to be', (given, meant) => {
    expect(nearest(given, flags)).toBe(meant)
  })

  it('suggests nothing where nothing is close', () => {
    expect(nearest('--colour', flags)).toBeUndefined()
    expect(nearest('x', ['server'])).toBeUndefined()
    expect(nearest('anything', [])).toBeUndefined()
  })
})
