import type { ColumnKinds } from '../migrate.ts'

/** As many buckets as a curve may have. */
const buckets = 5000

/**
 * The whole numbers from 0, for curves: joined to their points they make a bucket each a range of the points' own
 * order, which is walked without sorting. docs/decisions/0006-curves.md
 */
export const bucketNumbers = (kind: ColumnKinds): readonly string[] => [
  `CREATE TABLE bucket_numbers (n ${kind.keyPrimary})`,
  `INSERT INTO bucket_numbers
    WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < ${buckets - 1})
    SELECT n FROM counted`,
]
