import { get, newExperiment, newRun, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

const json = { 'content-type': 'application/json' }
const log = (fields: Readonly<Record<string, Json>>, more?: Partial<Step>): Step =>
  post('runs/log-metric', { run_id: '${run}', key: 'm', timestamp: 1, ...fields }, more)
/** Sent as text: a JavaScript number would lose digits. */
const logText = (fields: string, more?: Partial<Step>): Step =>
  send('POST', 'runs/log-metric', { raw: `{"run_id": "\${run}", ${fields}}`, headers: json, ...more })
const history = (metric_key: string, more?: Partial<Step>): Step =>
  get('metrics/get-history', { run_id: '${run}', metric_key }, more)
const infinities = 'Infinity is kept and comes back as "Infinity"; MLflow turns it into 1.7976931348623157e+308.'

export const values: Group = {
  noun: 'values',
  scenarios: [
    {
      name: 'int64 is exact',
      steps: [
        newExperiment(),
        newRun(),
        logText('"key": "m", "value": 1, "timestamp": 9007199254740993, "step": 9007199254740995'),
        logText('"key": "m", "value": 1, "timestamp": "9007199254740993", "step": "9007199254740995"'),
        logText('"key": "m", "value": 2, "timestamp": 9223372036854775807, "step": -9223372036854775808'),
        history('m'),
        get('runs/get', { run_id: '${run}' }),
        logText(
          '"key": "m", "value": 1, "timestamp": 9223372036854775808',
          refused('An integer beyond 64 bits is refused; MLflow stores 0.'),
        ),
        logText('"key": "e", "value": 1, "timestamp": 1e3, "step": 2.0'),
        history('e'),
      ],
    },
    {
      name: 'doubles',
      steps: [
        newExperiment(),
        newRun(),
        ...['NaN', 0, -0.5, 1e-300, 1.7976931348623157e308, 0.1, '2.5', '-3e2'].map((value, step) =>
          log({ value, step }),
        ),
        history('m'),
        log({ key: 'nan', value: 'NaN' }),
        log({ key: 'plus', value: 'Infinity' }),
        log({ key: 'minus', value: '-Infinity' }),
        history('nan'),
        history('plus', { differs: { reason: infinities, at: { 'metrics[0].value': 'Infinity' } } }),
        history('minus', { differs: { reason: infinities, at: { 'metrics[0].value': '-Infinity' } } }),
        get(
          'runs/get',
          { run_id: '${run}' },
          {
            differs: {
              reason: infinities,
              at: { 'run.data.metrics[1].value': '-Infinity', 'run.data.metrics[3].value': 'Infinity' },
            },
          },
        ),
        post(
          'runs/search',
          { experiment_ids: ['${experiment}'], filter: 'metrics.plus > 1e308 AND metrics.minus < -1e308' },
          {
            differs: {
              reason: infinities,
              at: { 'runs[0].data.metrics[1].value': '-Infinity', 'runs[0].data.metrics[3].value': 'Infinity' },
            },
          },
        ),
        logText(
          '"key": "bare", "value": NaN, "timestamp": 1',
          refused('A bare NaN is no JSON and is refused; MLflow takes it.'),
        ),
      ],
    },
    {
      name: 'null counts as absent, unknown fields as nothing',
      steps: [
        newExperiment(),
        post(
          'runs/create',
          {
            experiment_id: '${experiment}',
            run_name: 'r',
            start_time: 1,
            user_id: null,
            tags: null,
            unknown: { a: [1] },
          },
          { capture: { run: 'run.info.run_id' } },
        ),
        log({ value: 1, step: null, model_id: null, dataset_name: null, other: 'x' }),
        post('runs/update', { run_id: '${run}', status: null, end_time: null, run_name: null }),
        post('runs/search', { experiment_ids: ['${experiment}'], filter: null, order_by: null, page_token: null }),
        get('runs/get', { run_id: '${run}', unknown: 'x' }),
      ],
    },
    {
      name: 'text of every kind comes back as it was',
      steps: [
        newExperiment(),
        newRun(),
        post('runs/log-batch', {
          run_id: '${run}',
          params: [
            { key: 'quotes', value: '\'"`\\/' },
            { key: 'lines', value: 'a\nb\tc\r\n' },
            { key: 'emoji', value: '🙂 ünï 漢字 \u0001 \u2028' },
            { key: 'html', value: '<script>alert(1)</script>&amp;' },
            { key: 'sql', value: "'; DROP TABLE runs; --" },
            { key: 'spaces', value: '  ' },
            { key: 'json', value: '{"a": [1, 2]}' },
          ],
          tags: [{ key: 'ünï', value: '🙂' }],
        }),
        get('runs/get', { run_id: '${run}' }),
        ...['params.sql = "\'; DROP TABLE runs; --"', "params.emoji LIKE '%ünï%'", "tags.`ünï` = '🙂'"].map((filter) =>
          post('runs/search', { experiment_ids: ['${experiment}'], filter }),
        ),
      ],
    },
    {
      name: 'long values are cut by characters, not bytes',
      steps: [
        newExperiment(),
        newRun(),
        post('runs/log-batch', {
          run_id: '${run}',
          params: [
            { key: 'p', value: 'ü'.repeat(6_001) },
            { key: 'q', value: '🙂'.repeat(6_001) },
          ],
          tags: [{ key: 't', value: 'ü'.repeat(8_001) }],
        }),
        get('runs/get', { run_id: '${run}' }),
      ],
    },
  ],
}
