import type { Field } from './field.ts'

const prefixes = {
  metric: 'metrics',
  param: 'params',
  tag: 'tags',
  attribute: 'attributes',
  dataset: 'datasets',
} as const

type NamedField = Pick<Field, 'on' | 'key'>

/** A field as filters, orders and columns name it, quoted where needed. */
export function fieldText({ on, key }: NamedField): string {
  // Back-ticks are the one quote that a backslash before it does not change.
  const name = /^[A-Za-z_][\w./-]*$/.test(key) ? key : `\`${key.replaceAll('`', '``')}\``
  return `${prefixes[on]}.${name}`
}

/**
 * The condition that a field has this value; null stands for none. Undefined where the language cannot write a text: a
 * backslash at its end, or before either quote, would change how the quote is read.
 */
export function conditionText(field: NamedField, value: string | number | bigint | null): string | undefined {
  if (value === null) return `${fieldText(field)} IS NULL`
  const literal = typeof value === 'string' ? quoteText(value) : String(value)
  return literal === undefined ? undefined : `${fieldText(field)} = ${literal}`
}

function quoteText(text: string): string | undefined {
  const quote = ["'", '"'].find((one) => !text.endsWith('\\') && !text.includes(`\\${one}`))
  return quote && `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
}
