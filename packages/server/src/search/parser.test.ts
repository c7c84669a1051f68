import { ApiError } from '@trackway/api'
import { describe, expect, it } from 'vitest'
import type { EntityName } from './entities.ts'
import type { Comparator, Condition, FieldKind, Filter } from './filter.ts'
import { parseFilter } from './parser.ts'

type Row = [filter: string, on: FieldKind, key: string, comparator: Comparator, value: Condition['value']]

function messageOf(entity: EntityName, filter: string): string {
  try {
    parseFilter(entity, filter)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'INVALID_PARAMETER_VALUE') return error.message
    throw error
  }
  throw new Error(`accepted: ${filter}`)
}

const runRows: Row[] = [
  ["experiment_id IN ('12', '007')", 'attribute', 'experiment_id', 'IN', ['12', '7']],
  // Every kind of field, with and without its prefix's other forms
  ['metrics.acc > 0.5', 'metric', 'acc', '>', 0.5],
  ['metric.acc = 1', 'metric', 'acc', '=', 1],
  ["params.p = 'x'", 'param', 'p', '=', 'x'],
  ["param.p = 'x'", 'param', 'p', '=', 'x'],
  ["parameters.p = 'x'", 'param', 'p', '=', 'x'],
  ["parameter.p = 'x'", 'param', 'p', '=', 'x'],
  ["tags.t = 'x'", 'tag', 't', '=', 'x'],
  ["tag.t = 'x'", 'tag', 't', '=', 'x'],
  ["attributes.status = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["attribute.status = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["attr.status = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["run.status = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["status = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["`status` = 'FAILED'", 'attribute', 'status', '=', 'FAILED'],
  ["datasets.name = 'd'", 'dataset', 'name', '=', 'd'],
  ["dataset.digest = 'd'", 'dataset', 'digest', '=', 'd'],
  ["datasets.context LIKE 'tr%'", 'dataset', 'context', 'LIKE', 'tr%'],

  // Attributes and their synonyms
  ["run_id = 'a'", 'attribute', 'run_id', '=', 'a'],
  ["user_id = ''", 'attribute', 'user_id', '=', ''],
  ["artifact_uri LIKE '%x'", 'attribute', 'artifact_uri', 'LIKE', '%x'],
  ["run_name = 'x'", 'attribute', 'run_name', '=', 'x'],
  ["`run name` = 'x'", 'attribute', 'run_name', '=', 'x'],
  [`"Run name" = 'x'`, 'attribute', 'run_name', '=', 'x'],
  [`attributes."Run Name" = 'x'`, 'attribute', 'run_name', '=', 'x'],
  ['created > 1', 'attribute', 'start_time', '>', 1],
  ['attributes.Created > 1', 'attribute', 'start_time', '>', 1],
  ['end_time >= 0', 'attribute', 'end_time', '>=', 0],

  // Keys
  ["tags.mlflow.parentRunId = 'x'", 'tag', 'mlflow.parentRunId', '=', 'x'],
  ["tags.`mlflow.parentRunId` = 'x'", 'tag', 'mlflow.parentRunId', '=', 'x'],
  [`tags."a b" = 'x'`, 'tag', 'a b', '=', 'x'],
  ["tags.'a b' = 'x'", 'tag', 'a b', '=', 'x'],
  ["`params`.a = 'x'", 'param', 'a', '=', 'x'],
  ["`params`.`a b` = 'x'", 'param', 'a b', '=', 'x'],
  ["params.`a``b` = 'x'", 'param', 'a`b', '=', 'x'],
  ['metrics.val/loss-1:b > 0', 'metric', 'val/loss-1:b', '>', 0],
  ['metrics.1 > 0', 'metric', '1', '>', 0],
  ["tags.a. = 'x'", 'tag', 'a.', '=', 'x'],
  ["tags.日本 = 'x'", 'tag', '日本', '=', 'x'],
  ["params.and = 'x'", 'param', 'and', '=', 'x'],
  ["params.__proto__ = 'x'", 'param', '__proto__', '=', 'x'],

  // Numbers
  ['metrics.x != -1', 'metric', 'x', '!=', -1],
  ['metrics.x<=1e-5', 'metric', 'x', '<=', 1e-5],
  ['metrics.x > .5', 'metric', 'x', '>', 0.5],
  ['metrics.x > 5.', 'metric', 'x', '>', 5],
  ['metrics.x > -1.5E+10', 'metric', 'x', '>', -1.5e10],
  ['metrics.x < 1e999', 'metric', 'x', '<', Infinity],
  ['metrics.x > 9007199254740993', 'metric', 'x', '>', 9007199254740992],
  ['start_time = 9007199254740991', 'attribute', 'start_time', '=', 9007199254740991],
  ['start_time = 9007199254740993', 'attribute', 'start_time', '=', 9007199254740993n],
  ['start_time > -9223372036854775808', 'attribute', 'start_time', '>', -9223372036854775808n],
  ['start_time < 9223372036854775808', 'attribute', 'start_time', '<', 9223372036854775808],
  ['start_time < 99999999999999999999999999', 'attribute', 'start_time', '<', 1e26],
  ['start_time > 1.5', 'attribute', 'start_time', '>', 1.5],
  ['start_time > 1e3', 'attribute', 'start_time', '>', 1000],

  // Text
  ['params.x = "it\'s"', 'param', 'x', '=', "it's"],
  ["params.x = 'it''s'", 'param', 'x', '=', "it's"],
  [String.raw`params.x = 'it\'s'`, 'param', 'x', '=', "it's"],
  ["params.x = 'a AND b'", 'param', 'x', '=', 'a AND b'],
  [String.raw`params.x = 'C:\runs\'`, 'param', 'x', '=', 'C:\\runs\\'],
  ["tags.x = 'y\nz'", 'tag', 'x', '=', 'y\nz'],
  ["tags.x='1'", 'tag', 'x', '=', '1'],

  // Every comparator, in any letter case
  ["params.x != 'a'", 'param', 'x', '!=', 'a'],
  ["params.x like '%a'", 'param', 'x', 'LIKE', '%a'],
  ["params.x iLike '%a'", 'param', 'x', 'ILIKE', '%a'],
  ["params.x IN ('a', 'b')", 'param', 'x', 'IN', ['a', 'b']],
  ["tags.x not  in ('a')", 'tag', 'x', 'NOT IN', ['a']],
  ['params.x IS NULL', 'param', 'x', 'IS NULL', null],
  ['tags.x is  not\n null', 'tag', 'x', 'IS NOT NULL', null],
  ['metrics.x IS NULL', 'metric', 'x', 'IS NULL', null],
  ['end_time IS NOT NULL', 'attribute', 'end_time', 'IS NOT NULL', null],
  ['datasets.context IS NULL', 'dataset', 'context', 'IS NULL', null],

  // Lists
  ["run_id IN ('a',)", 'attribute', 'run_id', 'IN', ['a']],
  ['run_id in("a","b")', 'attribute', 'run_id', 'IN', ['a', 'b']],
  ["run_id NOT IN ('a,b','c)d', '', 'it''s')", 'attribute', 'run_id', 'NOT IN', ['a,b', 'c)d', '', "it's"]],
  ["datasets.name IN ('a')", 'dataset', 'name', 'IN', ['a']],
]

const experimentRows: Row[] = [
  ["name ILIKE 'x%'", 'attribute', 'name', 'ILIKE', 'x%'],
  ["attribute.name = 'x'", 'attribute', 'name', '=', 'x'],
  ["attributes.`name` = 'x'", 'attribute', 'name', '=', 'x'],
  ['creation_time > 1', 'attribute', 'creation_time', '>', 1],
  ['last_update_time <= 5', 'attribute', 'last_update_time', '<=', 5],
  ["tag.a = 'x'", 'tag', 'a', '=', 'x'],
  ['tags.a IS NULL', 'tag', 'a', 'IS NULL', null],
  ["experiment_id = '12'", 'attribute', 'experiment_id', '=', '12'],
  ["experiment_id = ' 007 '", 'attribute', 'experiment_id', '=', '7'],
  [
    "experiment_id NOT IN ('1', '9223372036854775807')",
    'attribute',
    'experiment_id',
    'NOT IN',
    ['1', '9223372036854775807'],
  ],
]

const modelRows: Row[] = [
  ["name = 'x'", 'attribute', 'name', '=', 'x'],
  ["attributes.model_id IN ('m-1')", 'attribute', 'model_id', 'IN', ['m-1']],
  ["model_type LIKE 'x'", 'attribute', 'model_type', 'LIKE', 'x'],
  ['source_run_id IS NULL', 'attribute', 'source_run_id', 'IS NULL', null],
  ["artifact_location = 'x'", 'attribute', 'artifact_uri', '=', 'x'],
  ['creation_time > 1', 'attribute', 'creation_timestamp', '>', 1],
  ['creation_timestamp_ms > 1', 'attribute', 'creation_timestamp', '>', 1],
  ['last_updated_timestamp > 1', 'attribute', 'last_updated_timestamp', '>', 1],
  ["status = 'READY'", 'attribute', 'status', '=', 'LOGGED_MODEL_READY'],
  [
    "status IN ('FAILED', 'LOGGED_MODEL_PENDING')",
    'attribute',
    'status',
    'IN',
    ['LOGGED_MODEL_UPLOAD_FAILED', 'LOGGED_MODEL_PENDING'],
  ],
  ['status = 2', 'attribute', 'status', '=', 'LOGGED_MODEL_READY'],
  ["status = 'constructor'", 'attribute', 'status', '=', 'constructor'],
  ["status LIKE 'READY'", 'attribute', 'status', 'LIKE', 'READY'],
  ['experiment_id = 0', 'attribute', 'experiment_id', '=', '0'],
  ['metrics.rmse < 1', 'metric', 'rmse', '<', 1],
  ['params.lr = 0.01', 'param', 'lr', '=', '0.01'],
  ['params.kind = linear', 'param', 'kind', '=', 'linear'],
  ["tags.`a b` IN ('x')", 'tag', 'a b', 'IN', ['x']],
]

const registeredModelRows: Row[] = [
  ["name ILIKE 'x%'", 'attribute', 'name', 'ILIKE', 'x%'],
  ["attribute.description = 'x'", 'attribute', 'description', '=', 'x'],
  ['timestamp > 1', 'attribute', 'last_updated_timestamp', '>', 1],
  ["tags.`mlflow.prompt.is_prompt` = 'true'", 'tag', 'mlflow.prompt.is_prompt', '=', 'true'],
]

const versionRows: Row[] = [
  ["name = 'x'", 'attribute', 'name', '=', 'x'],
  ['version_number > 3', 'attribute', 'version_number', '>', 3],
  ["version_number = '3'", 'attribute', 'version_number', '=', 3],
  ['version_number != "-3"', 'attribute', 'version_number', '!=', -3],
  ["version_number < '9007199254740993'", 'attribute', 'version_number', '<', 9007199254740993n],
  ["source_path LIKE 's3:%'", 'attribute', 'source_path', 'LIKE', 's3:%'],
  ["current_stage = 'production'", 'attribute', 'current_stage', '=', 'Production'],
  ["stage NOT IN ('NONE', 'archived', 'other')", 'attribute', 'current_stage', 'NOT IN', ['None', 'Archived', 'other']],
  ["stage LIKE 'prod%'", 'attribute', 'current_stage', 'LIKE', 'prod%'],
  ["user_id != 'x'", 'attribute', 'user_id', '!=', 'x'],
]

describe('parseFilter', () => {
  describe.each<[EntityName, Row[]]>([
    ['runs', runRows],
    ['experiments', experimentRows],
    ['loggedModels', modelRows],
    ['registeredModels', registeredModelRows],
    ['modelVersions', versionRows],
  ])('of %s', (entity, rows) => {
    it.each(rows)('reads %j', (filter, on, key, comparator, value) => {
      expect(parseFilter(entity, filter)).toEqual([{ on, key, comparator, value }])
    })
  })

  it.each(['', ' ', '\n\t'])('gives no conditions for %j', (filter) => {
    expect(parseFilter('runs', filter)).toEqual([])
  })

  it('joins conditions by AND in any letter case, with any white space or none beside quotes', () => {
    expect(
      parseFilter(
        'runs',
        "tags.a='x'AND metrics.b>1\r\n\taNd\nrun_id IN ('a') and params.c is null AND status = 'FAILED'",
      ),
    ).toEqual([
      { on: 'tag', key: 'a', comparator: '=', value: 'x' },
      { on: 'metric', key: 'b', comparator: '>', value: 1 },
      { on: 'attribute', key: 'run_id', comparator: 'IN', value: ['a'] },
      { on: 'param', key: 'c', comparator: 'IS NULL', value: null },
      { on: 'attribute', key: 'status', comparator: '=', value: 'FAILED' },
    ])
  })

  describe('joins and turns round conditions', () => {
    const tag = (key: string): Condition => ({ on: 'tag', key, comparator: '=', value: 'x' })
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(tag) as [Condition, Condition, Condition, Condition]

    it.each<[string, Filter]>([
      ['a OR b', [{ any: [[a], [b]] }]],
      ['a or b Or c', [{ any: [[a], [b], [c]] }]],
      [
        'a AND b OR c AND d',
        [
          {
            any: [
              [a, b],
              [c, d],
            ],
          },
        ],
      ],
      ['a AND (b OR c) AND d', [a, { any: [[b], [c]] }, d]],
      ['NOT a AND b', [{ not: [a] }, b]],
      ['not a or b', [{ any: [[{ not: [a] }], [b]] }]],
      ['NOT(a AND b)', [{ not: [a, b] }]],
      ['NOT NOT a', [{ not: [{ not: [a] }] }]],
      ['NOT (a OR NOT b)', [{ not: [{ any: [[a], [{ not: [b] }]] }] }]],
      ['(a)AND(b)', [a, b]],
      ['((a AND (b)) AND ((c)))', [a, b, c]],
      ['(a OR b) OR c', [{ any: [[{ any: [[a], [b]] }], [c]] }]],
    ])('%s', (written, filter) => {
      const text = written.replaceAll(/\b[a-d]\b/g, (key) => `tags.${key} = 'x'`)
      expect(parseFilter('runs', text)).toEqual(filter)
    })
  })

  it('takes parentheses and NOTs 32 deep, and refuses more', () => {
    const nested = (depth: number, open: string, close: string) =>
      `${open.repeat(depth)}tags.a = 'x'${close.repeat(depth)}`
    for (const [open, close] of [
      ['(', ')'],
      ['NOT ', ''],
    ] as const) {
      expect(parseFilter('runs', nested(32, open, close))).toHaveLength(1)
      expect(messageOf('runs', nested(33, open, close))).toContain('more than 32 deep')
    }
    expect(messageOf('runs', '('.repeat(60_000))).toContain('more than 32 deep')
  })

  it.each<[EntityName, string, ...string[]]>([
    // Parts that do not fit together
    ['runs', "tags.a = 'x' OR", "Invalid clause(s) in filter string: 'OR'.", 'Expected a condition at the end'],
    ['runs', 'not', "Invalid clause(s) in filter string: 'not'.", 'Expected a condition at the end'],
    ['runs', '(', "Invalid clause(s) in filter string: '('.", 'Expected a condition at the end'],
    ['runs', '()', "Invalid clause(s) in filter string: ')'.", 'Expected a field', 'at position 2'],
    ['runs', "(tags.a = 'x'", "Invalid clause(s) in filter string: '('.", "Expected AND, OR or ')' at the end"],
    ['runs', "(tags.a = 'x' tags.b", "Invalid clause(s) in filter string: 'tags.b'.", "AND, OR or ')' at position 15"],
    ['runs', "tags.a = 'x')", "Invalid clause(s) in filter string: ')'.", 'AND, OR or nothing more at position 13'],
    ['runs', "tags.a = 'x' OR OR tags.b = 'y'", "Invalid clause(s) in filter string: 'OR'.", 'at position 17'],
    ['runs', "tags.a = 'x' NOT tags.b = 'y'", "Invalid clause(s) in filter string: 'NOT'.", 'Expected AND, OR'],

    // Form
    ['runs', 'tags.a', "Invalid clause(s) in filter string: 'tags.a'.", 'Expected a comparator', 'at the end'],
    ['runs', 'tags.a =', "Invalid clause(s) in filter string: 'tags.a ='.", 'Expected a value at the end'],
    ['runs', "tags.a = 'x' AND", "Invalid clause(s) in filter string: 'AND'.", 'Expected a condition at the end'],
    ['runs', "AND tags.a = 'x'", "Invalid clause(s) in filter string: 'AND'.", 'Expected a field'],
    ['runs', "tags.a = 'x' AND AND tags.b = 'y'", "Invalid clause(s) in filter string: 'AND'.", 'at position 18'],
    [
      'runs',
      "tags.a = 'x' tags.b = 'y'",
      "Invalid clause(s) in filter string: 'tags.b'.",
      'Expected AND',
      'position 14',
    ],
    ['runs', "tags.a = 'x', tags.b = 'y'", "Invalid clause(s) in filter string: ','.", 'Expected AND'],
    ['runs', "tags.a = 'x';", "Invalid clause(s) in filter string: ';'.", 'nothing more at position 13'],
    ['runs', "tags.a = 'x' -- c", "Invalid clause(s) in filter string: '-'."],
    ['runs', "tags.a = 'abc", "'tags.a = 'abc'.", 'The quote at position 10 is never closed.'],
    [
      'runs',
      "tags.'a = 'x'",
      "Invalid clause(s) in filter string: 'tags.'a = 'x''.",
      'The quote at position 13 is never closed.',
    ],
    ['runs', "`a = 'x'", "Invalid clause(s) in filter string: '`a = 'x''.", 'The quote at position 1'],
    ['runs', "tags.a b = 'x'", "Invalid clause(s) in filter string: 'tags.a b'.", 'A key with spaces needs quotes.'],
    ['runs', "tags.a RLIKE 'x'", "Invalid clause(s) in filter string: 'tags.a RLIKE'.", 'ILIKE'],
    ['runs', "params.x IS 'a'", "Invalid clause(s) in filter string: 'params.x IS 'a''.", 'Expected NULL or NOT NULL'],
    ['runs', 'params.x IS NOT', "Invalid clause(s) in filter string: 'params.x IS NOT'.", 'Expected NULL at the end'],
    ['runs', "'x' = tags.a", "Expected 'Identifier' found ''x''.", 'Expected a field'],
    ['runs', '1 = 1', "Expected 'Identifier' found '1'."],
    ['runs', "tags. = 'x'", "Expected 'Identifier' found 'tags.'."],
    ['runs', "tags.`` = 'x'", "Expected 'Identifier' found 'tags.'."],
    ['runs', ".a = 'x'", "Expected 'Identifier' found '.a'."],
    ['runs', "tags . a = 'x'", "Invalid clause(s) in filter string: 'tags .'.", 'Expected a comparator'],

    // Fields
    [
      'runs',
      "foo.a = 'x'",
      "Invalid entity type 'foo'. Valid values are metrics, params, tags, attributes, datasets",
      '1',
    ],
    ['runs', "Params.a = 'x'", "Invalid entity type 'Params'."],
    ['runs', "constructor.a = 'x'", "Invalid entity type 'constructor'."],
    [
      'runs',
      "foo = 'x'",
      "Invalid attribute key 'foo' specified. Valid keys are run_id, run_name, status",
      'position 1',
    ],
    ['runs', "Status = 'x'", "Invalid attribute key 'Status' specified."],
    ['runs', "__proto__ = 'x'", "Invalid attribute key '__proto__' specified."],
    ['runs', "lifecycle_stage = 'active'", "Invalid attribute key 'lifecycle_stage' specified."],
    [
      'runs',
      "tags.a = 'x' AND datasets.foo = 'x'",
      "Invalid dataset key 'foo' specified.",
      'name, digest',
      'position 18',
    ],
    ['experiments', 'metrics.a > 1', "Invalid entity type 'metrics'. Valid values are attributes, tags"],
    ['experiments', "run_id = 'x'", "Invalid attribute key 'run_id' specified. Valid keys are name, experiment_id"],
    ['loggedModels', "datasets.name = 'x'", "Invalid entity type 'datasets'."],
    ['registeredModels', "user_id = 'x'", "Invalid attribute key 'user_id' specified. Valid keys are name"],
    ['modelVersions', "params.a = 'x'", "Invalid entity type 'params'."],
    ['modelVersions', 'timestamp > 1', "Invalid attribute key 'timestamp' specified."],
    ['modelVersions', "version_number = 'x'", 'Expected numeric value type for numeric attribute: version_number'],
    ['modelVersions', "version_number = '1.5'", 'Expected numeric value type for numeric attribute: version_number'],
    ['modelVersions', "creation_timestamp = '1'", 'Expected numeric value type for numeric attribute'],
    ['loggedModels', "run.name = 'x'", "Invalid entity type 'run'."],

    // Comparators
    ['runs', "params.x > 'a'", "Invalid comparator '>' not one of =, !=, LIKE", "parameter 'x'", 'position 10'],
    ['runs', 'metrics.x == 1', "Invalid comparator '==' not one of =, !=, <, <=, >, >=, IS NULL"],
    ['runs', 'metrics.x <> 1', "Invalid comparator '<>'"],
    ['runs', 'metrics.x LIKE 1', "Invalid comparator 'LIKE'"],
    ['runs', "metrics.x IN ('1')", "Invalid comparator 'IN'"],
    ['runs', "params.x not like 'a'", "Invalid comparator 'NOT LIKE'"],
    ['runs', "start_time LIKE '1'", "Invalid comparator 'LIKE'", "attribute 'start_time'"],
    ['experiments', "experiment_id > '1'", "Invalid comparator '>' not one of =, !=, IN, NOT IN"],

    // Values
    ['runs', "metrics.x > '1'", "Expected numeric value type for metric. Found '1' at position 13"],
    ['runs', 'metrics.x = NaN', 'Expected numeric value type for metric. Found NaN'],
    ['runs', 'metrics.x > 1_000', 'Expected numeric value type for metric. Found 1_000'],
    ['runs', 'metrics.x > - 1', 'Expected numeric value type for metric. Found -'],
    ['runs', 'metrics.acc != metrics.acc', 'Expected numeric value type for metric. Found metrics.acc'],
    ['runs', "start_time > '1'", "Expected numeric value type for numeric attribute: start_time. Found '1'"],
    ['runs', 'params.x = 1', 'Expected a quoted string value for parameter', 'Got value 1 at position 12'],
    ['runs', 'tags.x = -1', "Expected a quoted string value for tag (e.g. 'my-value'). Got value -1"],
    ['runs', "tags.x = ('a')", 'Expected a quoted string value for tag', 'Got value ('],
    ['runs', 'status = 1', 'Expected a quoted string value for attributes. Got value 1'],
    ['runs', 'datasets.name = 1', 'Expected a quoted string value for dataset attributes. Got value 1'],
    ['runs', 'params.x = x', 'Parameter value is either not quoted or unidentified quote types', 'string value x'],
    ['runs', 'params.x = `x`', 'Parameter value is either not quoted or unidentified quote types', 'single or double'],
    ['experiments', "experiment_id = 'abc'", "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
    ['experiments', "experiment_id = '9223372036854775808'", 'Experiment ID must be a valid integer.'],
    ['experiments', 'experiment_id = 1', 'Expected a quoted string value for attributes. Got value 1'],
    ['loggedModels', 'name = AND', 'Parameter value is either not quoted'],

    // Lists
    ['runs', 'run_id IN ()', 'expected a non-empty list of string values, but got empty list'],
    ['runs', "run_id IN ('a', 1)", 'got different type in list: 1', "('a', 'b')"],
    ['runs', 'run_id IN (,)', 'got different type in list: ,'],
    ['runs', 'run_id IN (`a`)', 'got different type in list: `a`'],
    ['runs', "run_id IN 'a'", "Invalid clause(s) in filter string: 'run_id IN 'a''.", 'Expected a list'],
    [
      'runs',
      "run_id IN ('a'",
      "Invalid clause(s) in filter string: 'run_id IN ('a''.",
      "Expected ',' or ')' at the end",
    ],
    ['runs', "run_id IN ('a' 'b')", "Expected ',' or ')' at position 16"],
    ['runs', "run_id IN ('a', 'b", 'The quote at position 17 is never closed.'],
    ['runs', "run_id IN ['a']", 'Expected a list'],
  ])('of %s refuses %j', (entity, filter, ...phrases) => {
    const message = messageOf(entity, filter)
    for (const phrase of phrases) expect(message).toContain(phrase)
  })

  it('takes 100 conditions and 65,536 characters, and refuses more', () => {
    const conditions = (count: number) => Array.from({ length: count }, (_, i) => `metrics.m${i} > ${i}`).join(' AND ')
    const ofLength = (length: number) => `tags.a = '${'x'.repeat(length - "tags.a = ''".length)}'`
    expect(parseFilter('runs', conditions(100))).toHaveLength(100)
    expect(messageOf('runs', `${conditions(60)} OR (${conditions(41)})`)).toContain('more than 100 conditions')
    expect(messageOf('runs', conditions(101))).toContain('more than 100 conditions')
    expect(parseFilter('runs', ofLength(65_536))).toHaveLength(1)
    expect(messageOf('runs', ofLength(65_537))).toContain('65537 characters, 65536 are allowed')
  })

  it('shows only the beginning of long input in its messages', () => {
    expect(messageOf('runs', `${'x'.repeat(60_000)} = 'y'`).length).toBeLessThan(400)
    expect(messageOf('runs', `tags.a = '${'x'.repeat(60_000)}' 1`).length).toBeLessThan(400)
    expect(messageOf('runs', `tags.a = '${'x'.repeat(60_000)}`).length).toBeLessThan(400)
  })
})
