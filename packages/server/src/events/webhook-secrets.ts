import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

import { ApiError } from '@trackway/api'

import { keyBytes, parseSecretKey } from './secret-key.ts'
import type { SecretKey } from './secret-key.ts'

/** Webhooks' secrets as they are stored: encrypted, so that a copy of the database tells none of them. */
export interface WebhookSecrets {
  /** @throws ApiError TEMPORARILY_UNAVAILABLE where there is no key yet and none can be kept. */
  seal(secret: string): string
  /** @throws UnreadableSecret with what to do. */
  open(sealed: string): string
}

/** The secret was stored with another key than the present one, or the key is gone. */
export class UnreadableSecret extends Error {}

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
/** The form of what is stored, so that another one may follow. */
const version = 'v1:'

/** Nothing is read or written before the first secret. */
export function createWebhookSecrets(source: SecretKey): WebhookSecrets {
  let key: Buffer | undefined

  function present(): Buffer | undefined {
    key ??= 'key' in source ? parseSecretKey(source.key) : 'file' in source ? readKey(source.file) : undefined
    return key
  }

  return {
    seal(secret) {
      const used = present() ?? (key = makeKey(source))
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv(algorithm, used, iv)
      const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return version + sealed.toString('base64')
    },
    open(sealed) {
      const used = present()
      if (used && sealed.startsWith(version)) {
        const bytes = Buffer.from(sealed.slice(version.length), 'base64')
        const end = bytes.length - tagBytes
        try {
          const decipher = createDecipheriv(algorithm, used, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
          decipher.setAuthTag(bytes.subarray(end))
          return decipher.update(bytes.subarray(ivBytes, end), undefined, 'utf8') + decipher.final('utf8')
        } catch {
          // Told below: a wrong key and changed bytes look the same.
        }
      }
      const where =
        'key' in source ? 'the key in MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY' : 'the key in the file beside the database'
      throw new UnreadableSecret(
        `The webhook's secret cannot be read with ${where}. Bring the key back that it was stored with, ` +
          'or set the secret again.',
      )
    },
  }
}

function readKey(file: string): Buffer | undefined {
  try {
    return parseSecretKey(readFileSync(file, 'latin1'))
  } catch {
    return undefined
  }
}

/** Whole and on disk before it is used, or not there; of two that make it at once, both use the first one's. */
function makeKey(source: SecretKey): Buffer {
  if ('key' in source) throw new Error('The key of the settings was not checked')
  if ('missing' in source) {
    throw new ApiError(
      'INVALID_STATE',
      'Webhooks with a secret need a key that all servers of the database share. Start them with the same ' +
        'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 32 random bytes in URL-safe base64.',
    )
  }
  const { file } = source
  const made = randomBytes(keyBytes)
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeDurably(draft, `${made.toString('base64url')}=\n`)
    try {
      linkSync(draft, file)
    } finally {
      rmSync(draft, { force: true })
    }
    syncFolder(dirname(file))
    return made
  } catch (cause) {
    const other = readKey(file)
    if (other) return other
    const { code = '' } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EEXIST' ? 'the file beside the database that holds it is damaged' : `it cannot be stored (${code})`
    throw new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      `The server has no key for the secrets of webhooks: ${reason}. Who runs it can mend that, ` +
        'or set MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.',
      { cause },
    )
  }
}

function writeDurably(file: string, text: string): void {
  const opened = openSync(file, 'wx', 0o600)
  try {
    writeSync(opened, text)
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** Makes a name in a folder durable; Windows knows no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
