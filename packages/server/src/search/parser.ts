import { type ApiError, invalidParameter } from '@trackway/api'
import { toComparison, type WrittenComparator } from './comparison.ts'
import { type EntityName, searchEntities } from './entities.ts'
import { fieldForms, readFieldName, resolveField } from './field.ts'
import type { Condition, Filter } from './filter.ts'
import { createLexer, excerpt, expectedInstead, isConnective, isWord, type Lexer, type Token } from './lexer.ts'

const maxLength = 65_536
const maxConditions = 100

/**
 * Reads a filter string: conditions joined by AND. Empty text gives no conditions.
 * Keywords may have any letter case; names and values are taken as written.
 * @throws ApiError INVALID_PARAMETER_VALUE, in MLflow's words where clients know them, with what is allowed.
 */
export function parseFilter(entityName: EntityName, text: string): Filter {
  if (text.length > maxLength) {
    throw invalidParameter(`Invalid filter string: it has ${text.length} characters, ${maxLength} are allowed.`)
  }
  const lexer = createLexer(text)
  const conditions: Condition[] = []
  if (lexer.peek().kind === 'end') return conditions
  do {
    if (conditions.length === maxConditions) {
      throw invalidParameter(`Invalid filter string: it has more than ${maxConditions} conditions.`)
    }
    conditions.push(readCondition(entityName, text, lexer))
  } while (readAnd(lexer))
  return conditions
}

function readAnd(lexer: Lexer): boolean {
  const token = lexer.next()
  if (token.kind === 'end') return false
  if (isWord(token, 'AND')) return true
  throw refuse(token.source, token, 'AND or nothing more')
}

function readCondition(entityName: EntityName, text: string, lexer: Lexer): Condition {
  const first = lexer.peek()
  if (first.source === '(' || isConnective(first)) throw refuse(first.source, first, fieldForms)
  const clause = (upTo: Token) => text.slice(first.start, upTo.end)

  const name = readFieldName(lexer)
  if (name === undefined) throw refuseStart(first, lexer.peek(), clause)
  const comparator = readComparator(lexer, clause)
  const operands = readOperands(lexer, comparator.text, clause)
  const field = resolveField(entityName, name)
  return { on: field.on, key: field.key, ...toComparison(field, comparator, operands, searchEntities[entityName]) }
}

function refuseStart(token: Token, upcoming: Token, clause: Clause): ApiError {
  // Only an AND leads to the end of the text: an empty text has no condition to begin.
  if (token.kind === 'end') return refuse('AND', token, 'a condition')
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

const unsupported = 'Conditions are joined by AND; OR, NOT and parentheses around them are not supported.'

function refuse(clause: string, token: Token, expected: string, advice?: string): ApiError {
  const isUnsupported = token.source === '(' || isWord(token, 'OR') || isWord(token, 'NOT')
  const sentences = [
    `Invalid clause(s) in filter string: '${excerpt(clause)}'.`,
    expectedInstead(token, expected),
    isUnsupported ? unsupported : advice,
  ]
  return invalidParameter(sentences.filter(Boolean).join(' '))
}
