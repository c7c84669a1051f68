import { answered, get, missing, newExperiment, newRun, patch, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const create = (name: string, fields: Fields = {}, more?: Partial<Step>): Step =>
  post(
    'logged-models',
    { experiment_id: '${experiment}', name, ...fields },
    { capture: { [name]: 'model.info.model_id' }, pauseMs: 5, ...more },
  )
const unnamed = (fields: Fields, more?: Partial<Step>): Step =>
  post('logged-models', { experiment_id: '${experiment}', ...fields }, more)
const read = (name: string): Step => get(`logged-models/\${${name}}`)
const finalize = (status: Json, more?: Partial<Step>): Step =>
  patch('logged-models/${model}', { model_id: '${model}', status }, more)
const tags = (list: Json, more?: Partial<Step>): Step => patch('logged-models/${model}/tags', { tags: list }, more)
const params = (list: Json, more?: Partial<Step>): Step =>
  post('logged-models/${model}/params', { model_id: '${model}', params: list }, more)
const search = (fields: Fields, more?: Partial<Step>): Step =>
  post('logged-models/search', { experiment_ids: ['${experiment}'], ...fields }, more)
const names = { only: 'models[].info.name' }
const filtered = (filter: string): Step => search({ filter }, names)
const more = (filter: string, found: Json, reason = oneLanguage): Step =>
  search({ filter }, { ...names, ...answered(reason, { 'models[].info.name': found }) })
const blank = 'A filter of blanks only is no filter; MLflow refuses it.'
const oneLanguage =
  'The search language is one for runs, experiments and models, with all its comparisons for all fields; MLflow refuses some.'
const connectives = 'Filters may hold OR, NOT and parentheses; MLflow refuses them.'
const invalid = (filter: string): Step => search({ filter }, { says: 'Invalid' })
const ordered = (...fields: Json[]): Step => search({ order_by: fields }, names)
const metric = (model: string, key: string, value: Json, step: number, fields: Fields = {}): Json => ({
  key,
  value,
  step,
  timestamp: 100 + step,
  model_id: `\${${model}}`,
  ...fields,
})
const ds = { dataset_name: 'ds', dataset_digest: 'd1' }
const notFound = { says: "Logged model with ID 'nope' not found." }

const models: readonly Step[] = [
  newExperiment(),
  newRun(),
  create('first', { model_type: 'agent', params: [{ key: 'p', value: '1' }], tags: [{ key: 't', value: 'x' }] }),
  create('second', { source_run_id: '${run}', tags: [{ key: 't', value: 'y' }] }),
  create('third', { params: [{ key: 'p', value: '2' }] }),
  post('runs/log-batch', {
    run_id: '${run}',
    metrics: [
      metric('first', 'acc', 0.5, 1, ds),
      metric('first', 'acc', 0.7, 2),
      metric('second', 'acc', 0.9, 1, ds),
      metric('third', 'loss', 3, 1),
    ],
  }),
  patch('logged-models/${second}', { model_id: '${second}', status: 'LOGGED_MODEL_READY' }),
]

export const loggedModels: Group = {
  noun: 'logged-models',
  scenarios: [
    {
      name: 'create and read',
      steps: [
        newExperiment(),
        newRun(),
        create('model', {
          model_type: 'agent',
          source_run_id: '${run}',
          params: [{ key: 'p', value: '1' }],
          tags: [
            { key: 't', value: 'x' },
            { key: 'empty', value: '' },
          ],
        }),
        read('model'),
        create('plain'),
        read('plain'),
        create('plain'),
        unnamed({}, { capture: { generated: 'model.info.name', unnamed: 'model.info.model_id' } }),
        read('unnamed'),
        unnamed({ name: 'of nobody', source_run_id: 'nope' }, { capture: { orphan: 'model.info.model_id' } }),
        get('logged-models/nope', {}, notFound),
      ],
    },
    {
      name: 'create with bad fields',
      steps: [
        newExperiment(),
        post('logged-models', {}, missing('experiment_id')),
        post('logged-models', { experiment_id: '999999999' }, { says: 'No Experiment with id=999999999 exists' }),
        post('logged-models', { experiment_id: 'abc' }, { says: "Invalid experiment ID 'abc'" }),
        ...['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"].map((name) => unnamed({ name }, { says: 'Invalid model name' })),
        unnamed({ name: 5 }, { says: "Invalid value 5 for parameter 'name' supplied" }),
        unnamed({ params: 'x' }, { says: "for parameter 'params' supplied" }),
        unnamed(
          {
            params: [
              { key: 'a', value: '1' },
              { key: 'a', value: '2' },
            ],
          },
          refused('A param given twice for a model is INVALID_PARAMETER_VALUE; MLflow says BAD_REQUEST.'),
        ),
        post('experiments/delete', { experiment_id: '${experiment}' }),
        unnamed({ name: 'late' }, { says: "must be in the 'active' state" }),
      ],
    },
    {
      name: 'finalize',
      steps: [
        newExperiment(),
        create('model'),
        finalize('LOGGED_MODEL_READY'),
        finalize('LOGGED_MODEL_UPLOAD_FAILED'),
        finalize(1),
        finalize('LOGGED_MODEL_READY'),
        read('model'),
        patch('logged-models/${model}', { model_id: '${model}' }, missing('status')),
        patch('logged-models/nope', { model_id: 'nope', status: 'LOGGED_MODEL_READY' }, notFound),
        read('model'),
        finalize('BOGUS', refused('An unknown enum value is refused; MLflow takes it for unspecified.')),
      ],
    },
    {
      name: 'tags and params',
      steps: [
        newExperiment(),
        create('model', { tags: [{ key: 't', value: 'x' }] }),
        tags([
          { key: 't', value: 'y' },
          { key: 'u', value: '' },
          { key: 'v', value: '1' },
          { key: 'v', value: '2' },
        ]),
        tags([]),
        patch('logged-models/${model}/tags', {}),
        read('model'),
        send('DELETE', 'logged-models/${model}/tags/u'),
        send('DELETE', 'logged-models/${model}/tags/u', { says: "No tag with key 'u' found" }),
        send('DELETE', 'logged-models/nope/tags/u', notFound),
        tags('x', { says: "for parameter 'tags' supplied" }),
        patch('logged-models/nope/tags', { tags: [{ key: 't', value: 'y' }] }, notFound),
        params([
          { key: 'p', value: '1' },
          { key: 'q', value: '' },
        ]),
        params([]),
        read('model'),
        params(
          [{ key: 'p', value: '2' }],
          refused('A param logged again with another value is INVALID_PARAMETER_VALUE; MLflow says BAD_REQUEST.'),
        ),
        post('logged-models/nope/params', { model_id: 'nope', params: [{ key: 'p', value: '1' }] }, notFound),
        read('model'),
      ],
    },
    {
      name: 'metrics of models',
      steps: [
        ...models,
        read('first'),
        read('second'),
        read('third'),
        get('runs/get', { run_id: '${run}' }),
        get('metrics/get-history', { run_id: '${run}', metric_key: 'acc' }),
        post('runs/log-metric', {
          run_id: '${run}',
          key: 'acc',
          value: 0.8,
          timestamp: 200,
          step: 3,
          model_id: '${first}',
          ...ds,
        }),
        post('runs/log-metric', {
          run_id: '${run}',
          key: 'acc',
          value: 0.8,
          timestamp: 200,
          step: 3,
          model_id: '${first}',
          ...ds,
        }),
        read('first'),
        post(
          'runs/log-metric',
          { run_id: '${run}', key: 'acc', value: 1, timestamp: 1, model_id: 'm-none' },
          {
            differs: {
              reason:
                'A metric that names a model which is not there is INVALID_PARAMETER_VALUE; MLflow says BAD_REQUEST.',
              errorCode: 'INVALID_PARAMETER_VALUE',
            },
          },
        ),
      ],
    },
    {
      name: 'delete',
      steps: [
        ...models,
        send('DELETE', 'logged-models/${first}'),
        send('DELETE', 'logged-models/${first}'),
        get('logged-models/${first}', {}, { says: 'not found' }),
        get('logged-models/${first}', { allow_deleted: 'true' }),
        search({}),
        send('DELETE', 'logged-models/nope', notFound),
      ],
    },
    {
      name: 'search filters',
      steps: [
        ...models,
        search({}),
        ...["name = 'first'", "name != 'first'", "name LIKE 's%'", "name ILIKE 'F%'", "name IN ('first', 'third')"].map(
          filtered,
        ),
        ...["name NOT IN ('first')", "name not in ('first')", "attributes.name = 'first'", "model_type = 'agent'"].map(
          filtered,
        ),
        ...["model_id = '${first}'", "source_run_id = '${run}'", 'creation_timestamp > 0', 'creation_time > 0'].map(
          filtered,
        ),
        ...['last_updated_timestamp > 0', 'creation_timestamp < 5'].map(filtered),
        ...[
          'metrics.acc > 0.6',
          'metrics.acc < 0.6',
          'metrics.acc = 0.5',
          'metrics.`acc` >= 0.9',
          'metrics.none > 0',
        ].map(filtered),
        ...["params.p = '1'", "params.`p` != '1'", "params.p LIKE '%'", "tags.t = 'y'", "tags.t != 'y'"].map(filtered),
        ...["tags.t = 'x' AND metrics.acc > 0.4", "name LIKE '%' AND params.p = '2'"].map(filtered),
        ...["foo.x = 'x'", "name > 'a'", "metrics.acc LIKE 'x'"].map(invalid),
        more("name = 'a' OR name = 'b'", [], connectives),
        invalid('name'),
        more("(name = 'a')", [], connectives),
        invalid("name = 'a';"),
        more("attribute.name = 'first'", ['first']),
        more('metric.acc > 0.6', ['second', 'first']),
        more('tags.t IS NULL', ['third']),
        search(
          { filter: '  ' },
          { ...names, ...answered(blank, { 'models[].info.name': ['third', 'second', 'first'] }) },
        ),
        ...["foo = 'x'", "metrics.acc > 'x'"].map((filter) =>
          search(
            { filter },
            refused(
              'A filter on what is no attribute, or with the wrong kind of value, is the caller’s mistake; MLflow says INTERNAL_ERROR.',
            ),
          ),
        ),
      ],
    },
    {
      name: 'search by datasets',
      steps: [
        ...models,
        search({ datasets: [ds] }),
        search({ datasets: [{ dataset_name: 'ds', dataset_digest: 'other' }] }),
        search({ datasets: [ds], filter: 'metrics.acc > 0.6' }),
        search({ datasets: [ds], filter: 'metrics.acc > 0.4' }),
        search({ datasets: [ds, { dataset_name: 'none', dataset_digest: 'x' }] }),
        search({ datasets: [{}] }, { says: 'dataset_name' }),
        search({ datasets: [{ dataset_digest: 'd1' }] }, { says: 'dataset_name' }),
      ],
    },
    {
      name: 'search orders and pages',
      steps: [
        ...models,
        ordered({ field_name: 'name' }),
        ordered({ field_name: 'name', ascending: false }),
        ordered({ field_name: 'creation_timestamp', ascending: true }),
        ordered({ field_name: 'creation_time', ascending: false }),
        ordered({ field_name: 'metrics.acc' }),
        ordered({ field_name: 'metrics.acc', ascending: false }),
        ordered({ field_name: 'metrics.acc', ascending: false, ...ds }),
        ordered({ field_name: 'metrics.none' }, { field_name: 'name' }),
        search(
          { order_by: [{ field_name: 'params.p' }] },
          {
            ...names,
            ...answered('Models can be ordered by params and tags, too.', {
              'models[].info.name': ['first', 'third', 'second'],
            }),
          },
        ),
        search({ order_by: [{ field_name: 'foo' }] }, { says: 'foo' }),
        search({ order_by: [{}] }),
        search({ order_by: ['name'] }),
        search({ max_results: 2 }, { capture: { token: 'next_page_token' } }),
        search({ max_results: 2, page_token: '${token}' }),
        search({ max_results: 2, page_token: '${token}', filter: "name = 'x'" }, { says: 'page token' }),
        post('logged-models/search', { experiment_ids: ['0'], page_token: '${token}' }, { says: 'page token' }),
        search({ max_results: 2, page_token: '${token}', order_by: [{ field_name: 'name' }] }, { says: 'page token' }),
        search({ page_token: 'zz' }, refused('A page token that is none is refused; MLflow answers 500.')),
        search(
          { max_results: -1 },
          refused('A max_results below 1 is refused; MLflow answers with a page of nothing.'),
        ),
        search({ max_results: 'x' }, { says: "for parameter 'max_results' supplied" }),
        post('logged-models/search', {}, missing('experiment_ids')),
        post('logged-models/search', { experiment_ids: [] }),
        post('logged-models/search', { experiment_ids: ['999999999'] }),
        post('logged-models/search', { experiment_ids: ['abc'] }, { says: "Invalid experiment ID 'abc'" }),
        post('experiments/delete', { experiment_id: '${experiment}' }),
        search({}),
        read('first'),
      ],
    },
    {
      name: 'artifacts',
      steps: [
        newExperiment(),
        create('model'),
        get('logged-models/${model}/artifacts/directories'),
        send('PUT', '/api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${model}/artifacts/MLmodel', {
          raw: 'a: 1',
        }),
        send('PUT', '/api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${model}/artifacts/d/x.bin', {
          raw: '123',
        }),
        get('logged-models/${model}/artifacts/directories'),
        get('logged-models/${model}/artifacts/directories', { artifact_directory_path: 'd' }),
        get('logged-models/${model}/artifacts/directories', { artifact_directory_path: 'none' }),
        get(
          'logged-models/${model}/artifacts/directories',
          { artifact_directory_path: '../x' },
          { says: 'Invalid path' },
        ),
        get('logged-models/nope/artifacts/directories', {}, notFound),
        get('/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files', { artifact_file_path: 'd/x.bin' }),
        get('/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files', { artifact_file_path: 'MLmodel' }),
        get(
          '/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files',
          { artifact_file_path: 'none' },
          { says: 'none' },
        ),
        get(
          '/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files',
          { artifact_file_path: '../x' },
          { says: 'Invalid path' },
        ),
        get(
          '/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files',
          {},
          refused('A missing query parameter is INVALID_PARAMETER_VALUE everywhere; MLflow says BAD_REQUEST here.'),
        ),
        get('/ajax-api/2.0/mlflow/logged-models/nope/artifacts/files', { artifact_file_path: 'x' }, notFound),
      ],
    },
  ],
}
