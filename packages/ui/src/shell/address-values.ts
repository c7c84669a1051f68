/*
 * What an address may hold is anything that somebody typed. Each of these takes a value where it is sound, and is undefined
 * where it is not, so that an old or mistyped link still opens.
 */

/** A text that is not empty; the address parser makes numbers of some. */
export function addressText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The texts of a list that has some. */
export function addressTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const found = value.map(addressText).filter((one) => one !== undefined)
  return found.length > 0 ? found : undefined
}

export function addressFlag(value: unknown): true | undefined {
  return value === true ? true : undefined
}

export function addressRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

/** What is undefined is left out, so that defaults do not stand in the address. */
export function soundValues<T extends object>(found: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as T
}
