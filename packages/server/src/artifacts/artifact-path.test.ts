import { describe, expect, test } from 'vitest'
import { artifactFile, artifactFolder } from './artifact-path.ts'

const leadingOut = [
  '..',
  '../x',
  'a/../b',
  'a/..',
  './../x',
  '%2e%2e/x',
  '.%2E/x',
  '%252e%252e/x',
  '%25252e%25252e%25252fx',
  'a/..%2fb',
  'a%2f..%2fb',
  'a/..%5cb',
  'a/%2e%2e%5cb',
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc/passwd',
  '%252fetc/passwd',
  '/etc/passwd%00.jpg',
  '\\etc',
  '..\\x',
  'a\\..\\b',
  '%5c%5chost%5cshare',
  'C:\\x',
  'c:/x',
  'C:x',
  'C%3A/x',
  'file:///etc/passwd',
  'FILE:etc',
  'file%3a///etc/passwd',
  's3://bucket/x',
  'http://host/x',
  'a\0b',
  'a\nb',
  'a\u007fb',
  'a\ud800b',
  'file://a#/..//x',
  'a#b',
  '.. /x',
  '.../x',
  `${'a/'.repeat(1100)}x`,
  'é'.repeat(128),
]

describe('artifactFile', () => {
  test.each(leadingOut)('refuses %j and says so', (path) => {
    expect(() => artifactFile(path)).toThrowError(/^Invalid path /)
    expect(() => artifactFile(path)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }))
  })

  test('refuses a `..` that is encoded more often than it cares to decode', () => {
    let path = '../x'
    for (let times = 0; times < 15; times++) path = encodeURIComponent(path).replaceAll('.', '%2E')
    expect(() => artifactFile(path)).toThrowError(/^Invalid path /)
  })

  test.each(['', '.', './', 'a/', 'a/b//'])('refuses %j, which names no file', (path) => {
    expect(() => artifactFile(path)).toThrowError(/must end with the file's name/)
  })

  test.each([
    'model.pkl',
    'a/b/c.txt',
    'with space/ü ö.txt',
    '模型/🚀.bin',
    '100%.txt',
    'dog%step%100%timestamp%100',
    'a%20b',
    '..a/b..c/...d',
    '.hidden',
    '2026-11-23T10:00:00.txt',
    'model:v1.txt',
    'what?.txt',
    "it's (1)+[2]&3=4;.txt",
    'é'.repeat(127),
  ])('keeps %j', (path) => {
    expect(artifactFile(path)).toBe(path)
  })

  test('drops empty and `.` names', () => {
    expect(artifactFile('a//./b')).toBe('a/b')
  })

  test('shows no more than a part of a long path', () => {
    expect(() => artifactFile(`../${'x'.repeat(5000)}`)).toThrowError(/^.{0,700}$/)
  })
})

describe('artifactFolder', () => {
  test.each(['', '.', './'])('takes %j as the root', (path) => {
    expect(artifactFolder(path)).toBe('')
  })

  test('takes a slash at the end', () => {
    expect(artifactFolder('a/b/')).toBe('a/b')
  })

  test.each(leadingOut)('refuses %j', (path) => {
    expect(() => artifactFolder(path)).toThrowError(/^Invalid path /)
  })
})
