import type { ReadValue } from './postgres-values.ts'
import type { RawRows } from './postgres-wire.ts'

export interface Column {
  readonly name: string
  readonly read: ReadValue
}

/** Rows as arrays, of which each is good until the next is taken: the same is filled again. */
export function* toArrays(columns: readonly Column[], { buffer, starts }: RawRows): Generator<readonly unknown[]> {
  const values: unknown[] = []
  for (const start of starts) {
    let offset = start + 2
    for (let i = 0; i < columns.length; i++) {
      const length = buffer.readInt32BE(offset)
      offset += 4
      if (length < 0) values[i] = null
      else {
        values[i] = (columns[i] as Column).read(buffer, offset, offset + length)
        offset += length
      }
    }
    yield values
  }
}

/** Rows that are read when they are taken: the values of thousands that wait weigh on the garbage collector. */
export function* scanned(columns: readonly Column[], all: readonly RawRows[]): Generator<readonly unknown[]> {
  for (const rows of all) yield* toArrays(columns, rows)
}

export function toObject(columns: readonly Column[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) row[(columns[i] as Column).name] = values[i]
  return row
}
