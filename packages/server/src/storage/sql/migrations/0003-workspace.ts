import type { ColumnKinds } from '../migrate.ts'

/** What pages need: what people have set them to, and how many runs are running. */
export const workspace = (kind: ColumnKinds): readonly string[] => [
  `CREATE TABLE views (
    id ${kind.serial},
    uuid ${kind.text} NOT NULL UNIQUE,
    name ${kind.text} NOT NULL,
    experiment_id ${kind.key} REFERENCES experiments (id),
    state ${kind.text} NOT NULL,
    is_default ${kind.key} NOT NULL DEFAULT 0,
    user_id ${kind.text} NOT NULL,
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL
  )`,
  'CREATE INDEX views_by_experiment ON views (experiment_id, name, id)',
  'CREATE UNIQUE INDEX default_views ON views (experiment_id) WHERE is_default = 1',

  // Nearly always few, in a table whose rows need not be read for it.
  "CREATE INDEX runs_running ON runs (experiment_id, lifecycle_stage) WHERE status = 'RUNNING'",
]
