import type { ColumnKinds } from '../migrate.ts'

/** Who does what must be done by one server at a time, and until when, by the store's clock. */
export const leases = (kind: ColumnKinds): readonly string[] => [
  `CREATE TABLE leases (
    name ${kind.text} NOT NULL PRIMARY KEY,
    holder ${kind.text} NOT NULL,
    until ${kind.int64} NOT NULL
  )`,
]
