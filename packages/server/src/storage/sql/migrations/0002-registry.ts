import type { ColumnKinds } from '../migrate.ts'

/** The registry's tables, the outbox of events, and the webhooks that read it. */
export const registry = (kind: ColumnKinds): readonly string[] => [
  // Names are unique among models and prompts together. `last_version` counts on when versions are deleted.
  `CREATE TABLE registered_models (
    id ${kind.serial},
    name ${kind.text} NOT NULL UNIQUE,
    user_id ${kind.text} NOT NULL,
    description ${kind.text},
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL,
    last_version ${kind.key} NOT NULL DEFAULT 0,
    is_prompt ${kind.key} NOT NULL DEFAULT 0,
    allow_self_approval ${kind.key} NOT NULL DEFAULT 0
  )`,
  // Listings by name and by age pass prompts by.
  'CREATE INDEX registered_models_by_name ON registered_models (is_prompt, name)',
  'CREATE INDEX registered_models_by_update ON registered_models (is_prompt, last_update_time, name)',

  `CREATE TABLE registered_model_tags (
    model_id ${kind.key} NOT NULL,
    key ${kind.text} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (model_id, key)
  ) ${kind.clustered}`,
  // A value may be a whole prompt: its beginning finds it.
  'CREATE INDEX registered_model_tags_by_value ON registered_model_tags (key, substr(value, 1, 64), model_id)',

  // '' stands for any stage.
  `CREATE TABLE approval_rules (
    model_id ${kind.key} NOT NULL,
    to_stage ${kind.text} NOT NULL,
    from_stage ${kind.text} NOT NULL,
    PRIMARY KEY (model_id, to_stage, from_stage)
  ) ${kind.clustered}`,

  `CREATE TABLE model_versions (
    id ${kind.serial},
    model_id ${kind.key} NOT NULL REFERENCES registered_models (id),
    version ${kind.key} NOT NULL,
    stage ${kind.text} NOT NULL,
    user_id ${kind.text} NOT NULL,
    description ${kind.text},
    source ${kind.text} NOT NULL,
    storage_location ${kind.text} NOT NULL,
    run_uuid ${kind.text} NOT NULL,
    run_link ${kind.text} NOT NULL,
    model_uuid ${kind.text} NOT NULL,
    source_version_id ${kind.key},
    status ${kind.text} NOT NULL,
    status_message ${kind.text} NOT NULL,
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL,
    UNIQUE (model_id, version)
  )`,
  // The newest version of each stage is one step into this index.
  'CREATE INDEX model_versions_by_stage ON model_versions (model_id, stage, version)',
  'CREATE INDEX model_versions_in_stage ON model_versions (stage, last_update_time)',
  'CREATE INDEX model_versions_by_update ON model_versions (last_update_time)',
  'CREATE INDEX model_versions_by_run ON model_versions (run_uuid)',
  "CREATE INDEX model_versions_by_logged_model ON model_versions (model_uuid) WHERE model_uuid <> ''",

  `CREATE TABLE model_version_tags (
    version_id ${kind.key} NOT NULL,
    key ${kind.text} NOT NULL,
    value ${kind.text} NOT NULL,
    PRIMARY KEY (version_id, key)
  ) ${kind.clustered}`,
  'CREATE INDEX model_version_tags_by_value ON model_version_tags (key, substr(value, 1, 64), version_id)',

  `CREATE TABLE registered_model_aliases (
    model_id ${kind.key} NOT NULL,
    alias ${kind.text} NOT NULL,
    version ${kind.key} NOT NULL,
    PRIMARY KEY (model_id, alias)
  ) ${kind.clustered}`,

  // What was done with a version. A request for a transition is open until it is approved, rejected or taken back.
  `CREATE TABLE model_version_activities (
    id ${kind.serial},
    version_id ${kind.key} NOT NULL,
    activity_type ${kind.text} NOT NULL,
    is_open ${kind.key} NOT NULL DEFAULT 0,
    user_id ${kind.text} NOT NULL,
    comment ${kind.text},
    system_comment ${kind.text},
    from_stage ${kind.text},
    to_stage ${kind.text},
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL
  )`,
  'CREATE INDEX model_version_activities_by_version ON model_version_activities (version_id, id)',
  `CREATE UNIQUE INDEX open_transition_requests ON model_version_activities (version_id, to_stage, user_id)
    WHERE is_open = 1`,

  // The outbox: each change adds its event in its own transaction. The newest row always stays, so that no id is used
  // again.
  `CREATE TABLE events (
    id ${kind.serial},
    kind ${kind.text} NOT NULL,
    time ${kind.int64} NOT NULL,
    user_id ${kind.text} NOT NULL,
    data ${kind.text} NOT NULL
  )`,
  'CREATE INDEX events_by_kind ON events (kind, id)',

  `CREATE TABLE webhooks (
    id ${kind.serial},
    uuid ${kind.text} NOT NULL UNIQUE,
    name ${kind.text} NOT NULL,
    description ${kind.text},
    url ${kind.text} NOT NULL,
    secret ${kind.text},
    status ${kind.text} NOT NULL,
    creation_time ${kind.int64} NOT NULL,
    last_update_time ${kind.int64} NOT NULL,
    after_event ${kind.key} NOT NULL
  )`,
  `CREATE TABLE webhook_events (
    webhook_id ${kind.key} NOT NULL,
    kind ${kind.text} NOT NULL,
    PRIMARY KEY (webhook_id, kind)
  ) ${kind.clustered}`,
  'CREATE INDEX webhook_events_by_kind ON webhook_events (kind, webhook_id)',

  `CREATE TABLE webhook_deliveries (
    id ${kind.serial},
    uuid ${kind.text} NOT NULL UNIQUE,
    webhook_id ${kind.key} NOT NULL,
    event_id ${kind.key} NOT NULL,
    state ${kind.text} NOT NULL,
    attempts ${kind.key} NOT NULL DEFAULT 0,
    creation_time ${kind.int64} NOT NULL,
    next_attempt_time ${kind.int64},
    last_attempt_time ${kind.int64},
    response_status ${kind.key},
    response_body ${kind.text},
    error_message ${kind.text}
  )`,
  'CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id)',
  // Each receiver has its own queue, so that one that is slow or gone does not stand before the others.
  "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_time) WHERE state = 'PENDING'",

  // How far each reader of the outbox has come.
  `CREATE TABLE outbox_positions (reader ${kind.text} NOT NULL PRIMARY KEY, event_id ${kind.key} NOT NULL)`,
]
