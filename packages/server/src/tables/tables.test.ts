import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import papaparse from 'papaparse'
import { describe, expect, test } from 'vitest'

import { writeCsv } from './csv.ts'
import { writeJson } from './json.ts'
import { writeParquet } from './parquet.ts'
import type { Cell, TableColumn, TableWriter } from './table.ts'

const columns: readonly TableColumn[] = [
  { name: 'name', kind: 'text' },
  { name: 'metrics.a b', kind: 'double' },
  { name: 'step', kind: 'int64' },
  { name: 'end_time', kind: 'time' },
]

const rows: readonly (readonly Cell[])[] = [
  ['plain', 0.1, 1, 1_700_000_000_123],
  ['a,"b"\r\nc', NaN, 9_007_199_254_740_993n, null],
  ['', -Infinity, -1, 0],
  [null, null, null, null],
  ['=HYPERLINK("x")', Infinity, 0, 9_000_000_000_000_000_000n],
  ['-1', -0.5, 7, 1],
  ['naïve 😀 \u2028', 1e-300, 8, 2],
]

async function* blocksOf(all: readonly (readonly Cell[])[], size: number): AsyncGenerator<(readonly Cell[])[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size)
}

async function written(write: TableWriter, all = rows, size = 2): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of write(columns, blocksOf(all, size))) pieces.push(Buffer.from(piece as string))
  return Buffer.concat(pieces)
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

describe('writeCsv', () => {
  test('writes what a reader of CSV reads back: quotes, lines, nothing, NaN, formulas as they are', async () => {
    const text = String(await written(writeCsv))
    const { data, errors } = papaparse.parse<string[]>(text, { newline: '\r\n' })
    expect(errors).toEqual([])
    expect(data).toEqual([
      ['name', 'metrics.a b', 'step', 'end_time'],
      ['plain', '0.1', '1', '2023-11-14T22:13:20.123Z'],
      ['a,"b"\r\nc', 'NaN', '9007199254740993', ''],
      ['', '-Infinity', '-1', '1970-01-01T00:00:00.000Z'],
      ['', '', '', ''],
      ['=HYPERLINK("x")', 'Infinity', '0', '9000000000000000000'],
      ['-1', '-0.5', '7', '1970-01-01T00:00:00.001Z'],
      ['naïve 😀 \u2028', '1e-300', '8', '1970-01-01T00:00:00.002Z'],
      [''],
    ])
  })

  test('tells an empty text from a missing one, and ends each line as RFC 4180 says', async () => {
    const lines = String(await written(writeCsv, rows.slice(2, 4))).split('\r\n')
    expect(lines.slice(1)).toEqual(['"",-Infinity,-1,1970-01-01T00:00:00.000Z', ',,,', ''])
  })

  test('writes the header of a table without rows', async () => {
    expect(String(await written(writeCsv, []))).toBe('name,metrics.a b,step,end_time\r\n')
  })
})

describe('writeJson', () => {
  test('writes one array with a row a line, exact integers and the wire’s words for NaN and the infinities', async () => {
    const text = String(await written(writeJson))
    expect(JSON.parse(text)).toEqual([
      { name: 'plain', 'metrics.a b': 0.1, step: 1, end_time: 1_700_000_000_123 },
      { name: 'a,"b"\r\nc', 'metrics.a b': 'NaN', step: expect.any(Number) },
      { name: '', 'metrics.a b': '-Infinity', step: -1, end_time: 0 },
      {},
      { name: '=HYPERLINK("x")', 'metrics.a b': 'Infinity', step: 0, end_time: 9e18 },
      { name: '-1', 'metrics.a b': -0.5, step: 7, end_time: 1 },
      { name: 'naïve 😀 \u2028', 'metrics.a b': 1e-300, step: 8, end_time: 2 },
    ])
    expect(text).toContain('"step":9007199254740993}')
    const lines = text.split('\n')
    expect(lines).toHaveLength(rows.length + 3)
    expect(lines.slice(1, -2).map((line) => typeof JSON.parse(line.replace(/,$/, '')))).toEqual(
      rows.map(() => 'object'),
    )
  })

  test('writes an empty array for a table without rows', async () => {
    expect(JSON.parse(String(await written(writeJson, [])))).toEqual([])
  })
})

describe('writeParquet', () => {
  test('writes what a reader of Parquet reads back, of each column’s type', async () => {
    const file = arrayBuffer(await written(writeParquet))
    expect(await parquetReadObjects({ file })).toEqual([
      { name: 'plain', 'metrics.a b': 0.1, step: 1n, end_time: new Date(1_700_000_000_123) },
      { name: 'a,"b"\r\nc', 'metrics.a b': NaN, step: 9_007_199_254_740_993n, end_time: null },
      { name: '', 'metrics.a b': -Infinity, step: -1n, end_time: new Date(0) },
      { name: null, 'metrics.a b': null, step: null, end_time: null },
      { name: '=HYPERLINK("x")', 'metrics.a b': Infinity, step: 0n, end_time: expect.any(Date) },
      { name: '-1', 'metrics.a b': -0.5, step: 7n, end_time: new Date(1) },
      { name: 'naïve 😀 \u2028', 'metrics.a b': 1e-300, step: 8n, end_time: new Date(2) },
    ])
  })

  test('cuts rows into groups of bounded size, across the blocks that they come in', async () => {
    const many = Array.from({ length: 120_001 }, (_, place): Cell[] => [`n${place}`, place, place, null])
    const file = arrayBuffer(await written(writeParquet, many, 7001))
    const { row_groups: groups, num_rows: total } = parquetMetadata(file)
    expect(total).toBe(120_001n)
    expect(groups.map(({ num_rows }) => num_rows)).toEqual([50_000n, 50_000n, 20_001n])
    const [last] = await parquetReadObjects({ file, rowStart: 120_000, rowEnd: 120_001 })
    expect(last).toEqual({ name: 'n120000', 'metrics.a b': 120_000, step: 120_000n, end_time: null })
  })

  test('writes the columns of a table without rows', async () => {
    const { schema, num_rows } = parquetMetadata(arrayBuffer(await written(writeParquet, [])))
    expect(num_rows).toBe(0n)
    expect(schema.slice(1).map(({ name, type, converted_type }) => [name, type, converted_type])).toEqual([
      ['name', 'BYTE_ARRAY', 'UTF8'],
      ['metrics.a b', 'DOUBLE', undefined],
      ['step', 'INT64', undefined],
      ['end_time', 'INT64', 'TIMESTAMP_MILLIS'],
    ])
  })
})
