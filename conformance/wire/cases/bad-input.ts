import { answered, get, missing, newExperiment, newRun, refused, send } from '../scenario.ts'
import type { Group, Step } from '../scenario.ts'

const json = { 'content-type': 'application/json' }
const made = { made: 'experiment_id' }
const create = (raw: string, more?: Partial<Step>): Step =>
  send('POST', 'experiments/create', { raw, headers: json, capture: made, ...more })
const tag = '{"experiment_id": "${experiment}", "key": "k", "value": "v"}'
const plainVersion = {
  differs: { reason: '/version is plain text, as it has no markup; MLflow sends it as text/html.', type: 'text/plain' },
}
const wrongType = {
  says: 'Content-Type',
  differs: {
    reason: 'A wrong Content-Type is BAD_REQUEST; MLflow says INVALID_PARAMETER_VALUE.',
    errorCode: 'BAD_REQUEST',
  },
}
const ownInfo = [
  'trackway_version',
  'mlflow_version',
  'presigned_upload_run_id_supported',
  'presigned_upload_model_id_supported',
  'features_enabled',
]
const info = {
  ignore: ownInfo,
  ofBucket: { multipart_uploads_enabled: true, multipart_downloads_enabled: true },
}
const noJson = refused('A body that is no JSON object is refused as such; MLflow takes it for {} or answers 500.')

export const badInput: Group = {
  noun: 'bad-input',
  scenarios: [
    {
      name: 'bodies',
      steps: [
        ...['', '{', '{"name": "x"', 'null', '{"name": "x"} trailing', '{name: "x"}'].map((raw) => create(raw)),
        ...['[]', '5', '"x"'].map((raw) => create(raw, noJson)),
        ...['', '{', 'null'].map((raw) => send('POST', 'runs/search', { raw, headers: json, ...noJson })),
        create('{}', missing('name')),
        create('{"name": "${unique}a", "name": "${unique}b"}', { capture: { twice: 'experiment_id' } }),
        get('experiments/get', { experiment_id: '${twice}' }),
        create('{"name": "${unique}camel", "artifactLocation": "s3://bucket/x"}', {
          capture: { camel: 'experiment_id' },
        }),
        get(
          'experiments/get',
          { experiment_id: '${camel}' },
          {
            differs: {
              reason: 'Fields have the one name of the reference, with underscores; camelCase names count as unknown.',
              at: { 'experiment.artifact_location': 'mlflow-artifacts:/${camel}' },
            },
          },
        ),
        create('{"name": "\\ud83d\\ude42${unique}"}', { capture: { emoji: 'experiment_id' } }),
        get('experiments/get', { experiment_id: '${emoji}' }),
        create(' \n {"name": "${unique}space"} \n'),
        create(`{"name": "\${unique}deep", "other": ${'['.repeat(200)}${']'.repeat(200)}}`),
      ],
    },
    {
      name: 'content types',
      steps: [
        create('{"name": "${unique}a"}', { headers: {}, ...wrongType }),
        create('{"name": "${unique}b"}', { headers: { 'content-type': 'text/plain' }, ...wrongType }),
        create('{"name": "${unique}c"}', { headers: { 'content-type': 'application/xml' }, ...wrongType }),
        create('{"name": "${unique}d"}', { headers: { 'content-type': 'application/json; charset=utf-8' } }),
        create('{"name": "${unique}e"}', {
          headers: { 'content-type': 'Application/JSON' },
          ...answered('Content types are compared without letter case, as RFC 9110 asks.', {
            experiment_id: '${made}',
          }),
        }),
        create('name=x', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...wrongType }),
      ],
    },
    {
      name: 'paths and methods',
      steps: [
        get('/nope'),
        get('nope'),
        get('/api/2.0/nope'),
        get('/api/9.0/mlflow/experiments/get', { experiment_id: '0' }),
        get('experiments/create'),
        send('DELETE', 'experiments/create'),
        send('POST', 'experiments/get', { raw: '{}', headers: json }),
        send('PUT', 'runs/search', { raw: '{}', headers: json }),
        get('runs/search', { experiment_ids: '0' }),
        get('experiments/get/', { experiment_id: '0' }),
        get('/health'),
        send('HEAD', '/health'),
      ],
    },
    {
      name: 'the same call under each prefix',
      steps: [
        newExperiment(),
        newRun(),
        get('/api/2.0/mlflow/runs/get', { run_id: '${run}' }),
        get('/ajax-api/2.0/mlflow/runs/get', { run_id: '${run}' }),
        send('POST', '/ajax-api/2.0/mlflow/runs/set-tag', {
          raw: '{"run_id": "${run}", "key": "k", "value": "v"}',
          headers: json,
        }),
        get('/ajax-api/2.0/mlflow/experiments/get', { experiment_id: '${experiment}' }),
      ],
    },
    {
      name: 'queries',
      steps: [
        newExperiment(),
        newRun(),
        get('runs/get', { run_id: ['${run}', 'other'] }),
        get('runs/get', { runId: '${run}' }, missing('run_id')),
        send('GET', 'runs/get?run_id=%24%7Brun%7D'),
        send('GET', 'runs/get?run_id=%zz'),
        send('GET', 'runs/get?run_id=%FF%FE'),
        send('GET', 'runs/get?&&=&run_id=${run}'),
      ],
    },
    {
      name: 'hosts and origins',
      steps: [
        newExperiment(),
        ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:5000'].flatMap((host) => [
          send('GET', 'experiments/get?experiment_id=${experiment}', { headers: { host } }),
          send('GET', '/health', { headers: { host } }),
          send('GET', '/version', { headers: { host }, ...plainVersion }),
        ]),
        ...['localhost', 'localhost:1234', '127.0.0.1:9', '[::1]:80', '192.168.1.5:5000', '10.0.0.1'].map((host) =>
          send('GET', 'experiments/get?experiment_id=${experiment}', { headers: { host } }),
        ),
        ...['https://evil.example', 'http://localhost.evil.example', 'null'].flatMap((origin) => [
          send('POST', 'experiments/set-experiment-tag', { raw: tag, headers: { ...json, origin } }),
          send('GET', 'experiments/get?experiment_id=${experiment}', { headers: { origin } }),
          send('PUT', '/api/2.0/mlflow-artifacts/artifacts/${unique}/x', { raw: 'x', headers: { origin } }),
          send('DELETE', '/api/2.0/mlflow-artifacts/artifacts/${unique}/x', { headers: { origin } }),
        ]),
        ...['http://localhost:3000', 'http://127.0.0.1:80', 'http://[::1]:5000'].map((origin) =>
          send('POST', 'experiments/set-experiment-tag', { raw: tag, headers: { ...json, origin } }),
        ),
      ],
    },
    {
      name: 'what the server says of itself',
      steps: [
        get('/version', {}, plainVersion),
        get('/health'),
        get('/api/3.0/mlflow/server-info', {}, info),
        get('/ajax-api/3.0/mlflow/server-info', {}, info),
      ],
    },
  ],
}
