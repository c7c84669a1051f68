import { get, missing, newExperiment, newRun, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const input = (fields: Fields, tags: Fields = {}): Json => ({
  dataset: { name: 'iris', digest: 'd1', source_type: 'local', source: 'here', ...fields },
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
})
const log = (datasets: Json, more?: Partial<Step>): Step =>
  post('runs/log-inputs', { run_id: '${run}', datasets }, more)
const outputs = (models: Json, more?: Partial<Step>): Step => post('runs/outputs', { run_id: '${run}', models }, more)
const read: Step = get('runs/get', { run_id: '${run}' })
const summaries = (body: Json, more?: Partial<Step>): Step =>
  post('/ajax-api/2.0/mlflow/experiments/search-datasets', body, more)
const kept = {
  run_id: '${run}',
  artifact_path: 'model',
  utc_time_created: '2026-01-02 03:04:05',
  model_uuid: 'abc',
  flavors: { python_function: { loader_module: 'x' } },
}
const description = JSON.stringify({ unknown: 1, ...kept })
/** Reads the run with the tag that describes the models logged so far. */
const described = (times: number): Step => ({
  ...read,
  differs: {
    reason: 'The tag mlflow.log-model.history holds JSON without spaces; MLflow puts some in.',
    at: { 'run.data.tags[0].value': JSON.stringify(Array.from({ length: times }, () => kept)) },
  },
})
const context = 'mlflow.data.context'

export const datasets: Group = {
  noun: 'datasets',
  scenarios: [
    {
      name: 'log-inputs',
      steps: [
        newExperiment(),
        newRun(),
        newRun('other'),
        log([
          input({}, { [context]: 'train', note: '' }),
          input({ source: 'elsewhere' }, { [context]: 'test' }),
          input({ name: 'wine', schema: '{"x": 1}', profile: '{"rows": 3}' }),
        ]),
        read,
        log([input({ source: 'elsewhere' }, { [context]: 'eval' })]),
        log([input({ digest: 'd2' }, { [context]: 'eval' })]),
        read,
        post('runs/log-inputs', { run_id: '${other}', datasets: [input({ source: 'third' }, { [context]: 'test' })] }),
        get('runs/get', { run_id: '${other}' }),
        post('runs/log-inputs', { run_id: '${run}' }),
        log([]),
        post('runs/search', { experiment_ids: ['${experiment}'], order_by: ['run_name'] }),
        summaries({ experiment_ids: ['${experiment}'] }),
      ],
    },
    {
      name: 'log-inputs with bad fields',
      steps: [
        newExperiment(),
        newRun(),
        log([input({ name: 'n'.repeat(501) })], { says: "'name' exceeds the maximum length of 500 characters" }),
        log([input({ digest: 'd'.repeat(37) })], { says: "'digest' exceeds the maximum length of 36 characters" }),
        log([input({ source: 's'.repeat(65_536) })], { says: "'source' exceeds the maximum length of 65535" }),
        log([input({}, { ['k'.repeat(256)]: 'v' })], { says: "'key' exceeds the maximum length of 255 characters" }),
        log([input({}, { k: 'v'.repeat(501) })], { says: "'value' exceeds the maximum length of 500 characters" }),
        log('x', { says: 'Invalid value "x" for parameter \'datasets\' supplied' }),
        log(
          [
            {
              dataset: { name: 'n', digest: 'd', source_type: 't', source: 's' },
              tags: [
                { key: 'k', value: '1' },
                { key: 'k', value: '2' },
              ],
            },
          ],
          refused('A tag given twice for one input is INVALID_PARAMETER_VALUE; MLflow says BAD_REQUEST.'),
        ),
        post('runs/log-inputs', { datasets: [] }, missing('run_id')),
        post('runs/log-inputs', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        post('runs/log-inputs', { run_id: 'no/pe' }, { says: "for parameter 'run_id' supplied" }),
        read,
        log([{}], refused('An input without a dataset is refused; MLflow stores one without a name.')),
        log([{ dataset: { name: 'n' } }], refused('A dataset without digest, source and type is refused.')),
      ],
    },
    {
      name: 'models in and out of runs',
      steps: [
        newExperiment(),
        newRun(),
        post('runs/log-inputs', { run_id: '${run}', models: [{ model_id: 'm-in' }, { model_id: 'm-also' }] }),
        post('runs/log-inputs', { run_id: '${run}', models: [{ model_id: 'm-in' }] }),
        outputs([{ model_id: 'm-out', step: 3 }]),
        outputs([{ model_id: 'm-zero', step: 0 }]),
        outputs([]),
        read,
        post(
          'runs/search',
          { experiment_ids: ['${experiment}'] },
          {
            differs: {
              reason: 'runs/search tells the models that a run used, as runs/get does; MLflow leaves them out there.',
              at: { 'runs[0].inputs.model_inputs': [{ model_id: 'm-also' }, { model_id: 'm-in' }] },
            },
          },
        ),
        outputs([{ model_id: 'm-out', step: 3 }], {
          differs: {
            reason:
              'Noting the same model as output of a run again changes nothing, as for inputs; MLflow says BAD_REQUEST.',
            status: 200,
            body: {},
          },
        }),
        read,
        post('runs/outputs', { run_id: '${run}' }, missing('models')),
        post('runs/outputs', { models: [{ model_id: 'x', step: 1 }] }, missing('run_id')),
        post('runs/outputs', { run_id: 'nope', models: [{ model_id: 'x', step: 1 }] }, { says: 'Run with id=nope' }),
      ],
    },
    {
      name: 'search-datasets',
      steps: [
        newExperiment(),
        summaries({ experiment_ids: ['${experiment}'] }),
        summaries({ experiment_ids: ['999999999'] }),
        summaries({ experiment_ids: [] }, { says: 'at least one experiment_id' }),
        summaries({}, { says: 'at least one experiment_id' }),
        summaries({ experiment_ids: ['abc'] }, { says: "Invalid experiment ID 'abc'" }),
        summaries({ experiment_ids: Array.from({ length: 21 }, (_, id) => `${id}`) }, { says: 'more than 20' }),
      ],
    },
    {
      name: 'log-model',
      steps: [
        newExperiment(),
        newRun(),
        post('runs/log-model', { run_id: '${run}', model_json: description }),
        described(1),
        post('runs/log-model', { run_id: '${run}', model_json: description }),
        described(2),
        post('runs/log-model', { run_id: '${run}', model_json: '{' }, { says: 'Malformed model info' }),
        post('runs/log-model', { run_id: '${run}', model_json: '{}' }, { says: 'missing mandatory fields' }),
        post(
          'runs/log-model',
          { run_id: '${run}', model_json: '[]' },
          refused('A model that is no object is refused; MLflow answers 500.'),
        ),
        post('runs/log-model', { run_id: '${run}' }, missing('model_json')),
        post('runs/log-model', { model_json: description }, missing('run_id')),
        post('runs/log-model', { run_id: 'nope', model_json: description }, { says: 'Run with id=nope not found' }),
      ],
    },
  ],
}
