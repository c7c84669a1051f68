import { describe, expect, it } from 'vitest'
import { isBinary, isLog, languageOf, mediaKind } from './media-kind.ts'

describe('mediaKind', () => {
  it.each([
    ['images/a.PNG', 'image'],
    ['plot.svg', 'image'],
    ['model/MLmodel', 'code'],
    ['notes.md', 'markdown'],
    ['data.tsv', 'table'],
    ['x.parquet', 'parquet'],
    ['stdout', 'text'],
    ['.gitignore', 'unknown'],
    ['weights.bin', 'unknown'],
    ['png', 'image'],
  ])('of %s is %s', (path, kind) => {
    expect(mediaKind(path)).toBe(kind)
  })

  it('knows the grammar of code', () => {
    expect(languageOf('model/MLmodel')).toBe('yaml')
    expect(languageOf('a/train.py')).toBe('python')
    expect(languageOf('a.txt')).toBeUndefined()
  })
})

describe('isBinary', () => {
  it('takes text for text, also where a cut goes through a character', () => {
    const bytes = new TextEncoder().encode('größe')
    expect(isBinary(bytes)).toBe(false)
    expect(isBinary(bytes.subarray(0, 3))).toBe(false)
  })

  it('knows what is no text', () => {
    expect(isBinary(new Uint8Array([72, 0, 72]))).toBe(true)
    expect(isBinary(new Uint8Array([0xff, 0xfe, 72]))).toBe(true)
  })
})

describe('isLog', () => {
  it.each([
    ['logs/anything.json', true],
    ['a/train.log', true],
    ['stdout', true],
    ['model/requirements.txt', true],
    ['catalogs/x.csv', false],
    ['mystdout', false],
  ])('of %s is %s', (path, is) => {
    expect(isLog(path)).toBe(is)
  })
})
