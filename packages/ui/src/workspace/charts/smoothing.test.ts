import { expect, test } from 'vitest'
import { smoothed, windowRadius } from './smoothing.ts'

const noisy = Float64Array.from({ length: 60 }, (_, at) => Math.sin(at / 5) + ((at * 7919) % 13) / 20)

test('smoothed by ema is the mean of the past with weights that fall by each point', () => {
  const weight = 0.8
  const found = smoothed(noisy, weight, 'ema')
  for (const at of [0, 1, 7, 59]) {
    let [sum, all] = [0, 0]
    for (let past = 0; past <= at; past++) {
      const share = weight ** (at - past)
      sum += share * (noisy[past] ?? 0)
      all += share
    }
    expect(found[at]).toBeCloseTo(sum / all, 10)
  }
})

test('smoothed by average is the plain mean of the window, narrower at the ends', () => {
  const radius = windowRadius(noisy.length, 0.6)
  const found = smoothed(noisy, 0.6, 'average')
  for (const at of [0, 20, 59]) {
    const window = noisy.slice(Math.max(0, at - radius), at + radius + 1)
    expect(found[at]).toBeCloseTo(window.reduce((sum, value) => sum + value, 0) / window.length, 10)
  }
})

test('smoothed by gaussian keeps a constant and lowers a spike', () => {
  const flat = smoothed(new Float64Array(30).fill(3), 0.7, 'gaussian')
  expect([...flat].every((value) => Math.abs(value - 3) < 1e-12)).toBe(true)
  const spike = new Float64Array(31)
  spike[15] = 1
  const found = smoothed(spike, 0.7, 'gaussian')
  expect(found[15]).toBeLessThan(0.5)
  expect(found[14]).toBeCloseTo(found[16] ?? 0, 12)
})

test('smoothed leaves what is no finite number a gap that counts for nothing', () => {
  const values = Float64Array.from([1, Number.NaN, Infinity, 1])
  for (const by of ['ema', 'gaussian', 'average'] as const)
    expect([...smoothed(values, 0.9, by)]).toEqual([1, NaN, NaN, 1])
  expect(smoothed(values, 0)).toBe(values)
})
