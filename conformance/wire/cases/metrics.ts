import { get, missing, newExperiment, newRun, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>
type Query = NonNullable<Step['query']>

const log = (fields: Fields, more?: Partial<Step>): Step =>
  post('runs/log-metric', { run_id: '${run}', key: 'm', value: 1, timestamp: 1, ...fields }, more)
const without = (field: string): Step => {
  const whole: Record<string, Json> = { run_id: '${run}', key: 'm', value: 1, timestamp: 1 }
  Reflect.deleteProperty(whole, field)
  return post('runs/log-metric', whole, missing(field))
}
const point = (key: string, step: number, timestamp: number, value: Json): Step => log({ key, step, timestamp, value })
const read: Step = get('runs/get', { run_id: '${run}' })
const history = (query: Query, more?: Partial<Step>): Step =>
  get('metrics/get-history', { run_id: '${run}', metric_key: 'm', ...query }, more)
const bulk = (query: Query, more?: Partial<Step>): Step =>
  get('/ajax-api/2.0/mlflow/metrics/get-history-bulk', query, more)
const interval = (query: Query, more?: Partial<Step>): Step =>
  get('/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval', query, more)
const many = Array.from({ length: 101 }, (_, index) => `run${index}`)

const historyOrder = 'timestamp, then step, then value'

export const metrics: Group = {
  noun: 'metrics',
  scenarios: [
    {
      name: 'log-metric with bad fields',
      steps: [
        newExperiment(),
        newRun(),
        ...['run_id', 'key', 'value', 'timestamp'].map(without),
        log({ value: null }, missing('value')),
        log({ timestamp: null }, missing('timestamp')),
        log({ key: '' }, missing('key')),
        log({ value: 'abc' }, { says: 'Invalid value "abc" for parameter \'value\' supplied' }),
        log({ timestamp: 'abc' }, { says: 'Invalid value "abc" for parameter \'timestamp\' supplied' }),
        log({ timestamp: -1 }, { says: "Invalid value -1 for parameter 'timestamp' supplied" }),
        log({ step: 'abc' }, { says: 'Invalid value "abc" for parameter \'step\' supplied' }),
        log({ key: 'a*b' }, { says: 'Names may only contain' }),
        log({ key: '../a' }, { says: "This name would resolve to '../a'" }),
        log({ key: 'a'.repeat(251) }, { says: "'Metric name' exceeds the maximum length of 250 characters" }),
        log({ run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        read,
        log({ timestamp: 1.0, step: '7', value: '2.5' }),
        post('runs/log-metric', { run_uuid: '${run}', key: 'by uuid', value: 1, timestamp: '1' }),
        log({ key: 'a'.repeat(250) }),
        log({ key: 'ünï/a b.c-d_e:f', step: -3, timestamp: 0 }),
        read,
        log({ value: true }, refused('A truth value is no number; MLflow answers 200 and stores 0.')),
        log({ timestamp: 1.5 }, refused('A time with a fraction is refused; MLflow stores 0.')),
        log({ step: 1.5 }, refused('A step with a fraction is refused; MLflow stores 0.')),
      ],
    },
    {
      name: 'the latest value is that of the highest step, then time, then value',
      steps: [
        newExperiment(),
        newRun(),
        point('step', 5, 10, 1),
        point('step', 4, 99, 2),
        point('time', 1, 20, 1),
        point('time', 1, 10, 2),
        point('value', 1, 10, 5),
        point('value', 1, 10, 3),
        point('value', 1, 10, 4),
        point('below nan', 1, 10, -4),
        point('below nan', 1, 10, 'NaN'),
        point('above nan', 1, 10, 'NaN'),
        point('above nan', 1, 10, 4),
        {
          ...read,
          differs: {
            reason: 'At the same step and time NaN counts as the highest value; MLflow counts it as 0.',
            at: { 'run.data.metrics[0].value': 'NaN' },
          },
        },
      ],
    },
    {
      name: 'get-history',
      steps: [
        newExperiment(),
        newRun(),
        point('m', 0, 30, 1),
        point('m', 5, 10, 2),
        point('m', 1, 20, 3),
        point('m', 1, 20, 3),
        point('m', 1, 20, 0.5),
        point('m', 4, 10, 4),
        history({}),
        history({ max_results: '2' }, { capture: { token: 'next_page_token' } }),
        history({ max_results: '2', page_token: '${token}' }, { capture: { token: 'next_page_token' } }),
        history({ max_results: '2', page_token: '${token}' }),
        history({ max_results: '5' }),
        history({ max_results: '25000' }),
        get('metrics/get-history', { run_uuid: '${run}', metric_key: 'm' }),
        history({ metric_key: 'none' }),
        history({ run_id: 'nope' }),
        history({ metric_key: '' }, missing('metric_key')),
        get('metrics/get-history', { run_id: '${run}' }, missing('metric_key')),
        get('metrics/get-history', { metric_key: 'm' }, missing('run_id')),
        history({ max_results: '0' }, { says: "Invalid value 0 for parameter 'max_results' supplied" }),
        history({ max_results: '-1' }, { says: "Invalid value -1 for parameter 'max_results' supplied" }),
        history({ max_results: 'x' }, refused('A max_results that is no number is refused; MLflow ignores it.')),
        history({ max_results: '2', page_token: 'zz' }, { says: 'Invalid page token' }),
        history({ page_token: '' }),
      ],
    },
    {
      name: `get-history-bulk, in order of ${historyOrder}`,
      steps: [
        newExperiment(),
        newRun(),
        point('m', 0, 30, 1),
        point('m', 5, 10, 2),
        point('m', 1, 20, 3),
        bulk({ run_id: ['${run}', '${run}', 'nope'], metric_key: 'm' }),
        bulk({ run_id: '${run}', metric_key: 'm', max_results: '2' }),
        bulk({ run_id: '${run}', metric_key: 'none' }),
        bulk({ run_id: 'nope', metric_key: 'm' }),
        bulk({ metric_key: 'm' }, { says: 'run_id' }),
        bulk({ run_id: '${run}' }, { says: 'metric_key' }),
        bulk({ run_id: many, metric_key: 'm' }, { says: '101' }),
        bulk(
          { run_id: '${run}', metric_key: 'm', max_results: 'x' },
          refused('A max_results that is no number is refused; MLflow answers 500.'),
        ),
      ],
    },
    {
      name: 'get-history-bulk-interval',
      steps: [
        newExperiment(),
        newRun(),
        newRun('other'),
        post('runs/log-batch', {
          run_id: '${run}',
          metrics: Array.from({ length: 10 }, (_, step) => ({
            key: 'm',
            value: step / 2,
            timestamp: 100 - step,
            step,
          })),
        }),
        post('runs/log-metric', { run_id: '${other}', key: 'm', value: 7, timestamp: 1, step: 3 }),
        interval({ run_ids: ['${run}'], metric_key: 'm' }),
        interval({ run_ids: ['${other}', '${run}'], metric_key: 'm', max_results: '3' }),
        ...['1', '2', '4', '7', '9', '10', '2500'].map((count) =>
          interval({ run_ids: ['${run}'], metric_key: 'm', max_results: count }),
        ),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: '2', end_step: '5' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: '3', end_step: '3' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: '0', end_step: '8', max_results: '4' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: '2' }, { says: 'both must be specified' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', end_step: '2' }, { says: 'both must be specified' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: '4', end_step: '1' }, { says: 'end_step' }),
        interval({ run_ids: ['${run}'], metric_key: 'm', max_results: '0' }, { says: 'max_results must be between' }),
        interval(
          { run_ids: ['${run}'], metric_key: 'm', max_results: '2501' },
          { says: 'max_results must be between' },
        ),
        interval({ run_ids: ['${run}'], metric_key: 'm', max_results: 'x' }, { says: "parameter 'max_results'" }),
        interval({ run_ids: ['${run}'], metric_key: 'm', start_step: 'x', end_step: '5' }, { says: 'start_step' }),
        interval({ run_ids: many, metric_key: 'm' }, { says: '101' }),
        interval({ metric_key: 'm' }, missing('run_ids')),
        interval({ run_ids: ['${run}'] }, missing('metric_key')),
        interval({ run_ids: ['${run}'], metric_key: 'none' }),
        interval({ run_ids: ['nope', '${run}'], metric_key: 'm', max_results: '1' }),
      ],
    },
  ],
}
