import { describe, expect, expectTypeOf, test } from 'vitest'
import { boolean, emptyableString, int64, list, message, oneOf, optional, required, string } from './schema.ts'
import type { Int64, Static } from './schema.ts'

describe('message()', () => {
  const inner = message({ key: required(string) })
  const schema = message({
    id: required(int64, 'Counted from 0.'),
    text: required(emptyableString),
    kind: oneOf(['A', 'B']),
    on: optional(boolean, 'Off when absent.'),
    items: required(list(inner)),
  })

  test('describes each field by its schema, whether it is required, and its sentence', () => {
    expect(schema.fields).toEqual({
      id: { schema: { type: 'int64' }, required: true, about: 'Counted from 0.' },
      text: { schema: { type: 'string', allowEmpty: true }, required: true },
      kind: { schema: { type: 'enum', values: ['A', 'B'], firstNumber: 1 }, required: false },
      on: { schema: { type: 'boolean' }, required: false, about: 'Off when absent.' },
      items: { schema: { type: 'list', items: inner }, required: true },
    })
  })

  test('gives the static type: required fields are there, others may be left out', () => {
    expectTypeOf<Static<typeof schema>>().toEqualTypeOf<{
      id: Int64
      text: string
      items: { key: string }[]
      kind?: 'A' | 'B' | undefined
      on?: boolean | undefined
    }>()
  })

  test('is plain data, so that it costs nothing to load', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })
})
