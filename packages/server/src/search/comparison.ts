import { type ApiError, invalidParameter } from '@trackway/api'
import { comparators } from './entities.ts'
import type { Field } from './field.ts'
import type { Comparison } from './filter.ts'
import { excerpt, isConnective, position, type Token } from './lexer.ts'

/** Whether text may stand without quotes. */
export interface TextRules {
  readonly bareText: boolean
}

/** A comparator as written, in upper case with single spaces; perhaps not one that exists (`==`, `NOT LIKE`). */
export interface WrittenComparator {
  readonly text: string
  /** Offset in the filter. */
  readonly start: number
}

/** Checks a comparator and its operands against the field's type and turns them into typed values. */
export function toComparison(
  field: Field,
  { text, start }: WrittenComparator,
  operands: readonly Token[],
  rules: TextRules,
): Comparison {
  const comparator = comparators[field.type].find((allowed) => allowed === text)
  const [operand] = operands
  switch (comparator) {
    case undefined:
      throw invalidParameter(
        `Invalid comparator '${excerpt(text)}' not one of ${comparators[field.type].join(', ')} ` +
          `for ${labels[field.on]} '${excerpt(field.key)}'${position(start)}.`,
      )
    case 'IS NULL':
    case 'IS NOT NULL':
      return { comparator, value: null }
    case 'IN':
    case 'NOT IN':
      return { comparator, value: toList(field, operands) }
    case 'LIKE':
    case 'ILIKE':
      return { comparator, value: toText(field, operand, rules) }
    case '=':
    case '!=':
      return field.type === 'text' || field.type === 'experimentId'
        ? { comparator, value: normalise(field, toText(field, operand, rules)) }
        : { comparator, value: toNumber(field, operand) }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { comparator, value: toNumber(field, operand) }
  }
}

const labels = { metric: 'metric', param: 'parameter', tag: 'tag', attribute: 'attribute', dataset: 'dataset' } as const

function toNumber(field: Field, operand: Token | undefined): number | bigint {
  const text = numberText(field, operand)
  if (text === undefined) {
    const what = field.on === 'metric' ? 'metric' : `numeric attribute: ${field.key}`
    throw wrongOperand(
      `Expected numeric value type for ${what}. Found`,
      operand,
      'Use a number such as 1, -0.5 or 1e3.',
    )
  }
  const value = Number(text)
  if (field.type === 'double' || Number.isSafeInteger(value) || !/^-?\d{1,19}$/.test(text)) return value
  const exact = BigInt(text)
  return isInt64(exact) ? exact : value
}

function numberText({ quotedNumbers }: Field, operand: Token | undefined): string | undefined {
  if (operand?.kind === 'number') return operand.source
  const isQuotedNumber = quotedNumbers && operand?.kind === 'quoted' && /^-?\d+$/.test(operand.value)
  return isQuotedNumber ? operand.value : undefined
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

function toText(field: Field, operand: Token | undefined, { bareText }: TextRules): string {
  if (operand?.kind === 'quoted' && !operand.source.startsWith('`')) return operand.value
  if (bareText && operand !== undefined && isBareText(operand)) return operand.source
  if (operand?.kind === 'word' || operand?.kind === 'quoted') {
    throw wrongOperand(
      'Parameter value is either not quoted or unidentified quote types used for string value',
      operand,
      'Use either single or double quotes.',
    )
  }
  throw wrongOperand(expectedText[field.on], operand, 'Use either single or double quotes.')
}

function isBareText(token: Token): boolean {
  return token.kind === 'number' || (token.kind === 'word' && !isConnective(token))
}

const expectedText = {
  metric: 'Expected a quoted string value for metric. Got value',
  param: "Expected a quoted string value for parameter (e.g. 'my-value'). Got value",
  tag: "Expected a quoted string value for tag (e.g. 'my-value'). Got value",
  attribute: 'Expected a quoted string value for attributes. Got value',
  dataset: 'Expected a quoted string value for dataset attributes. Got value',
} as const

function toList(field: Field, operands: readonly Token[]): string[] {
  const start = 'While parsing a list in the query, expected'
  if (operands.length === 0) throw invalidParameter(`${start} a non-empty list of string values, but got empty list.`)
  return operands.map((operand) => {
    if (operand.kind === 'quoted' && !operand.source.startsWith('`')) return normalise(field, operand.value)
    const lead = `${start} string value, punctuation, or whitespace, but got different type in list:`
    throw wrongOperand(lead, operand, "Write it as ('a', 'b').")
  })
}

function wrongOperand(lead: string, operand: Token | undefined, advice: string): ApiError {
  const found = excerpt(operand?.source ?? '')
  return invalidParameter(`${lead} ${found} at position ${(operand?.start ?? 0) + 1}. ${advice}`)
}

function normalise({ type, spellings, anyCase }: Field, value: string): string {
  if (type === 'experimentId') return toExperimentId(value)
  if (anyCase) return anyCase.find((one) => one.toLowerCase() === value.toLowerCase()) ?? value
  return spellings !== undefined && Object.hasOwn(spellings, value) ? (spellings[value] ?? value) : value
}

function toExperimentId(value: string): string {
  const id = /^\s*-?\d{1,19}\s*$/.test(value) ? BigInt(value) : undefined
  if (id !== undefined && isInt64(id)) return String(id)
  throw invalidParameter(`Invalid experiment ID '${excerpt(value)}'. Experiment ID must be a valid integer.`)
}
