import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import sql, { raw } from 'sql-template-tag'

import { createStatementForms } from './statement-forms.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'

describe.each(testEngines)('statements of few forms, on $engine,', ({ open }) => {
  let opened: TestDatabase

  beforeEach(async () => {
    opened = await open()
  })
  afterEach(() => opened.close())

  const sum = (constant: number, a: number, b: number) =>
    sql`select cast(${a} as integer) + ${raw(String(constant))} + cast(${b} as integer) as total`

  test('give the rows of their own values each time', async () => {
    const forms = createStatementForms([])
    for (const [a, b] of [
      [1, 2],
      [3, 4],
      [5, 5],
    ] as const) {
      expect(await forms.rows(opened.database, sum(100, a, b))).toEqual([[100 + a + b]])
    }
  })

  test('are answered also when there are too many forms to keep', async () => {
    const forms = createStatementForms([])
    for (let constant = 0; constant < 120; constant++) {
      expect(await forms.rows(opened.database, sum(constant, 1, 2))).toEqual([[constant + 3]])
    }
    expect(await forms.rows(opened.database, sum(119, 4, 5))).toEqual([[128]])
  })

  test('read integers beyond 2^53 exactly', async () => {
    const forms = createStatementForms(['large'])
    const large = 2n ** 53n + 1n
    const rows = await forms.rows(opened.database, sql`select cast(${large} as bigint) as large`)
    expect(rows).toEqual([[large]])
  })
})
