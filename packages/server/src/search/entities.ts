import { stages } from '@trackway/api'

import type { Comparator, FieldKind, OrderTerm } from './filter.ts'

/** How a field's values are written in a filter: `experimentId` is text that holds an int64. */
export type ValueType = 'text' | 'double' | 'int64' | 'experimentId'

export interface Attribute {
  readonly type: ValueType
  /** Other names that clients use for it. */
  readonly synonyms?: readonly string[]
  /** Other spellings of its values, each with the stored one. */
  readonly spellings?: Readonly<Record<string, string>>
  /** Values that any letter case stands for. */
  readonly anyCase?: readonly string[]
  /** Whether a number may stand in quotes. */
  readonly quotedNumbers?: boolean
}

export interface SearchEntity {
  /** What stands before the dot for each kind of field; messages name the first. A kind left out is refused. */
  readonly prefixes: Readonly<Partial<Record<FieldKind, readonly string[]>>>
  /** By canonical name. */
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly orderBy: readonly OrderTerm['on'][]
  /** Whether text may stand in a filter without quotes (`params.lr = 0.01`). */
  readonly bareText: boolean
}

const metric = ['metrics', 'metric'] as const
const param = ['params', 'param', 'parameters', 'parameter'] as const
const tag = ['tags', 'tag'] as const
const attribute = ['attributes', 'attribute', 'attr'] as const
const dataset = ['datasets', 'dataset'] as const

/**
 * What can be searched, and by which fields. Names and synonyms are MLflow's (`mlflow/utils/search_utils.py`,
 * `search_logged_model_utils.py`); letter case counts in all of them, as it does there. Runs and the registry have more fields here.
 */
export const searchEntities = {
  runs: {
    prefixes: { metric, param, tag, attribute: [...attribute, 'run'], dataset },
    attributes: {
      run_id: { type: 'text' },
      run_name: { type: 'text', synonyms: ['run name', 'Run name', 'Run Name'] },
      status: { type: 'text' },
      user_id: { type: 'text' },
      artifact_uri: { type: 'text' },
      start_time: { type: 'int64', synonyms: ['created', 'Created'] },
      end_time: { type: 'int64' },
      experiment_id: { type: 'experimentId' },
    },
    orderBy: ['metric', 'param', 'tag', 'attribute'],
    bareText: false,
  },
  experiments: {
    prefixes: { attribute, tag },
    attributes: {
      name: { type: 'text' },
      experiment_id: { type: 'experimentId' },
      creation_time: { type: 'int64' },
      last_update_time: { type: 'int64' },
    },
    orderBy: ['attribute'],
    bareText: false,
  },
  loggedModels: {
    prefixes: { metric, param, tag, attribute },
    attributes: {
      name: { type: 'text' },
      model_id: { type: 'text' },
      model_type: { type: 'text' },
      status: {
        type: 'text',
        spellings: {
          PENDING: 'LOGGED_MODEL_PENDING',
          READY: 'LOGGED_MODEL_READY',
          FAILED: 'LOGGED_MODEL_UPLOAD_FAILED',
          '1': 'LOGGED_MODEL_PENDING',
          '2': 'LOGGED_MODEL_READY',
          '3': 'LOGGED_MODEL_UPLOAD_FAILED',
        },
      },
      status_message: { type: 'text' },
      source_run_id: { type: 'text' },
      experiment_id: { type: 'experimentId' },
      artifact_uri: { type: 'text', synonyms: ['artifact_location'] },
      creation_timestamp: { type: 'int64', synonyms: ['creation_time', 'creation_timestamp_ms'] },
      last_updated_timestamp: { type: 'int64', synonyms: ['last_updated_timestamp_ms'] },
    },
    orderBy: ['metric', 'param', 'tag', 'attribute'],
    bareText: true,
  },
  registeredModels: {
    prefixes: { attribute, tag },
    attributes: {
      name: { type: 'text' },
      creation_timestamp: { type: 'int64' },
      last_updated_timestamp: { type: 'int64', synonyms: ['timestamp'] },
      description: { type: 'text' },
    },
    orderBy: ['attribute'],
    bareText: false,
  },
  modelVersions: {
    prefixes: { attribute, tag },
    attributes: {
      name: { type: 'text' },
      version_number: { type: 'int64', quotedNumbers: true },
      run_id: { type: 'text' },
      source_path: { type: 'text' },
      creation_timestamp: { type: 'int64' },
      last_updated_timestamp: { type: 'int64' },
      current_stage: { type: 'text', synonyms: ['stage'], anyCase: stages },
      status: { type: 'text' },
      user_id: { type: 'text' },
      description: { type: 'text' },
    },
    orderBy: ['attribute'],
    bareText: false,
  },
} as const satisfies Readonly<Record<string, SearchEntity>>

export type EntityName = keyof typeof searchEntities

export const datasetFields: readonly string[] = ['name', 'digest', 'context']

const numberComparators = ['=', '!=', '<', '<=', '>', '>=', 'IS NULL', 'IS NOT NULL'] as const

/** Which comparators each type of value takes. MLflow takes fewer: IN only for some, IS NULL only for params and tags. */
export const comparators: Readonly<Record<ValueType, readonly Comparator[]>> = {
  text: ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'],
  double: numberComparators,
  int64: numberComparators,
  experimentId: ['=', '!=', 'IN', 'NOT IN'],
}
