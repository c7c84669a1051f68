export interface Token {
  /**
   * - word: an identifier, keyword or dotted key without quotes, such as `AND` or `metrics.val/loss`
   * - quoted: text between two equal quotes (', " or `)
   * - unclosed: a quote that is never closed, with all that follows it
   * - symbol: a comparator, parenthesis, comma, or any other single character
   */
  readonly kind: 'word' | 'quoted' | 'unclosed' | 'number' | 'symbol' | 'end'
  /** As it stands in the input. */
  readonly source: string
  /** The same, but what a quoted token says between its quotes. */
  readonly value: string
  /** Offset of its first character, in UTF-16 units. */
  readonly start: number
  /** Offset behind its last character. */
  readonly end: number
}

/** Tokens of one text, one at a time. After the last one it gives `end` for ever. */
export interface Lexer {
  peek(): Token
  next(): Token
}

const space = /\s*/y
const word = /[\p{L}\p{N}_.][\p{L}\p{N}\p{M}_.:/-]*/uy
const number = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.:/-])/uy
const symbol = /[<>=!]=|<>|./suy

/** Reads the language of filters and orders. It never fails: what it does not know becomes a symbol. */
export function createLexer(text: string): Lexer {
  let upcoming = read(text, 0)
  return {
    peek: () => upcoming,
    next: () => {
      const token = upcoming
      upcoming = read(text, token.end)
      return token
    },
  }
}

function read(text: string, from: number): Token {
  const start = endOf(space, text, from) ?? from
  const first = text[start]
  if (first === undefined) return { kind: 'end', source: '', value: '', start, end: start }
  if (first === "'" || first === '"' || first === '`') return readQuoted(text, start, first)
  const numberEnd = endOf(number, text, start)
  if (numberEnd !== undefined) return plain('number', text, start, numberEnd)
  const wordEnd = endOf(word, text, start)
  if (wordEnd !== undefined) return plain('word', text, start, wordEnd)
  return plain('symbol', text, start, endOf(symbol, text, start) ?? start + 1)
}

function plain(kind: Token['kind'], text: string, start: number, end: number): Token {
  const source = text.slice(start, end)
  return { kind, source, value: source, start, end }
}

function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

const escapedQuote = { "'": /''|\\'/g, '"': /""|\\"/g, '`': /``/g } as const

/**
 * A quote inside is written twice or, but for back-ticks, behind a backslash. MLflow ends the text at the same place,
 * but leaves the two characters in a single value and turns them into one only in IN lists; here they are one
 * everywhere, else no filter could name a value with both sorts of quotes. A backslash before anything else is itself.
 */
function readQuoted(text: string, start: number, quote: keyof typeof escapedQuote): Token {
  const close = findClosingQuote(text, start, quote)
  if (close === undefined) return plain('unclosed', text, start, text.length)
  const inside = text.slice(start + 1, close)
  const value = inside.includes(quote) ? inside.replace(escapedQuote[quote], quote) : inside
  return { kind: 'quoted', source: text.slice(start, close + 1), value, start, end: close + 1 }
}

function findClosingQuote(text: string, start: number, quote: string): number | undefined {
  // A last quote behind a backslash closes the text when no other does: 'C:\runs\' is whole.
  let closeAtWorst: number | undefined
  let at = text.indexOf(quote, start + 1)
  while (at >= 0) {
    if (quote !== '`' && text[at - 1] === '\\') closeAtWorst = at
    else if (text[at + 1] === quote) at++
    else return at
    at = text.indexOf(quote, at + 1)
  }
  return closeAtWorst
}

/** Whether this is AND, OR or NOT, in any letter case: never a field, nor a value without quotes. */
export function isConnective(token: Token): boolean {
  return isWord(token, 'AND') || isWord(token, 'OR') || isWord(token, 'NOT')
}

/** Whether this is a keyword, given in upper case. */
export function isWord(token: Token, keyword: string): boolean {
  return token.kind === 'word' && token.source.toUpperCase() === keyword
}

/** Says what should have come instead of this token, and where. Positions count from 1. */
export function expectedInstead(token: Token, expected: string): string {
  if (token.kind === 'unclosed') return `The quote at position ${token.start + 1} is never closed.`
  return `Expected ${expected} at ${token.kind === 'end' ? 'the end' : `position ${token.start + 1}`}.`
}

/** Where an offset lies, for the end of a sentence. */
export function position(start: number | undefined): string {
  return start === undefined ? '' : ` (at position ${start + 1})`
}

/** Input as it is shown in a message: its beginning when it is long. */
export function excerpt(source: string): string {
  return source.length > 80 ? `${source.slice(0, 80)}…` : source
}
