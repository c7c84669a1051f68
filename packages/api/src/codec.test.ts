import { describe, expect, test } from 'vitest'
import { decode, decodeQuery, encode, parseJson } from './codec.ts'
import {
  boolean,
  double,
  emptyableString,
  int32,
  int64,
  list,
  message,
  oneOf,
  required,
  string,
  stringMap,
} from './schema.ts'
import type { Schema } from './schema.ts'

const point = message({
  key: required(string),
  value: required(double),
  tags: list(message({ key: required(string) })),
})
const everything = message({
  name: string,
  big: int64,
  small: int32,
  ratio: double,
  on: boolean,
  status: oneOf(['READY', 'GONE']),
  labels: stringMap,
  points: list(point),
  words: list(string),
})

const fault = (text: string | RegExp) =>
  expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(text) })
const expectRefusal = (schema: Schema, value: unknown, text: string | RegExp): void =>
  expect(() => decode(schema, value)).toThrowError(fault(text))
const field = (schema: Schema, value: unknown): unknown =>
  (decode(message({ f: schema }), { f: value }) as { f?: unknown }).f

describe('parseJson()', () => {
  test.each([
    ['{"a":9007199254740993}', { a: 9007199254740993n }],
    ['{"a":-9223372036854775808}', { a: -9223372036854775808n }],
    ['{"a":[1,9007199254740993,2]}', { a: [1, 9007199254740993n, 2] }],
    ['{"a":[9007199254740993]}', { a: [9007199254740993n] }],
    ['{"a" : 9007199254740993 }', { a: 9007199254740993n }],
    ['{"a":\n9007199254740993\n}', { a: 9007199254740993n }],
    ['{"a":9007199254740993,"b":9007199254740993}', { a: 9007199254740993n, b: 9007199254740993n }],
    ['{"a":1234567890123456}', { a: 1234567890123456 }],
    ['{"a":123456789012345678901234567890}', { a: 123456789012345678901234567890n }],
  ])('gives integers beyond 2^53 exactly: %s', (text, value) => {
    expect(parseJson(text)).toEqual(value)
  })

  test.each([
    '{"a":":9007199254740993,","b":"[9007199254740993]"}',
    '{"9007199254740993":1}',
    '{"a":"\\":9007199254740993,"}',
    '{"a":1.2345678901234567890,"b":12345678901234567890.5}',
    '{"a":1e300,"b":1.7976931348623157e308,"c":5e-324}',
    '{"a":"9007199254740993","b":null,"c":true,"d":{"e":[]}}',
    '  [1, 2]  ',
    '""',
  ])('gives everything else as JSON.parse does: %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  test('keeps text beside a long integer as it is', () => {
    expect(parseJson('{"run":":9007199254740993,","step":9007199254740993,"value":0.1}')).toEqual({
      run: ':9007199254740993,',
      step: 9007199254740993n,
      value: 0.1,
    })
  })

  test.each(['', '{', '{"a":9007199254740993', '{"a":NaN}', '{"a":0123}', "{'a':1}", '{"a":1} x', 'undefined'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(() => parseJson(text)).toThrowError(SyntaxError)
    },
  )

  test('refuses more levels than can be read beside a long integer, with a sentence', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(() => parseJson(`{"a":${deep},"b":9007199254740993}`)).toThrowError(/nested too deeply/)
  })
})

describe('decode()', () => {
  test.each([
    [0, 0],
    ['0', 0],
    [-5, -5],
    ['-5', -5],
    [1e15, 1e15],
    [9007199254740993n, 9007199254740993n],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    [5n, 5],
  ])('takes int64 as number, digits or bigint: %s', (given, value) => {
    expect(field(int64, given)).toBe(value)
  })

  test.each(['9223372036854775808', -9223372036854775809n, 1e19, 1.5, '1.5', '', ' 1', '0x1', '1e3', NaN, true, [1]])(
    'refuses %s as int64',
    (given) => {
      expectRefusal(message({ f: int64 }), { f: given }, /for parameter 'f' supplied: it must be a 64-bit integer/)
    },
  )

  test('bounds int32', () => {
    expect(field(int32, '2147483647')).toBe(2147483647)
    expect(field(int32, -2147483648)).toBe(-2147483648)
    expectRefusal(message({ f: int32 }), { f: 2147483648 }, "Invalid value 2147483648 for parameter 'f' supplied")
    expectRefusal(message({ f: int32 }), { f: '9007199254740993' }, /32-bit/)
  })

  test.each([
    [1, 1],
    [-0.5, -0.5],
    ['0.25', 0.25],
    ['-1e-3', -0.001],
    ['+7.', 7],
    ['.5E2', 50],
    [' 3 ', 3],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    [9007199254740993n, 9007199254740992],
  ])('takes a double as number or text: %s', (given, value) => {
    expect(field(double, given)).toBe(value)
  })

  test.each(['', ' ', 'x', '0x10', '0b1', '1_000', '1,5', '1.2.3', 'nan', '--1', true, [1], {}])(
    'refuses %j as a double',
    (given) => {
      expectRefusal(message({ f: double }), { f: given }, /for parameter 'f' supplied: it must be a number, "NaN"/)
    },
  )

  test.each([
    ['READY', 'READY'],
    ['GONE', 'GONE'],
    [1, 'READY'],
    [2, 'GONE'],
    ['2', 'GONE'],
  ])('takes an enum by name or number: %s', (given, value) => {
    expect(field(oneOf(['READY', 'GONE']), given)).toBe(value)
  })

  test.each(['ready', '', 'toString', 0, 3, '3', 1.5, -1, true, ['READY'], [1], {}])(
    'refuses %j as an enum',
    (given) => {
      expectRefusal(message({ f: oneOf(['READY', 'GONE']) }), { f: given }, /it must be one of READY, GONE/)
    },
  )

  test('counts enum numbers from the first one', () => {
    expect(field(oneOf(['UNSPECIFIED', 'READY'], 0), 0)).toBe('UNSPECIFIED')
  })

  test('takes truth values as such and as text', () => {
    expect([true, 'true', false, 'false'].map((given) => field(boolean, given))).toEqual([true, true, false, false])
    for (const given of [1, 'True', '', []])
      expectRefusal(message({ f: boolean }), { f: given }, /it must be true or false/)
  })

  test('takes text as it is, and nothing else for text', () => {
    expect(field(string, '\u0000 ü 🙂 \ud800')).toBe('\u0000 ü 🙂 \ud800')
    for (const given of [1, true, [], {}, 5n])
      expectRefusal(message({ f: string }), { f: given }, /it must be a string/)
  })

  test('takes objects of strings as maps', () => {
    expect(field(stringMap, { a: '1' })).toEqual({ a: '1' })
    expectRefusal(
      message({ f: stringMap }),
      { f: { a: 1 } },
      "Invalid value 1 for parameter 'f.a' supplied: it must be a string",
    )
    for (const given of ['x', 1, ['a']])
      expectRefusal(message({ f: stringMap }), { f: given }, /it must be an object of strings/)
  })

  test('names the place of a fault inside lists and messages', () => {
    const good = { key: 'k', value: 1 }
    expectRefusal(
      everything,
      { points: [good, { key: 'k', value: 'x' }] },
      /Invalid value "x" for parameter 'points\[1\]\.value' supplied/,
    )
    expectRefusal(
      everything,
      { points: [{ ...good, tags: [{}] }] },
      "Missing value for required parameter 'points[0].tags[0].key'.".replaceAll(/[[\].]/g, '\\$&'),
    )
    expectRefusal(
      everything,
      { points: [null] },
      /Invalid value null for parameter 'points\[0\]' supplied: it must be an object/,
    )
    expectRefusal(
      everything,
      { points: [[]] },
      /Invalid value \[\] for parameter 'points\[0\]' supplied: it must be an object/,
    )
    expectRefusal(everything, { words: ['a', null] }, /Invalid value null for parameter 'words\[1\]'/)
    expectRefusal(everything, { points: {} }, /Invalid value \{\} for parameter 'points' supplied: it must be a list/)
  })

  test('counts null as absent and drops unknown fields', () => {
    const given = parseJson(
      '{"name":null,"big":null,"points":null,"unknown":1,"__proto__":{"on":true},"constructor":1}',
    )
    expect(decode(everything, given)).toEqual({})
    expect(Object.keys(decode(everything, { unknown: 1, name: 'n' }))).toEqual(['name'])
  })

  test.each([[[]], ['x'], [5], [null], [true]])('refuses a body that is no object: %j', (body) => {
    expectRefusal(everything, body, /The request's body must be a JSON object, got /)
  })

  test('asks for required fields with MLflow’s sentence, for empty ones as well', () => {
    const schema = message({ run_id: required(string), items: required(list(string)) })
    const missing = (name: string): RegExp => new RegExp(`^Missing value for required parameter '${name}'\\.$`)
    expectRefusal(schema, {}, missing('run_id'))
    expectRefusal(schema, { run_id: null, items: ['x'] }, missing('run_id'))
    expectRefusal(schema, { run_id: '', items: ['x'] }, missing('run_id'))
    expectRefusal(schema, { run_id: 'a' }, missing('items'))
    expectRefusal(schema, { run_id: 'a', items: [] }, missing('items'))
    expect(decode(schema, { run_id: 'a', items: [''] })).toEqual({ run_id: 'a', items: [''] })
  })

  test('takes a required text that may be empty as empty where it is absent', () => {
    const schema = message({ value: required(emptyableString) })
    for (const given of [{}, { value: null }, { value: '' }]) expect(decode(schema, given)).toEqual({ value: '' })
  })

  test('keeps an optional text that is empty, and 0 and false', () => {
    expect(decode(everything, { name: '', big: 0, on: false })).toEqual({ name: '', big: 0, on: false })
  })

  test('shows a long value cut, a bigint as digits, and a value of too many levels at all', () => {
    expectRefusal(everything, { on: 'x'.repeat(1000) }, /^Invalid value "x{199}… for parameter 'on'/)
    expectRefusal(everything, { name: [9007199254740993n] }, /^Invalid value \[900719925474099\d\] for/)
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000))
    expectRefusal(everything, { name: deep }, /^Invalid value \[…\] for parameter 'name'/)
    expectRefusal(everything, { name: { deep } }, /^Invalid value \{…\} for parameter 'name'/)
  })
})

describe('decodeQuery()', () => {
  const query = (text: string, path: Record<string, string> = {}): unknown =>
    decodeQuery(everything, new URLSearchParams(text), path)

  test('reads every kind from text', () => {
    expect(query('name=a%20b+c&big=9007199254740993&small=3&ratio=NaN&on=true&status=2')).toEqual({
      name: 'a b c',
      big: 9007199254740993n,
      small: 3,
      ratio: NaN,
      on: true,
      status: 'GONE',
    })
  })

  test('collects a repeated list, and takes the first of what is repeated otherwise', () => {
    expect(query('words=a&name=1&words=b&name=2&words=')).toEqual({ name: '1', words: ['a', 'b', ''] })
    expect(query('words=only')).toEqual({ words: ['only'] })
  })

  test('lets the path win over the query, and drops what is unknown', () => {
    expect(query('name=query&other=1', { name: 'path' })).toEqual({ name: 'path' })
  })

  test('names a fault', () => {
    expect(() => query('big=x')).toThrowError(fault(/Invalid value "x" for parameter 'big' supplied/))
    expect(() => decodeQuery(message({ run_id: required(string) }), new URLSearchParams('run_id='))).toThrowError(
      fault("Missing value for required parameter 'run_id'"),
    )
  })
})

describe('encode()', () => {
  test('writes JSON that reads back as it was', () => {
    const value = {
      name: 'quote " \\ \n \u2028 🙂 \ud800',
      big: 5,
      small: -3,
      ratio: 0.1,
      on: false,
      status: 'READY' as const,
      labels: { a: '1', __proto__x: '' },
      points: [{ key: '', value: -0.5, tags: [{ key: 'k' }] }],
      words: ['', 'a'],
    }
    expect(JSON.parse(encode(everything, value))).toEqual(value)
  })

  test('leaves out what is absent, null or an empty list, and keeps empty text, 0 and false', () => {
    expect(encode(everything, {})).toBe('{}')
    expect(encode(everything, { name: undefined, points: [], words: [] })).toBe('{}')
    expect(encode(everything, { name: null } as never)).toBe('{}')
    expect(encode(everything, { name: '', big: 0, on: false })).toBe('{"name":"","big":0,"on":false}')
  })

  test('writes 64-bit integers as exact digits', () => {
    expect(encode(everything, { big: 9223372036854775807n })).toBe('{"big":9223372036854775807}')
    expect(encode(everything, { big: -9223372036854775808n })).toBe('{"big":-9223372036854775808}')
    expect(encode(everything, { big: -0 })).toBe('{"big":0}')
  })

  test.each([
    [NaN, '"NaN"'],
    [Infinity, '"Infinity"'],
    [-Infinity, '"-Infinity"'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [0.1, '0.1'],
  ])('writes the double %s as %s', (ratio, text) => {
    expect(encode(everything, { ratio })).toBe(`{"ratio":${text}}`)
  })

  test('writes what decode() reads', () => {
    const value = { big: 9007199254740993n, ratio: NaN, points: [{ key: 'k', value: -Infinity }] }
    expect(decode(everything, parseJson(encode(everything, value)))).toEqual(value)
  })
})
