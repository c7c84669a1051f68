/**
 * Where the key of the secrets comes from: from the settings, or from a file that is made when it is first needed. It is
 * missing where servers share a database, and so would have to share the key, and none is set.
 * A key is 32 bytes in base64, plain or URL-safe: Fernet's keys of MLflow fit.
 */
export type SecretKey = { readonly key: string } | { readonly file: string } | { readonly missing: true }

export const keyBytes = 32

/** The bytes of a key, undefined where the text is none. */
export function parseSecretKey(text: string): Buffer | undefined {
  const trimmed = text.trim()
  if (!/^[\w+/-]{43}=?$/.test(trimmed)) return undefined
  const bytes = Buffer.from(trimmed, 'base64')
  return bytes.length === keyBytes ? bytes : undefined
}
