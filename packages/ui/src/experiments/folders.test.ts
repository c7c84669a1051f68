import type { Experiment } from '@trackway/sdk'
import { describe, expect, it } from 'vitest'
import { foldersOf, isInFolder, leafName } from './folders.ts'

function named(name: string): Experiment {
  return {
    experiment_id: name,
    name,
    artifact_location: '',
    lifecycle_stage: 'active',
    last_update_time: 0,
    creation_time: 0,
  }
}

describe('foldersOf', () => {
  it('puts experiments into the folders of their names, in the order in which people count', () => {
    const root = foldersOf(['a/b10/x', 'a/b9/y', 'a/z', 'plain'].map(named))
    expect(root.experiments.map(({ name }) => name)).toEqual(['plain'])
    expect(root.folders.map(({ path, count }) => [path, count])).toEqual([['a', 3]])
    expect(root.folders[0]?.folders.map(({ path }) => path)).toEqual(['a/b9', 'a/b10'])
    expect(root.count).toBe(4)
  })

  it('passes over empty parts', () => {
    const root = foldersOf(['/Users/ada/exp', 'a//b', 'end/', '/', '__proto__/x'].map(named))
    expect(root.folders.map(({ path }) => path)).toEqual(['__proto__', 'a', 'Users'])
    expect(root.experiments.map(({ name }) => name)).toEqual(['end/', '/'])
  })
})

describe('leafName', () => {
  it('is the last part, or the whole name where there is none', () => {
    expect(['a/b/c', 'c', 'a/', '/'].map(leafName)).toEqual(['c', 'c', 'a', '/'])
  })
})

describe('isInFolder', () => {
  it('is true in and below the folder only', () => {
    expect(isInFolder('a/b/c', 'a')).toBe(true)
    expect(isInFolder('a/b', 'a')).toBe(true)
    expect(isInFolder('ab/c', 'a')).toBe(false)
    expect(isInFolder('a', 'a')).toBe(false)
    expect(isInFolder('a', '')).toBe(true)
  })
})
