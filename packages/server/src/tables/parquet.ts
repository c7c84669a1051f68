import type { ColumnSource, ParquetWriter as Writer } from 'hyparquet-writer'

import type { Cell, ColumnKind, RowBlocks, TableColumn } from './table.ts'

/** Cells that a row group has at most: what is held in memory, and encoded in one go (some 50 ms). */
const mostCells = 200_000
const mostRows = 50_000

type Schema = ConstructorParameters<typeof Writer>[0]['schema']

const types = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  double: { type: 'DOUBLE' },
  int64: { type: 'INT64' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const satisfies Record<ColumnKind, object>

/** Parquet with columns of their types, compressed by Snappy, row group by row group. */
export async function* writeParquet(columns: readonly TableColumn[], blocks: RowBlocks): AsyncGenerator<Uint8Array> {
  // Most servers never write a Parquet file.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const schema: Schema = [
    { name: 'table', num_children: columns.length },
    ...columns.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...types[kind] })),
  ]
  const bytes = new ByteWriter()
  // Statistics of doubles would be wrong where there are NaN.
  const writer = new ParquetWriter({ writer: bytes, schema, statistics: false, createdBy: 'trackway' })
  const groupRows = Math.max(1, Math.min(mostRows, Math.floor(mostCells / columns.length)))

  /** What was written since the last time. Offsets go on counting. */
  const take = (): Uint8Array => {
    const taken = bytes.getBytes().slice()
    bytes.index = 0
    return taken
  }
  const writeGroup = async (rows: readonly (readonly Cell[])[]): Promise<Uint8Array> => {
    const columnData = columns.map(({ name, kind }, place): ColumnSource => ({
      name,
      data: rows.map((row) => parquetValue(row[place] ?? null, kind)),
      offsetIndex: false,
    }))
    await writer.write({ columnData, rowGroupSize: rows.length })
    return take()
  }

  let waiting: (readonly Cell[])[] = []
  for await (const rows of blocks) {
    for (const row of rows) waiting.push(row)
    while (waiting.length >= groupRows) {
      yield await writeGroup(waiting.slice(0, groupRows))
      waiting = waiting.slice(groupRows)
    }
  }
  if (waiting.length > 0) yield await writeGroup(waiting)
  await writer.finish()
  yield take()
}

function parquetValue(cell: Cell, kind: ColumnKind): Cell {
  if (cell === null || kind === 'text' || kind === 'double') return cell
  return BigInt(cell)
}
