import { answered, newExperiment, newRun, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const search = (fields: Fields, more?: Partial<Step>): Step =>
  post('runs/search', { experiment_ids: ['${experiment}'], ...fields }, more)
const names = { only: 'runs[].info.run_name' }
const filtered = (filter: string): Step => search({ filter }, names)
const more = (filter: string, found: Json, reason = oneLanguage): Step =>
  search({ filter }, { ...names, ...answered(reason, { [names.only]: found }) })
const oneLanguage =
  'The search language is one for runs, experiments and models, with all its comparisons for all fields; MLflow refuses some.'
const connectives = 'Filters may hold OR, NOT and parentheses; MLflow refuses them.'
const all = ['delta', 'gamma', 'beta', 'alpha', 'Zeta', 'epsilon']
const invalid =
  (says: string) =>
  (filter: string): Step =>
    search({ filter }, { says })
const ordered = (...order_by: string[]): Step => search({ order_by }, names)
const log = (run: string, metrics: Fields, params: Fields, tags: Fields): Step =>
  post('runs/log-batch', {
    run_id: `\${${run}}`,
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1 })),
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  })
const dataset = (name: string, digest: string, context?: string): Json => ({
  dataset: { name, digest, source_type: 'local', source: 'here' },
  tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
})

/** Six runs that differ in every way that a filter or an order can see. */
const runs: readonly Step[] = [
  newExperiment(),
  newRun('alpha', { start_time: 100, user_id: 'ann' }),
  newRun('beta', { start_time: 200, user_id: 'bob' }),
  newRun('gamma', { start_time: 210 }),
  newRun('delta', { start_time: 300 }),
  newRun('epsilon', { start_time: 50 }),
  newRun('Zeta', { start_time: 60 }),
  log('alpha', { acc: 0.9, f1: 1, 'val/loss': 3 }, { lr: '0.1', k: 'A' }, { team: 'red', 'with space': 'x' }),
  log('beta', { acc: 0.5 }, { lr: '0.01' }, { team: 'Blue', 'a.b.c': 'dots' }),
  log('gamma', { acc: 'NaN' }, { lr: '10', k: 'b_c' }, {}),
  log('delta', {}, {}, { team: "o'neil" }),
  log('epsilon', { acc: 12.5 }, { lr: '' }, { team: '' }),
  log('Zeta', { acc: -7 }, {}, {}),
  post('runs/update', { run_id: '${alpha}', status: 'FINISHED', end_time: 150 }),
  post('runs/update', { run_id: '${beta}', status: 'FAILED', end_time: 250 }),
  post('runs/log-inputs', { run_id: '${alpha}', datasets: [dataset('iris', 'd1', 'train'), dataset('wine', 'd2')] }),
  post('runs/log-inputs', { run_id: '${beta}', datasets: [dataset('iris', 'd3', 'test')] }),
]

export const searchRuns: Group = {
  noun: 'search-runs',
  scenarios: [
    {
      name: 'filters on metrics',
      steps: [
        ...runs,
        ...['', 'metrics.acc > 0.5', 'metrics.acc >= 0.5', 'metrics.acc < 0.5', 'metrics.acc <= 0.5'].map(filtered),
        ...['metrics.acc = 0.9', 'metrics.acc != 0.5', 'metrics.acc > -8', 'metrics.acc > 1e-1', 'metrics.acc = 0'].map(
          filtered,
        ),
        ...['metric.acc > 0.5', 'metrics.`acc` > 0.5', 'metrics."acc" > 0.5', '`metrics`.acc > 0.5'].map(filtered),
        ...['metrics.acc>0.5', 'metrics.`val/loss` = 3', 'metrics.none > 0', 'metrics.acc   >   0.5'].map(filtered),
        ...["metrics.acc > '0.5'", 'metrics.acc > abc'].map(invalid('Expected numeric value type for metric')),
        ...["metrics.acc LIKE 'x'", 'metrics.acc IN (1)'].map(invalid('metric')),
        ...['metrics.acc == 0.9', 'metrics.acc <> 0.9'].map(invalid('Invalid comparator')),
        more('metrics.acc IS NULL', ['delta']),
        more('metrics.f1 IS NOT NULL', ['alpha']),
      ],
    },
    {
      name: 'filters on params',
      steps: [
        ...runs,
        ...["params.lr = '0.1'", 'params.lr = "0.1"', "params.lr != '0.1'", "params.lr = ''"].map(filtered),
        ...["param.lr LIKE '0%'", "params.lr like '0%'", "parameter.lr = '0.1'", "parameters.lr = '0.1'"].map(filtered),
        ...["params.k LIKE 'a'", "params.k ILIKE 'a'", "params.k LIKE 'b_c'", "params.k LIKE '%_%'"].map(filtered),
        ...["params.k LIKE 'b\\_c'", "params.k ilike 'B%'", "params.`lr` = '0.1'"].map(filtered),
        ...['params.k IS NULL', 'params.k IS NOT NULL', 'params.k is not null', 'params.none IS NULL'].map(filtered),
        invalid('Expected a quoted string value for parameter')('params.lr = 0.1'),
        more("params.lr IN ('0.1', '10')", ['gamma', 'alpha']),
        ...['params.lr = abc', 'params.lr = `0.1`'].map(invalid('not quoted')),
        ...["params.lr > '0'", "params.lr NOT LIKE '0'"].map(invalid('Invalid comparator')),
      ],
    },
    {
      name: 'filters on tags',
      steps: [
        ...runs,
        ...["tags.team = 'red'", "tag.team != 'red'", "tags.team ILIKE 'BL%'", "tags.team LIKE 'BL%'"].map(filtered),
        ...['tags.team IS NULL', 'tags.team IS NOT NULL', "tags.team = ''", "tags.team = 'RED'"].map(filtered),
        ...["tags.`with space` = 'x'", 'tags."with space" = \'x\'', "tags.a.b.c = 'dots'"].map(filtered),
        ...['tags.team = "o\'neil"', "tags.mlflow.runName = 'beta'", "tags.`mlflow.runName` LIKE '%eta'"].map(filtered),
        invalid('Invalid clause(s) in filter string')("tags.with space = 'x'"),
        more("tags.team IN ('red', '')", ['alpha', 'epsilon']),
        invalid('not quoted')('tags.team = red'),
      ],
    },
    {
      name: 'filters on attributes',
      steps: [
        ...runs,
        ...["attributes.status = 'FINISHED'", "status = 'FINISHED'", "status = 'finished'"].map(filtered),
        ...["attribute.status != 'RUNNING'", "attr.status LIKE 'F%'", "run.status ILIKE 'f%'"].map(filtered),
        ...["run_name = 'alpha'", "run_name ILIKE 'AL%'", "attributes.`Run Name` = 'alpha'"].map(filtered),
        ...["attributes.`run name` LIKE '%eta'", "run_id = '${beta}'", "run_id != '${beta}'"].map(filtered),
        ...["run_id IN ('${beta}', '${alpha}')", "attributes.run_id NOT IN ('${beta}')", "run_id in ('x')"].map(
          filtered,
        ),
        ...['start_time > 100', 'attributes.start_time >= 100', 'created >= 200', 'Created = 100'].map(filtered),
        ...['start_time != 100', 'start_time > 100.5', 'end_time < 200', 'end_time >= 250'].map(filtered),
        ...["user_id = 'ann'", "user_id = ''", "artifact_uri LIKE 'mlflow-artifacts:%'"].map(filtered),
        ...["start_time = '100'", 'start_time > abc'].map(invalid('Expected numeric value type')),
        invalid('end_time')('end_time IN (100)'),
        ...["foo = 'x'", "attributes.lifecycle_stage = 'active'"].map(invalid('Invalid attribute key')),
        more("experiment_id = '1'", []),
        invalid('Invalid attribute key')('acc > 1'),
        more("status IN ('FINISHED', 'FAILED')", ['beta', 'alpha']),
        more("run_name NOT IN ('alpha')", ['delta', 'gamma', 'beta', 'Zeta', 'epsilon']),
        ...["status > 'A'", "run_name NOT LIKE 'a%'"].map(invalid('Invalid comparator')),
        more('end_time IS NULL', ['delta', 'gamma', 'Zeta', 'epsilon']),
      ],
    },
    {
      name: 'filters on datasets',
      steps: [
        ...runs,
        ...["dataset.name = 'iris'", "datasets.name = 'wine'", "dataset.digest = 'd3'"].map(filtered),
        ...["dataset.context = 'train'", "dataset.name LIKE 'i%'", "dataset.name ILIKE 'I%'"].map(filtered),
        ...["dataset.name IN ('iris', 'other')", "dataset.digest NOT IN ('d1')", "dataset.name != 'iris'"].map(
          filtered,
        ),
        ...["dataset.name = 'iris' AND dataset.name = 'wine'", "dataset.context != 'train'"].map(filtered),
        filtered("dataset.name = 'iris' AND dataset.context = 'test'"),
        invalid('Invalid dataset key')("dataset.foo = 'x'"),
        invalid('Invalid comparator')("dataset.name > 'a'"),
      ],
    },
    {
      name: 'filters joined, and filters that are none',
      steps: [
        ...runs,
        ...["metrics.acc > 0 AND params.lr = '0.1'", "metrics.acc > 0 and tags.team = 'red'"].map(filtered),
        ...['metrics.acc > 0 AND metrics.f1 = 1', 'metrics.acc > 0 AND metrics.acc < 0.8'].map(filtered),
        ...["metrics.acc > 0.5 AND attributes.status = 'FINISHED' AND params.k IS NOT NULL"].map(filtered),
        ...['params.k IS NULL AND metrics.acc > 0', 'tags.team IS NULL AND params.lr IS NOT NULL'].map(filtered),
        ...['start_time > 100 AND start_time < 300'].map(filtered),
        more('metrics.acc > 0 OR metrics.acc < 5', ['beta', 'alpha', 'Zeta', 'epsilon'], connectives),
        ...['metrics.acc > 0,', 'metrics.acc', 'metrics.acc >'].map(invalid('Invalid clause(s) in filter string')),
        invalid('Invalid')('= 5'),
        more('(metrics.acc > 0)', ['beta', 'alpha', 'epsilon'], connectives),
        more('NOT metrics.acc > 0', ['delta', 'gamma', 'Zeta'], connectives),
        ...['select 1', 'metrics.acc > 0 limit 1', 'params.k IS'].map(invalid('Invalid clause(s) in filter string')),
        ...['metrics.acc > 0;', "params.lr = '0.1"].map(invalid('Invalid clause(s) in filter string')),
        invalid('filter')('metrics.acc > 0; metrics.acc < 1'),
        invalid("Invalid entity type 'foo'")('foo.acc > 1'),
        invalid('Invalid')('0.5 < metrics.acc'),
        search(
          { filter: '  ' },
          { ...names, ...answered('A filter of blanks only is no filter; MLflow refuses it.', { [names.only]: all }) },
        ),
        invalid('')('🙂'),
        search({ filter: 5 }, { says: "Invalid value 5 for parameter 'filter' supplied" }),
      ],
    },
    {
      name: 'orders',
      steps: [
        ...runs,
        search({ order_by: [] }),
        ...['metrics.acc', 'metrics.acc ASC', 'metrics.acc DESC', 'metrics.acc desc', 'metric.`acc` DESC'].map((by) =>
          ordered(by),
        ),
        ...['params.lr', 'params.lr DESC', 'tags.team', 'tags.team DESC', 'start_time', 'created DESC'].map((by) =>
          ordered(by),
        ),
        ...['attributes.start_time DESC', 'run_name', 'attributes.run_name DESC', 'end_time', 'end_time DESC'].map(
          (by) => ordered(by),
        ),
        ...['user_id', 'metrics.none', 'tags.`with space`', 'metrics."val/loss"'].map((by) => ordered(by)),
        ordered('status', 'run_name'),
        ordered('metrics.none', 'start_time ASC'),
        ordered('user_id DESC', 'metrics.acc ASC'),
        ordered('params.k DESC', 'start_time'),
        search({ order_by: ['foo'] }, { says: 'Invalid attribute key' }),
        search({ order_by: ['metrics'] }, { says: 'Invalid attribute key' }),
        search({ order_by: ['lifecycle_stage'] }, { says: 'Invalid attribute key' }),
        search({ order_by: ['metrics.acc FOO'] }, { says: 'Invalid ordering key in order_by clause' }),
        search({ order_by: ['metrics.acc ASC DESC'] }, { says: 'Invalid order_by clause' }),
        search({ order_by: ['start_time, run_name'] }, { says: 'Invalid order_by clause' }),
        search({ order_by: [''] }, { says: 'Invalid order_by clause' }),
        search({ order_by: ['dataset.name'] }, { says: 'dataset' }),
        search({ order_by: 'start_time' }, { says: "for parameter 'order_by' supplied" }),
        search({ order_by: [5] }, { says: "for parameter 'order_by" }),
        search(
          { order_by: ['start_time', 'start_time DESC'] },
          refused('The same field twice in order_by is the caller’s mistake; MLflow says INTERNAL_ERROR.'),
        ),
      ],
    },
    {
      name: 'pages',
      steps: [
        ...runs,
        search({ max_results: 2 }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: 2, page_token: '${token}' }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: 2, page_token: '${token}' }, names),
        search(
          { max_results: '3', order_by: ['metrics.acc DESC'] },
          { ...names, capture: { token: 'next_page_token' } },
        ),
        search({ max_results: 3, order_by: ['metrics.acc DESC'], page_token: '${token}' }, names),
        search({ max_results: 3, filter: 'metrics.acc > -100' }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: 3, filter: 'metrics.acc > -100', page_token: '${token}' }, names),
        search({ max_results: 6 }, names),
        search({ max_results: 50_000 }, names),
        search({ max_results: 50_001 }, { says: "Invalid value 50001 for parameter 'max_results' supplied" }),
        search({ max_results: 0 }, { says: "Invalid value 0 for parameter 'max_results' supplied" }),
        search({ max_results: -1 }, { says: "Invalid value -1 for parameter 'max_results' supplied" }),
        search({ max_results: 'x' }, { says: "for parameter 'max_results' supplied" }),
        search({ page_token: 'zz' }, { says: 'Invalid page token' }),
        search({ page_token: 'e30=' }, { says: 'Invalid page token' }),
        search({ page_token: '' }, names),
      ],
    },
    {
      name: 'view types and experiments',
      steps: [
        ...runs,
        newExperiment('Other'),
        post('runs/create', { experiment_id: '${experimentOther}', run_name: 'elsewhere', start_time: 150 }),
        post('runs/delete', { run_id: '${delta}' }),
        ...['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 1, 2, 3, null].map((run_view_type) =>
          search({ run_view_type }, names),
        ),
        search(
          { run_view_type: 'BOGUS' },
          refused('An unknown view type is refused; MLflow takes it for ACTIVE_ONLY.'),
        ),
        post(
          'runs/search',
          { experiment_ids: ['${experiment}', '${experimentOther}', '999999999'], max_results: 4 },
          names,
        ),
        post('runs/search', { experiment_ids: [] }),
        post('runs/search', {}),
        post('runs/search', { experiment_ids: ['999999999'] }),
        post('runs/search', { experiment_ids: ['abc'] }, { says: "Invalid experiment ID 'abc'" }),
        post('runs/search', { experiment_ids: '${experiment}' }, { says: "for parameter 'experiment_ids' supplied" }),
        post(
          'runs/search',
          { experiment_ids: [0] },
          refused('An experiment id that is no string is refused; MLflow finds nothing.'),
        ),
        post('experiments/delete', { experiment_id: '${experimentOther}' }),
        post('runs/search', { experiment_ids: ['${experimentOther}'] }),
        post('runs/search', { experiment_ids: ['${experimentOther}'], run_view_type: 'ALL' }),
      ],
    },
  ],
}
