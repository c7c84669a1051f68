import { ApiError, invalidParameter } from '@trackway/api'
import { type EntityName, type SearchEntity, searchEntities } from './entities.ts'
import { fieldForms, readFieldName, resolveField, splitFieldName, type FieldName } from './field.ts'
import type { ModelOrderTerm, OrderTerm, RunOrderTerm } from './filter.ts'
import { createLexer, excerpt, expectedInstead, isWord, type Lexer } from './lexer.ts'

const maxTerms = 32

/**
 * Reads `order_by` strings: a field each, then ASC (the default) or DESC.
 * @throws ApiError INVALID_PARAMETER_VALUE also when two terms name the same field (MLflow answers 500 then).
 */
export function parseOrderBy(entityName: EntityName, texts: readonly string[]): OrderTerm[] {
  checkCount(texts.length)
  return checkTerms(texts.map((text) => parseTerm(entityName, text)))
}

/**
 * The same for tables of runs, where a term may also be `min(metrics.loss)`, `max(…)` or `count(…)`. MLflow's own
 * searches refuse these.
 */
export function parseRunOrder(texts: readonly string[]): RunOrderTerm[] {
  checkCount(texts.length)
  return checkTerms(texts.map(parseRunTerm))
}

function parseTerm(entityName: EntityName, text: string): OrderTerm {
  const lexer = createLexer(text)
  const name = readName(lexer, text)
  return toTerm(entityName, name, readIsAscending(lexer, text))
}

function parseRunTerm(text: string): RunOrderTerm {
  const lexer = createLexer(text)
  const value = (['MIN', 'MAX', 'COUNT'] as const).find((one) => isWord(lexer.peek(), one))
  if (value === undefined) return parseTerm('runs', text)
  lexer.next()
  readSymbol('(')
  const name = readName(lexer, text)
  readSymbol(')')
  const term = toTerm('runs', name, readIsAscending(lexer, text))
  if (term.on !== 'metric') {
    throw invalidParameter(
      `Invalid order_by clause '${excerpt(text)}'. Only a metric has ${value}, as it alone has several values.`,
    )
  }
  return { ...term, value }

  function readSymbol(symbol: string): void {
    const token = lexer.next()
    if (token.source !== symbol) throw refuse(text, expectedInstead(token, symbol))
  }
}

function refuse(text: string, reason: string): ApiError {
  return invalidParameter(`Invalid order_by clause '${excerpt(text)}'. Could not be parsed. ${reason}`)
}

function readName(lexer: Lexer, text: string): FieldName {
  const first = lexer.peek()
  const name = readFieldName(lexer)
  if (name !== undefined) return name
  throw refuse(text, expectedInstead(lexer.peek().kind === 'unclosed' ? lexer.peek() : first, fieldForms))
}

function readIsAscending(lexer: Lexer, text: string): boolean {
  const direction = lexer.next()
  if (direction.kind !== 'word' && direction.kind !== 'end')
    throw refuse(text, expectedInstead(direction, 'ASC or DESC'))
  const ascending = direction.kind === 'end' || /^asc$/i.test(direction.source)
  if (!ascending && !/^desc$/i.test(direction.source)) {
    throw invalidParameter(
      `Invalid ordering key in order_by clause '${excerpt(text)}'. ` +
        `${expectedInstead(direction, 'ASC or DESC')} A key with spaces needs quotes.`,
    )
  }
  const rest = lexer.peek()
  if (rest.kind !== 'end') throw refuse(text, expectedInstead(rest, 'nothing more'))
  return ascending
}

/** An order term as logged models have it on the wire. */
export interface OrderField {
  readonly field_name: string
  readonly ascending?: boolean | undefined
  readonly dataset_name?: string | undefined
  readonly dataset_digest?: string | undefined
}

/** Reads such terms; the dataset counts for metrics only and is left out elsewhere, as in MLflow. */
export function parseOrderFields(entityName: EntityName, fields: readonly OrderField[]): ModelOrderTerm[] {
  checkCount(fields.length)
  return checkTerms(fields.map((field) => parseOrderField(entityName, field)))
}

/** Reads one such term. The name is not quoted: all behind the first dot is the key, `metrics.a b` too. */
export function parseOrderField(entityName: EntityName, field: OrderField): ModelOrderTerm {
  const { prefix, name } = splitFieldName(field.field_name)
  try {
    const term = toTerm(entityName, { prefix, name: unquote(name) }, field.ascending ?? true)
    if (term.on !== 'metric') return term
    return { ...term, datasetName: field.dataset_name, datasetDigest: field.dataset_digest }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw invalidParameter(`Invalid order by field name: ${excerpt(field.field_name)}. ${error.message}`)
  }
}

function unquote(name: string): string {
  const quote = name.charAt(0)
  const isQuoted = name.length >= 2 && (quote === '`' || quote === '"') && name.endsWith(quote)
  return isQuoted ? name.slice(1, -1) : name
}

function toTerm(entityName: EntityName, name: FieldName, ascending: boolean): OrderTerm {
  const { on, key } = resolveField(entityName, name)
  const { orderBy, prefixes }: SearchEntity = searchEntities[entityName]
  const kind = orderBy.find((allowed) => allowed === on)
  if (kind !== undefined) return { on: kind, key, ascending }
  const allowed = orderBy.map((candidate) => prefixes[candidate]?.[0])
  throw invalidParameter(`Invalid order_by entity: ${on}. Valid values are ${allowed.join(', ')}.`)
}

function checkCount(count: number): void {
  if (count > maxTerms) throw invalidParameter(`\`order_by\` has ${count} terms, ${maxTerms} are allowed.`)
}

function checkTerms<Term extends ModelOrderTerm & RunOrderTerm>(terms: Term[]): Term[] {
  const seen = new Set<string>()
  for (const { on, key, datasetName, datasetDigest, value } of terms) {
    const field = JSON.stringify([on, key, datasetName, datasetDigest, value])
    if (seen.has(field))
      throw invalidParameter(`\`order_by\` contains duplicate fields: ${on} '${excerpt(key)}' twice.`)
    seen.add(field)
  }
  return terms
}
