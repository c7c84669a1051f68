import type { Int64 } from '@trackway/api'
import type { ColumnType } from 'kysely'

export type { Generated } from 'kysely'

/** A 64-bit integer column; queries that read one name it in `int64`, so that large values come out as bigints. */
export type Int64Column = ColumnType<Int64, Int64, Int64>
