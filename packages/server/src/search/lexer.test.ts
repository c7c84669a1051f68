import { describe, expect, it } from 'vitest'
import { createLexer, type Token } from './lexer.ts'

function tokens(text: string): Token[] {
  const lexer = createLexer(text)
  const all: Token[] = []
  while (lexer.peek().kind !== 'end') all.push(lexer.next())
  return all
}

const brief = (text: string) => tokens(text).map(({ kind, value }) => `${kind} ${value}`)

describe('createLexer', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' \t\r\n ', []],
    ['metrics.acc>=0.5', ['word metrics.acc', 'symbol >=', 'number 0.5']],
    ['metrics.acc>-1', ['word metrics.acc', 'symbol >', 'number -1']],
    ['a != b<>c==d', ['word a', 'symbol !=', 'word b', 'symbol <>', 'word c', 'symbol ==', 'word d']],
    ['metrics.val/loss-1:b', ['word metrics.val/loss-1:b']],
    ['metrics.1 tags.1a', ['word metrics.1', 'word tags.1a']],
    ['tags.é_日本', ['word tags.é_日本']],
    ['1 -1 .5 5. 1e5 -1.5E+10', ['number 1', 'number -1', 'number .5', 'number 5.', 'number 1e5', 'number -1.5E+10']],
    ['1_000 0x10 1.2.3', ['word 1_000', 'word 0x10', 'word 1.2.3']],
    ['- 1', ['symbol -', 'number 1']],
    ["('a',)", ['symbol (', 'quoted a', 'symbol ,', 'symbol )']],
    ["'x'AND", ['quoted x', 'word AND']],
    ['a;😀', ['word a', 'symbol ;', 'symbol 😀']],
  ])('splits %j', (text, expected) => {
    expect(brief(text)).toEqual(expected)
  })

  it.each<[string, string]>([
    [`'a "b" \`c\`'`, 'a "b" `c`'],
    [`"it's"`, "it's"],
    [`'it''s'`, "it's"],
    [String.raw`'it\'s'`, "it's"],
    [`"say ""hi"""`, 'say "hi"'],
    [String.raw`"say \"hi\""`, 'say "hi"'],
    ['`a``b`', 'a`b'],
    [String.raw`'\d+\n\\x'`, String.raw`\d+\n\\x`],
    [String.raw`'C:\runs\'`, String.raw`C:\runs` + '\\'],
    ['`a\\`', 'a\\'],
    ["''", ''],
    ["''''", "'"],
    ["'a\nb'", 'a\nb'],
  ])('reads %s as one quoted text', (text, value) => {
    expect(tokens(text)).toEqual([{ kind: 'quoted', source: text, value, start: 0, end: text.length }])
  })

  it.each(["'", "'abc", '"a\'', '`x y', "'a''"])('takes %s to its end as unclosed', (text) => {
    expect(tokens(`k ${text} `).at(-1)).toEqual({
      kind: 'unclosed',
      source: `${text} `,
      value: `${text} `,
      start: 2,
      end: text.length + 3,
    })
  })

  it('gives offsets of each token and end for ever', () => {
    const lexer = createLexer('  ab  =1 ')
    expect(lexer.peek()).toBe(lexer.peek())
    const spans = [lexer.next(), lexer.next(), lexer.next(), lexer.next(), lexer.next()]
    expect(spans.map(({ start, end }) => [start, end])).toEqual([
      [2, 4],
      [6, 7],
      [7, 8],
      [9, 9],
      [9, 9],
    ])
    expect(spans.at(-1)?.kind).toBe('end')
  })
})
