import { type ApiError, invalidParameter } from '@trackway/api'
import { type Attribute, datasetFields, type EntityName, type SearchEntity, searchEntities } from './entities.ts'
import type { FieldKind } from './filter.ts'
import { createLexer, excerpt, expectedInstead, type Lexer, position, type Token } from './lexer.ts'

/** A field's name as written: `tags."a b"` has the prefix `tags` and the name `a b`. */
export interface FieldName {
  readonly prefix: string | null
  readonly name: string
  /** Offset in the text that it was read from. */
  readonly start?: number | undefined
}

/** A field that the entity has, by its canonical name. */
export interface Field extends Omit<Attribute, 'synonyms'> {
  readonly on: FieldKind
  readonly key: string
}

/** What a field looks like, for messages. */
export const fieldForms = 'a field (metrics.acc, tags."a b", params.`a b`, or an attribute such as name or status)'

/**
 * Reads a field's name: words joined by dots, a prefix and a key in quotes, or an attribute in quotes.
 * Undefined when something else comes.
 */
export function readFieldName(lexer: Lexer): FieldName | undefined {
  const parts: Token[] = []
  for (let part = lexer.peek(); isPart(part) && isAdjacent(part, parts.at(-1)); part = lexer.peek()) {
    parts.push(lexer.next())
  }
  const field = joinParts(parts)
  if (field === undefined || field.name === '' || field.prefix === '') return undefined
  return { ...field, start: parts[0]?.start }
}

function isPart({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quoted'
}

function isAdjacent(part: Token, before: Token | undefined): boolean {
  return before === undefined || before.end === part.start
}

function joinParts([first, second, ...rest]: readonly Token[]): FieldName | undefined {
  if (first === undefined || first.source.startsWith("'")) return undefined
  if (first.kind === 'word') {
    const { prefix, name } = splitFieldName(first.source)
    if (second === undefined) return { prefix, name }
    return name === '' && second.kind === 'quoted' && rest.length === 0 ? { prefix, name: second.value } : undefined
  }
  if (second === undefined) return { prefix: null, name: first.value }
  if (!second.source.startsWith('.') || rest.length > 1) return undefined
  const [last] = rest
  if (last === undefined) return { prefix: first.value, name: second.source.slice(1) }
  return second.source === '.' && last.kind === 'quoted' ? { prefix: first.value, name: last.value } : undefined
}

/**
 * Reads a field that stands alone, such as a column of a table.
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function parseField(entityName: EntityName, text: string): Field {
  const lexer = createLexer(text)
  const first = lexer.peek()
  const name = readFieldName(lexer)
  const rest = lexer.peek()
  if (name === undefined || rest.kind !== 'end') {
    const reason = name === undefined ? expectedInstead(first, fieldForms) : expectedInstead(rest, 'nothing more')
    throw invalidParameter(`Invalid field '${excerpt(text)}'. ${reason} A key with spaces needs quotes.`)
  }
  return resolveField(entityName, name)
}

/** Splits at the first dot; without one there is no prefix. */
export function splitFieldName(text: string): FieldName {
  const dot = text.indexOf('.')
  return dot < 0 ? { prefix: null, name: text } : { prefix: text.slice(0, dot), name: text.slice(dot + 1) }
}

/**
 * Finds the field that a name stands for. Fails with MLflow's sentences: `Invalid entity type 'foo'.`,
 * `Invalid attribute key 'foo' specified.`, `Invalid dataset key 'foo' specified.`
 */
export function resolveField(entityName: EntityName, { prefix, name, start }: FieldName): Field {
  const where = position(start)
  const entity: SearchEntity = searchEntities[entityName]
  const on = prefix === null ? 'attribute' : findKind(entity, prefix, where)
  if (name === '') throw invalidParameter(`Invalid ${on} key '' specified. A name is missing after the dot.`)
  switch (on) {
    case 'attribute':
      return findAttribute(entity, name, where)
    case 'metric':
      return { on, key: name, type: 'double' }
    case 'dataset':
      if (!datasetFields.includes(name)) throw unknownName('dataset', name, datasetFields, where)
      return { on, key: name, type: 'text' }
    default:
      return { on, key: name, type: 'text' }
  }
}

function findKind({ prefixes }: SearchEntity, prefix: string, where: string): FieldKind {
  const kinds = Object.keys(prefixes) as FieldKind[]
  const kind = kinds.find((candidate) => prefixes[candidate]?.includes(prefix))
  if (kind !== undefined) return kind
  const allowed = kinds.map((candidate) => prefixes[candidate]?.[0])
  throw invalidParameter(`Invalid entity type '${excerpt(prefix)}'. Valid values are ${allowed.join(', ')}${where}.`)
}

function findAttribute({ attributes }: SearchEntity, name: string, where: string): Field {
  for (const [key, { synonyms, ...attribute }] of Object.entries(attributes)) {
    if (key === name || synonyms?.includes(name)) return { ...attribute, on: 'attribute', key }
  }
  throw unknownName('attribute', name, Object.keys(attributes), where)
}

function unknownName(what: string, name: string, allowed: readonly string[], where: string): ApiError {
  return invalidParameter(
    `Invalid ${what} key '${excerpt(name)}' specified. Valid keys are ${allowed.join(', ')}${where}.`,
  )
}
