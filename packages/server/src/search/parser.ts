import { type ApiError, invalidParameter } from '@trackway/api'
import { toComparison, type WrittenComparator } from './comparison.ts'
import { type EntityName, searchEntities } from './entities.ts'
import { fieldForms, readFieldName, resolveField } from './field.ts'
import type { Condition, Filter } from './filter.ts'
import { createLexer, excerpt, expectedInstead, isConnective, isWord, type Lexer, type Token } from './lexer.ts'

const maxLength = 65_536
const maxConditions = 100
const maxDepth = 32

/**
 * Reads a filter string: conditions with AND, OR, NOT and parentheses. NOT binds tightest, AND tighter than OR.
 * Empty text gives no conditions. Keywords may have any letter case; names and values are taken as written.
 * @throws ApiError INVALID_PARAMETER_VALUE, in MLflow's words where clients know them, with what is allowed.
 */
export function parseFilter(entityName: EntityName, text: string): Filter {
  if (text.length > maxLength) {
    throw invalidParameter(`Invalid filter string: it has ${text.length} characters, ${maxLength} are allowed.`)
  }
  const lexer = createLexer(text)
  if (lexer.peek().kind === 'end') return []
  const filter = readAlternatives({ entityName, text, lexer, conditions: 0 }, 0, lexer.peek())
  const rest = lexer.peek()
  if (rest.kind !== 'end') throw refuse(rest.source, rest, 'AND, OR or nothing more')
  return filter
}

interface Reader {
  readonly entityName: EntityName
  readonly text: string
  readonly lexer: Lexer
  /** How many have been read. */
  conditions: number
}

/** @param lead what stands before, which wants a condition behind it. */
function readAlternatives(reader: Reader, depth: number, lead: Token): Filter {
  const first = readConjunction(reader, depth, lead)
  const alternatives = [first]
  while (isWord(reader.lexer.peek(), 'OR')) alternatives.push(readConjunction(reader, depth, reader.lexer.next()))
  return alternatives.length > 1 ? [{ any: alternatives }] : first
}

function readConjunction(reader: Reader, depth: number, lead: Token): Filter {
  const expressions = [...readExpression(reader, depth, lead)]
  while (isWord(reader.lexer.peek(), 'AND')) expressions.push(...readExpression(reader, depth, reader.lexer.next()))
  return expressions
}

function readExpression(reader: Reader, depth: number, lead: Token): Filter {
  const { lexer } = reader
  const first = lexer.peek()
  const isNegated = isWord(first, 'NOT')
  if (!isNegated && first.source !== '(') return [readCondition(reader, lead)]
  if (depth === maxDepth) {
    throw invalidParameter(`Invalid filter string: its parentheses and NOTs lie more than ${maxDepth} deep.`)
  }
  lexer.next()
  if (isNegated) return [{ not: readExpression(reader, depth + 1, first) }]
  const inside = readAlternatives(reader, depth + 1, first)
  const close = lexer.next()
  if (close.source !== ')') throw refuse(close.source || first.source, close, "AND, OR or ')'")
  return inside
}

function readCondition(reader: Reader, lead: Token): Condition {
  const { entityName, text, lexer } = reader
  const first = lexer.peek()
  if (first.kind === 'end') throw refuse(lead.source, first, 'a condition')
  if (first.source === ')' || isConnective(first)) throw refuse(first.source, first, fieldForms)
  if (reader.conditions++ === maxConditions) {
    throw invalidParameter(`Invalid filter string: it has more than ${maxConditions} conditions.`)
  }
  const clause = (upTo: Token) => text.slice(first.start, upTo.end)

  const name = readFieldName(lexer)
  if (name === undefined) throw refuseStart(first, lexer.peek(), clause)
  const comparator = readComparator(lexer, clause)
  const operands = readOperands(lexer, comparator.text, clause)
  const field = resolveField(entityName, name)
  return { on: field.on, key: field.key, ...toComparison(field, comparator, operands, searchEntities[entityName]) }
}

function refuseStart(token: Token, upcoming: Token, clause: Clause): ApiError {
  if (upcoming.kind === 'unclosed') return refuse(clause(upcoming), upcoming, fieldForms)
  const found = `Invalid comparison clause. Expected 'Identifier' found '${excerpt(token.source)}'.`
  return invalidParameter(`${found} ${expectedInstead(token, fieldForms)}`)
}

type Clause = (upTo: Token) => string

const comparatorForms = 'a comparator (=, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL)'

function readComparator(lexer: Lexer, clause: Clause): WrittenComparator {
  const token = lexer.next()
  const { start } = token
  const text = token.source.toUpperCase()
  if (token.kind === 'symbol' && /^[<>=!]/.test(text)) return { text, start }
  if (token.kind === 'word' && ['LIKE', 'ILIKE', 'IN'].includes(text)) return { text, start }
  if (isWord(token, 'NOT') && lexer.peek().kind === 'word') {
    return { text: `NOT ${lexer.next().source.toUpperCase()}`, start }
  }
  if (isWord(token, 'IS')) {
    const isNegated = isWord(lexer.peek(), 'NOT')
    if (isNegated) lexer.next()
    const last = lexer.next()
    if (!isWord(last, 'NULL')) throw refuse(clause(last), last, isNegated ? 'NULL' : 'NULL or NOT NULL')
    return { text: isNegated ? 'IS NOT NULL' : 'IS NULL', start }
  }
  throw refuse(clause(token), token, comparatorForms, 'A key with spaces needs quotes.')
}

function readOperands(lexer: Lexer, comparator: string, clause: Clause): Token[] {
  if (comparator.startsWith('IS ')) return []
  if (comparator === 'IN' || comparator === 'NOT IN') return readList(lexer, clause)
  const operand = lexer.next()
  if (operand.kind === 'end' || operand.kind === 'unclosed') throw refuse(clause(operand), operand, 'a value')
  return [operand]
}

/** A comma may stand behind the last value, as Python writes a tuple of one. */
function readList(lexer: Lexer, clause: Clause): Token[] {
  const open = lexer.next()
  if (open.source !== '(') throw refuse(clause(open), open, "a list such as ('a', 'b')")
  const values: Token[] = []
  while (lexer.peek().source !== ')') {
    const value = lexer.next()
    if (value.kind === 'end' || value.kind === 'unclosed') throw refuse(clause(value), value, "a value or ')'")
    values.push(value)
    const separator = lexer.peek()
    if (separator.source === ',') lexer.next()
    else if (separator.source !== ')') throw refuse(clause(separator), separator, "',' or ')'")
  }
  lexer.next()
  return values
}

function refuse(clause: string, token: Token, expected: string, advice?: string): ApiError {
  const sentences = [
    `Invalid clause(s) in filter string: '${excerpt(clause)}'.`,
    expectedInstead(token, expected),
    advice,
  ]
  return invalidParameter(sentences.filter(Boolean).join(' '))
}
