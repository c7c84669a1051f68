import type { ColumnKinds } from '../migrate.ts'

/** The tracking tables: experiments, runs and their values, datasets, logged models. */
export const tracking = (kind: ColumnKinds): readonly string[] => [
  `CREATE TABLE names (id ${kind.serial}, name ${kind.text} NOT NULL UNIQUE)`,

  `CREATE TABLE experiments (
    id ${kind.serial},
    name ${kind.text} NOT NULL UNIQUE,
    artifact_location ${kind.text} NOT NULL,
    lifecycle_stage ${kind.text} NOT NULL,
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL
  )`,
  // The default order of a listing, and the order by name, in which LIKE looks at names without reading the rows.
  'CREATE INDEX experiments_by_time ON experiments (lifecycle_stage, creation_time, id)',
  'CREATE INDEX experiments_by_name ON experiments (lifecycle_stage, name, id)',

  `CREATE TABLE experiment_tags (
    experiment_id ${kind.key} NOT NULL REFERENCES experiments (id),
    key ${kind.text} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (experiment_id, key)
  ) ${kind.clustered}`,

  `CREATE TABLE runs (
    id ${kind.serial},
    uuid ${kind.text} NOT NULL UNIQUE,
    experiment_id ${kind.key} NOT NULL REFERENCES experiments (id),
    name ${kind.text} NOT NULL,
    user_id ${kind.text} NOT NULL,
    status ${kind.text} NOT NULL,
    start_time ${kind.int64} NOT NULL,
    end_time ${kind.int64},
    artifact_uri ${kind.text} NOT NULL,
    lifecycle_stage ${kind.text} NOT NULL,
    deleted_time ${kind.int64},
    settled ${kind.key} NOT NULL DEFAULT 0
  )`,
  // A page of runs in the default order is a walk along this index.
  'CREATE INDEX runs_by_time ON runs (experiment_id, lifecycle_stage, start_time DESC, uuid)',
  // The same over many experiments at once: a filter that few of them satisfy then passes no run twice.
  'CREATE INDEX runs_by_start ON runs (lifecycle_stage, start_time DESC, uuid, experiment_id)',
  // The ended runs whose document is still to be written; nearly always few.
  'CREATE INDEX runs_unsettled ON runs (status) WHERE settled = 0',

  `CREATE TABLE run_documents (
    run_id ${kind.keyPrimary} REFERENCES runs (id),
    document ${kind.document} NOT NULL
  )`,

  `CREATE TABLE metric_points (
    run_id ${kind.key} NOT NULL,
    name_id ${kind.key} NOT NULL,
    step ${kind.int64} NOT NULL,
    timestamp ${kind.int64} NOT NULL,
    value ${kind.double} NOT NULL,
    PRIMARY KEY (run_id, name_id, step, timestamp, value)
  ) ${kind.clustered}`,

  `CREATE TABLE latest_metrics (
    run_id ${kind.key} NOT NULL,
    name_id ${kind.key} NOT NULL,
    value ${kind.double} NOT NULL,
    timestamp ${kind.int64} NOT NULL,
    step ${kind.int64} NOT NULL,
    disordered ${kind.key} NOT NULL,
    PRIMARY KEY (run_id, name_id)
  ) ${kind.clustered}`,
  // Ordering runs by a metric walks this index and reads only the page that it returns.
  'CREATE INDEX latest_metrics_by_value ON latest_metrics (name_id, value)',

  ...['params', 'tags'].map(
    (table) => `CREATE TABLE ${table} (
    run_id ${kind.key} NOT NULL,
    name_id ${kind.key} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (run_id, name_id)
  ) ${kind.clustered}`,
  ),

  `CREATE TABLE datasets (
    id ${kind.serial},
    experiment_id ${kind.key} NOT NULL REFERENCES experiments (id),
    name ${kind.text} NOT NULL,
    digest ${kind.text} NOT NULL,
    source_type ${kind.text} NOT NULL,
    source ${kind.text} NOT NULL,
    schema ${kind.text},
    profile ${kind.text},
    UNIQUE (experiment_id, name, digest)
  )`,
  `CREATE TABLE run_datasets (
    run_id ${kind.key} NOT NULL,
    dataset_id ${kind.key} NOT NULL,
    PRIMARY KEY (run_id, dataset_id)
  ) ${kind.clustered}`,
  'CREATE INDEX run_datasets_by_dataset ON run_datasets (dataset_id)',
  `CREATE TABLE run_dataset_tags (
    run_id ${kind.key} NOT NULL,
    dataset_id ${kind.key} NOT NULL,
    key ${kind.text} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (run_id, dataset_id, key)
  ) ${kind.clustered}`,

  `CREATE TABLE run_model_inputs (
    run_id ${kind.key} NOT NULL,
    model_uuid ${kind.text} NOT NULL,
    PRIMARY KEY (run_id, model_uuid)
  ) ${kind.clustered}`,
  `CREATE TABLE run_model_outputs (
    run_id ${kind.key} NOT NULL,
    model_uuid ${kind.text} NOT NULL,
    step ${kind.int64} NOT NULL,
    PRIMARY KEY (run_id, model_uuid)
  ) ${kind.clustered}`,

  `CREATE TABLE logged_models (
    id ${kind.serial},
    uuid ${kind.text} NOT NULL UNIQUE,
    experiment_id ${kind.key} NOT NULL REFERENCES experiments (id),
    name ${kind.text} NOT NULL,
    model_type ${kind.text} NOT NULL,
    source_run_uuid ${kind.text} NOT NULL,
    status ${kind.text} NOT NULL,
    status_message ${kind.text} NOT NULL,
    artifact_uri ${kind.text} NOT NULL,
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL,
    lifecycle_stage ${kind.text} NOT NULL
  )`,
  'CREATE INDEX logged_models_by_time ON logged_models (experiment_id, lifecycle_stage, creation_time, id)',
  ...['logged_model_params', 'logged_model_tags'].map(
    (table) => `CREATE TABLE ${table} (
    model_id ${kind.key} NOT NULL,
    key ${kind.text} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (model_id, key)
  ) ${kind.clustered}`,
  ),
  `CREATE TABLE logged_model_metrics (
    model_id ${kind.key} NOT NULL,
    key ${kind.text} NOT NULL,
    timestamp ${kind.int64} NOT NULL,
    step ${kind.int64} NOT NULL,
    run_id ${kind.key} NOT NULL,
    dataset_name ${kind.text} NOT NULL,
    dataset_digest ${kind.text} NOT NULL,
    value ${kind.double} NOT NULL,
    PRIMARY KEY (model_id, key, timestamp, step, run_id, dataset_name, dataset_digest, value)
  ) ${kind.clustered}`,
]
