import type { FastifyRequest } from 'fastify'
import { describe, expect, test } from 'vitest'

import { callerOf } from './caller-of.ts'

const of = (authorization?: string): string =>
  callerOf({ headers: authorization === undefined ? {} : { authorization } } as FastifyRequest).user
const basic = (credentials: string | Uint8Array): string => `Basic ${Buffer.from(credentials).toString('base64')}`

describe('callerOf()', () => {
  test.each([
    ['ana:secret', 'ana'],
    ['ana:', 'ana'],
    ['ana:a:b', 'ana'],
    ['ana@example.com:x', 'ana@example.com'],
    ['José Müller 田中 😀:x', 'José Müller 田中 😀'],
    [`${'é'.repeat(256)}:x`, 'é'.repeat(256)],
    [`${'😀'.repeat(256)}:x`, '😀'.repeat(256)],
  ])('takes the user name of %s', (credentials, user) => {
    expect(of(basic(credentials))).toBe(user)
  })

  test('takes the scheme in any letter case, and more than one space', () => {
    const token = Buffer.from('ana:x').toString('base64')
    expect([of(`basic ${token}`), of(`BASIC  ${token}`)]).toEqual(['ana', 'ana'])
  })

  test('takes both spellings of an accented letter as one name', () => {
    expect(of(basic('Jose\u0301:x'))).toBe('Jos\u00e9')
  })

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['no credentials', 'Basic'],
    ['another scheme', 'Bearer YW5hOng='],
    ['what is not base64', 'Basic ana:x'],
    ['two tokens', 'Basic YW5hOng= YW5hOng='],
    ['no colon', basic('ana')],
    ['no name', basic(':secret')],
    ['bytes that are not UTF-8', basic(Uint8Array.of(0xff, 0xfe, 0x3a, 0x78))],
    ['a line break in the name', basic('ana\nbob:x')],
    ['a NUL in the name', basic('ana\0:x')],
    ['a name of 257 characters', basic(`${'a'.repeat(257)}:x`)],
  ])('knows nobody by %s', (_what, authorization) => {
    expect(of(authorization)).toBe('')
  })
})
