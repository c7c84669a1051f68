/** A value of a table as text: nothing for what is missing, times in ISO form, the rest as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().replace('.000Z', 'Z')
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'object') {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  }
  return String(value as number | bigint | boolean)
}
