import { answered, get, missing, newExperiment, newRun, post } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

const named = '${experiment}'
const made = { made: 'experiment_id' }
const create = (body: Json, more?: Partial<Step>): Step => post('experiments/create', body, { capture: made, ...more })
const setTag = (key: Json, value: Json, more?: Partial<Step>): Step =>
  post('experiments/set-experiment-tag', { experiment_id: named, key, value }, more)
const read: Step = get('experiments/get', { experiment_id: named })
const twice = answered(
  'A tag given twice counts with its last value, as in log-batch; MLflow fails in ways of its own.',
  {
    experiment_id: '${made}',
  },
)
const inactive = { says: "must be in the 'active' state. Current state is deleted." }

export const experiments: Group = {
  noun: 'experiments',
  scenarios: [
    {
      name: 'the default experiment',
      steps: [
        get(
          'experiments/get',
          { experiment_id: '0' },
          { ignore: ['experiment.creation_time', 'experiment.last_update_time'] },
        ),
        get(
          'experiments/get-by-name',
          { experiment_name: 'Default' },
          { ignore: ['experiment.creation_time', 'experiment.last_update_time'] },
        ),
      ],
    },
    {
      name: 'create and read',
      steps: [
        newExperiment('', {
          tags: [
            { key: 'a', value: 'one' },
            { key: 'empty', value: '' },
          ],
        }),
        read,
        get('experiments/get-by-name', { experiment_name: 'wire-${unique}' }),
        newExperiment('Plain'),
        get('experiments/get', { experiment_id: '${experimentPlain}' }),
        create({ name: '${unique} ünï/co:de #?%', tags: [{ key: 'no value' }] }, { capture: { odd: 'experiment_id' } }),
        get('experiments/get', { experiment_id: '${odd}' }),
        create({ name: '${unique}'.padEnd(400, 'x') }),
      ],
    },
    {
      name: 'create with bad names and tags',
      steps: [
        create({}, missing('name')),
        create({ name: '' }, missing('name')),
        create({ name: null }, missing('name')),
        create({ name: 5 }, { says: "Invalid value 5 for parameter 'name' supplied" }),
        create({ name: ['x'] }, { says: 'Invalid value ["x"] for parameter \'name\' supplied' }),
        create({ name: 'x'.repeat(501) }, { says: "'name' exceeds the maximum length of 500 characters" }),
        newExperiment(),
        create({ name: 'wire-${unique}' }, { says: 'already exists' }),
        create({ name: '${unique}1', tags: 'x' }, { says: 'Invalid value "x" for parameter \'tags\' supplied' }),
        create({ name: '${unique}2', tags: [{ key: '', value: 'x' }] }),
        create({ name: '${unique}3', tags: [{ value: 'x' }] }),
        create({ name: '${unique}4', tags: [{ key: 'a*b', value: 'x' }] }, { says: 'Names may only contain' }),
        create({ name: '${unique}5', tags: [{ key: '../a', value: 'x' }] }, { says: 'must not resolve' }),
        create({ name: '${unique}6', tags: [{ key: 'k'.repeat(251), value: 'x' }] }, { says: '250 characters' }),
        create({ name: '${unique}7', tags: [{ key: 'k', value: 'x'.repeat(20_001) }] }, { says: '20000 characters' }),
        create({ name: '${unique}8', tags: [{ key: 'k', value: 'x'.repeat(20_000) }] }),
        create(
          {
            name: '${unique}9',
            tags: [
              { key: 'k', value: '1' },
              { key: 'k', value: '2' },
            ],
          },
          twice,
        ),
        get('experiments/get-by-name', { experiment_name: '${unique}4' }),
      ],
    },
    {
      name: 'artifact locations',
      steps: [
        ...['s3://bucket/path', 'mlflow-artifacts:/elsewhere', '/some/folder', 'file:///some/folder', ''].flatMap(
          located,
        ),
        create({ name: '${unique}rel', artifact_location: 'some/folder' }, { capture: { rel: 'experiment_id' } }),
        get('experiments/get', { experiment_id: '${rel}' }, { ignore: ['experiment.artifact_location'] }),
        create({ name: '${unique}f', artifact_location: 's3://bucket/path#part' }, { says: 'fragments or params' }),
        create({ name: '${unique}r', artifact_location: 'runs:/abc/model' }, { says: 'runs:/ URI' }),
        create({ name: '${unique}h', artifact_location: 'https://example.org/x' }, { says: 'artifact_location' }),
        create({ name: '${unique}l', artifact_location: `s3://b/${'x'.repeat(2_100)}` }, { says: '2048' }),
        create({ name: '${unique}n', artifact_location: 7 }, { says: "for parameter 'artifact_location' supplied" }),
      ],
    },
    {
      name: 'read what is not there',
      steps: [
        get('experiments/get', {}, missing('experiment_id')),
        get('experiments/get', { experiment_id: '' }, missing('experiment_id')),
        get('experiments/get', { experiment_id: '999999999' }, { says: 'No Experiment with id=999999999 exists' }),
        get('experiments/get', { experiment_id: '-1' }),
        get('experiments/get', { experiment_id: 'abc' }, { says: "Invalid experiment ID 'abc'" }),
        get('experiments/get', { experiment_id: '1.5' }, { says: "Invalid experiment ID '1.5'" }),
        get(
          'experiments/get',
          { experiment_id: '99999999999999999999' },
          {
            differs: {
              reason: 'An experiment id beyond 64 bits is not there, or not an id; MLflow answers 500.',
              status: 404,
              errorCode: 'RESOURCE_DOES_NOT_EXIST',
            },
          },
        ),
        get('experiments/get-by-name', {}, missing('experiment_name')),
        get('experiments/get-by-name', { experiment_name: 'no ${unique}' }, { says: 'Could not find experiment' }),
        get('experiments/get-by-name', { experiment_name: '' }, missing('experiment_name')),
      ],
    },
    {
      name: 'rename',
      steps: [
        newExperiment(),
        newExperiment('Other'),
        post('experiments/update', { experiment_id: named, new_name: 'renamed-${unique}' }),
        read,
        get('experiments/get-by-name', { experiment_name: 'wire-${unique}' }, { says: 'Could not find experiment' }),
        post('experiments/update', { experiment_id: named, new_name: 'renamed-${unique}' }),
        post(
          'experiments/update',
          { experiment_id: named, new_name: 'wire-${unique}Other' },
          {
            differs: {
              reason:
                'Renaming an experiment to a taken name is RESOURCE_ALREADY_EXISTS, as creating one is; MLflow says BAD_REQUEST.',
              errorCode: 'RESOURCE_ALREADY_EXISTS',
            },
          },
        ),
        post('experiments/update', { experiment_id: named }, missing('new_name')),
        post('experiments/update', { experiment_id: named, new_name: '' }, missing('new_name')),
        post('experiments/update', { new_name: 'x' }, missing('experiment_id')),
        post('experiments/update', { experiment_id: named, new_name: 'x'.repeat(501) }, { says: '500 characters' }),
        post('experiments/update', { experiment_id: '999999999', new_name: 'x' }, { says: 'No Experiment with id' }),
        post('experiments/update', { experiment_id: named, new_name: 3 }, { says: "for parameter 'new_name'" }),
      ],
    },
    {
      name: 'tags',
      steps: [
        newExperiment(),
        setTag('a', '1'),
        setTag('a', '2'),
        setTag('b/c.d-e f:g', ''),
        post('experiments/set-experiment-tag', { experiment_id: named, key: 'none' }),
        setTag('long', 'x'.repeat(20_000)),
        post('experiments/delete-experiment-tag', { experiment_id: named, key: 'long' }),
        read,
        post(
          'experiments/delete-experiment-tag',
          { experiment_id: named, key: 'long' },
          { says: 'No tag with name: long' },
        ),
        setTag('', 'x', missing('key')),
        setTag('k', 5, { says: "Invalid value 5 for parameter 'value' supplied" }),
        setTag('k'.repeat(251), 'x', { says: "'key' exceeds the maximum length of 250 characters" }),
        setTag('k', 'x'.repeat(20_001), { says: "'value' exceeds the maximum length of 20000 characters" }),
        setTag('a//b', 'x', { says: "This name would resolve to 'a/b'" }),
        setTag('a(b)', 'x', { says: 'Names may only contain' }),
        post('experiments/set-experiment-tag', { experiment_id: '999999999', key: 'a', value: 'x' }),
        post('experiments/set-experiment-tag', { key: 'a', value: 'x' }, missing('experiment_id')),
        post('experiments/delete-experiment-tag', { experiment_id: '999999999', key: 'a' }),
        post('experiments/delete-experiment-tag', { experiment_id: named }, missing('key')),
        read,
      ],
    },
    {
      name: 'delete and restore, with runs',
      steps: [
        newExperiment(),
        newRun('kept'),
        newRun('gone'),
        post('runs/delete', { run_id: '${gone}' }),
        post('experiments/delete', { experiment_id: named }),
        read,
        get('experiments/get-by-name', { experiment_name: 'wire-${unique}' }),
        get('runs/get', { run_id: '${kept}' }),
        post('experiments/delete', { experiment_id: named }, { says: 'No Experiment with id=' }),
        post('runs/create', { experiment_id: named, run_name: 'late', start_time: 1 }, inactive),
        setTag('a', '1', inactive),
        post('experiments/delete-experiment-tag', { experiment_id: named, key: 'a' }, inactive),
        post(
          'experiments/update',
          { experiment_id: named, new_name: 'x-${unique}' },
          {
            differs: {
              reason:
                'Renaming a deleted experiment is refused as any change of it is; MLflow answers 500, which clients retry.',
              status: 400,
              errorCode: 'INVALID_PARAMETER_VALUE',
            },
          },
        ),
        create({ name: 'wire-${unique}' }, { says: 'already exists' }),
        post('runs/log-parameter', { run_id: '${kept}', key: 'p', value: '1' }, inactive),
        post('runs/search', { experiment_ids: [named] }),
        post('runs/restore', { run_id: '${kept}' }),
        post('runs/log-parameter', { run_id: '${kept}', key: 'p', value: '1' }),
        post('runs/search', { experiment_ids: [named] }),
        post('experiments/restore', { experiment_id: named }),
        post('experiments/restore', { experiment_id: named }, { says: 'No Experiment with id=' }),
        get('runs/get', { run_id: '${gone}' }),
        read,
        post('experiments/delete', {}, missing('experiment_id')),
        post('experiments/delete', { experiment_id: '999999999' }),
        post('experiments/delete', { experiment_id: 'abc' }),
        post('experiments/restore', { experiment_id: '999999999' }),
        post('experiments/restore', {}, missing('experiment_id')),
      ],
    },
  ],
}

function located(location: string, index: number): Step[] {
  const name = `at${index}`
  return [
    create({ name: `\${unique}${name}`, artifact_location: location }, { capture: { [name]: 'experiment_id' } }),
    get('experiments/get', { experiment_id: `\${${name}}` }),
  ]
}
