import { describe, expect, it } from 'vitest'
import { addressOf, parseAddress } from './address.ts'

describe('parseAddress', () => {
  it.each([
    ['', {}],
    ['#/', {}],
    ['#/experiments', {}],
    ['#/models/a', {}],
    ['#/experiments/1', { experimentId: '1' }],
    ['#/experiments/1/', { experimentId: '1' }],
    ['#/experiments/1?searchFilter=a/b', { experimentId: '1' }],
    ['#/experiments/1/traces', { experimentId: '1' }],
    ['#/experiments/1/runs/abc', { experimentId: '1', runId: 'abc' }],
    ['#/experiments/1/runs/abc/artifacts/model', { experimentId: '1', runId: 'abc' }],
    ['#/experiments/%zz', { experimentId: '%zz' }],
  ])('reads %j', (hash, address) => {
    expect(parseAddress(hash)).toEqual(address)
  })
})

describe('addressOf', () => {
  it.each([{}, { experimentId: '1' }, { experimentId: 'a/b?c', runId: '%#' }])('is read back as %j', (address) => {
    expect(parseAddress(addressOf(address))).toEqual(address)
  })
})
