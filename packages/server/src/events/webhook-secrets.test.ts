import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createWebhookSecrets, UnreadableSecret } from './webhook-secrets.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-secrets-'))
  file = join(folder, 'a.db.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

const key = (): string => randomBytes(32).toString('base64url')

describe('createWebhookSecrets', () => {
  test('opens what it sealed, never sealed twice alike, and without the secret in it', () => {
    const secrets = createWebhookSecrets({ key: `${key()}=` })
    for (const secret of ['s', 'größe ✓', 'x'.repeat(1000)]) {
      const [one, other] = [secrets.seal(secret), secrets.seal(secret)]
      expect(one).not.toBe(other)
      expect(Buffer.from(one.replace('v1:', ''), 'base64').includes(secret) && secret.length > 1).toBe(false)
      expect([secrets.open(one), secrets.open(other)]).toEqual([secret, secret])
    }
  })

  test('makes a key file when the first secret is sealed, for its owner only, and uses it from then on', () => {
    const secrets = createWebhookSecrets({ file })
    expect(readdirSync(folder)).toEqual([])
    const sealed = secrets.seal('secret')
    expect(readdirSync(folder)).toEqual(['a.db.key'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}=\n$/)
    expect(createWebhookSecrets({ file }).open(sealed)).toBe('secret')
  })

  test('the key of the file can move to the settings', () => {
    const sealed = createWebhookSecrets({ file }).seal('secret')
    expect(createWebhookSecrets({ key: readFileSync(file, 'utf8').trim() }).open(sealed)).toBe('secret')
  })

  test('two that need a key at once agree on one', () => {
    const first = createWebhookSecrets({ file })
    const second = createWebhookSecrets({ file })
    expect(() => second.open('v1:AAAA')).toThrow(UnreadableSecret)
    expect(second.open(first.seal('secret'))).toBe('secret')
  })

  test('another key, a changed text or none at all is told with what to do', () => {
    const sealed = createWebhookSecrets({ key: key() }).seal('secret')
    const bytes = Buffer.from(sealed.slice(3), 'base64')
    bytes[13] = (bytes[13] ?? 0) ^ 1
    const same = createWebhookSecrets({ key: key() })
    for (const bad of [sealed, `v1:${bytes.toString('base64')}`, 'v1:', 'v2:abc', '']) {
      expect(() => same.open(bad), bad).toThrow('set the secret again')
      expect(() => createWebhookSecrets({ file }).open(bad), bad).toThrow(UnreadableSecret)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test('a damaged key file is told and stays as it is', () => {
    writeFileSync(file, 'half a k')
    expect(() => createWebhookSecrets({ file }).seal('secret')).toThrow('is damaged')
    expect(readFileSync(file, 'utf8')).toBe('half a k')
    expect(readdirSync(folder)).toEqual(['a.db.key'])
  })

  test('a place that cannot be written is told', () => {
    const nowhere = createWebhookSecrets({ file: join(folder, 'none', 'a.db.key') })
    expect(() => nowhere.seal('secret')).toThrow('cannot be stored (ENOENT)')
  })
})
