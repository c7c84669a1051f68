import { answered, get, missing, newExperiment, newRun, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

const inactive = { says: "must be in the 'active' state. Current state is deleted." }
const read: Step = get('runs/get', { run_id: '${run}' })
const create = (body: Readonly<Record<string, Json>>, more?: Partial<Step>): Step =>
  post('runs/create', { experiment_id: '${experiment}', start_time: 1, ...body }, more)
const update = (body: Readonly<Record<string, Json>>, more?: Partial<Step>): Step =>
  post('runs/update', { run_id: '${run}', ...body }, more)
const setTag = (key: string, value: string): Step => post('runs/set-tag', { run_id: '${run}', key, value })

export const runs: Group = {
  noun: 'runs',
  scenarios: [
    {
      name: 'create and read',
      steps: [
        newExperiment(),
        newRun('run', { user_id: 'someone', tags: [{ key: 'mlflow.user', value: 'someone' }, { key: 'no value' }] }),
        read,
        get('runs/get', { run_uuid: '${run}' }),
        get('runs/get', { run_id: '${run}', run_uuid: '${run}' }),
        create({ tags: [{ key: 'mlflow.runName', value: 'by tag' }] }),
        create({ run_name: 'same', tags: [{ key: 'mlflow.runName', value: 'same' }] }),
        create({ run_name: 'one', tags: [{ key: 'mlflow.runName', value: 'two' }] }, { says: 'mlflow.runName' }),
        create({ run_name: '  ' }),
        create({ run_name: 'x'.repeat(300) }),
        create({ run_name: 'zero', start_time: 0 }),
        create({ run_name: 'text', start_time: '9007199254740993' }),
        create({ run_name: 'negative', start_time: -5 }),
        create({ run_name: 'whole', start_time: 2.0 }),
        create({}, { capture: { generated: 'run.info.run_name' } }),
        create({ run_name: '' }, { capture: { generated: 'run.info.run_name' } }),
      ],
    },
    {
      name: 'create without a start time',
      steps: [
        newExperiment(),
        post(
          'runs/create',
          { experiment_id: '${experiment}', run_name: 'now' },
          {
            differs: {
              reason: 'A run created without a start time starts now; MLflow stores 0, which is 1970.',
              at: { 'run.info.start_time': '${time}' },
            },
          },
        ),
      ],
    },
    {
      name: 'create in the default experiment',
      steps: [
        post(
          'runs/create',
          { run_name: 'default', start_time: 1 },
          {
            ignore: ['run.info.run_id', 'run.info.run_uuid', 'run.info.artifact_uri'],
            differs: {
              reason: 'A run created without an experiment belongs to the default one; MLflow fails with BAD_REQUEST.',
              status: 200,
              body: {
                run: {
                  info: {
                    run_name: 'default',
                    experiment_id: '0',
                    user_id: '',
                    status: 'RUNNING',
                    start_time: 1,
                    lifecycle_stage: 'active',
                  },
                  data: { tags: [{ key: 'mlflow.runName', value: 'default' }] },
                  inputs: {},
                },
              },
            },
          },
        ),
        post(
          'runs/create',
          { experiment_id: '0', run_name: 'default', start_time: 1 },
          { capture: { run: 'run.info.run_id' } },
        ),
        read,
      ],
    },
    {
      name: 'create with bad fields',
      steps: [
        newExperiment(),
        post('runs/create', { experiment_id: '999999999' }, { says: 'No Experiment with id=999999999 exists' }),
        post('runs/create', { experiment_id: 'abc' }, { says: "Invalid experiment ID 'abc'" }),
        post('runs/create', { experiment_id: 0 }, { says: "Invalid value 0 for parameter 'experiment_id' supplied" }),
        create({ start_time: 'abc' }, { says: 'Invalid value "abc" for parameter \'start_time\' supplied' }),
        create({ run_name: 5 }, { says: "Invalid value 5 for parameter 'run_name' supplied" }),
        create({ run_name: 'half', start_time: 1.5 }, refused('A time with a fraction is refused; MLflow stores 0.')),
        create(
          { run_name: 'over', start_time: '9223372036854775808' },
          refused('An integer beyond 64 bits is refused; MLflow stores 0.'),
        ),
        create(
          { run_name: 'r', tags: [{ key: 'a*b', value: 'x' }] },
          refused('Tags given when a run is created are checked as all tags are; MLflow stores any.'),
        ),
        create(
          { run_name: 'r', tags: [{ key: '', value: 'x' }] },
          refused('A tag without a key is refused when a run is created, too.'),
        ),
        create(
          { run_name: 'r', tags: [{ key: 'k'.repeat(251), value: 'x' }] },
          refused('A tag key over 250 characters is refused when a run is created, too.'),
        ),
        create(
          {
            run_name: 'twice',
            tags: [
              { key: 'k', value: '1' },
              { key: 'k', value: '2' },
            ],
          },
          answered('A tag given twice counts with its last value, as in log-batch; MLflow fails in ways of its own.', {
            run: {
              info: {
                run_id: '${id}',
                run_uuid: '${id}',
                run_name: 'twice',
                experiment_id: '${experiment}',
                user_id: '',
                status: 'RUNNING',
                start_time: 1,
                artifact_uri: 'mlflow-artifacts:/${experiment}/${id}/artifacts',
                lifecycle_stage: 'active',
              },
              data: {
                tags: [
                  { key: 'k', value: '2' },
                  { key: 'mlflow.runName', value: 'twice' },
                ],
              },
              inputs: {},
            },
          }),
        ),
        create({ run_name: 'r', tags: 'x' }, refused('Tags that are no list are refused; MLflow drops them.')),
      ],
    },
    {
      name: 'update',
      steps: [
        newExperiment(),
        newRun(),
        update({}),
        update({ status: 'FINISHED', end_time: 123 }),
        update({ status: 'SCHEDULED' }),
        update({ status: 'FAILED', end_time: '2000' }),
        update({ status: 'KILLED' }),
        update({ status: 3 }),
        update({ status: '1' }),
        update({ run_name: 'other' }),
        update({ run_name: '' }),
        post('runs/update', { run_uuid: '${run}', run_name: 'by uuid' }),
        read,
        update({ status: 'BOGUS' }, refused('An unknown enum value is refused; MLflow ignores it.')),
        update({ status: 99 }, { says: "Invalid value 99 for parameter 'status' supplied" }),
        update({ end_time: 'abc' }, { says: 'Invalid value "abc" for parameter \'end_time\' supplied' }),
        post('runs/update', { run_id: 'nope', status: 'FINISHED' }, { says: 'Run with id=nope not found' }),
        post('runs/update', { status: 'FINISHED' }, missing('run_id')),
        read,
      ],
    },
    {
      name: 'the name and the tag mlflow.runName follow each other',
      steps: [
        newExperiment(),
        newRun(),
        setTag('mlflow.runName', 'by tag'),
        read,
        setTag('mlflow.runName', ''),
        read,
        post('runs/log-batch', { run_id: '${run}', tags: [{ key: 'mlflow.runName', value: 'by batch' }] }),
        read,
        post('runs/delete-tag', { run_id: '${run}', key: 'mlflow.runName' }),
        read,
        update({ run_name: 'by update' }),
        read,
      ],
    },
    {
      name: 'read what is not there',
      steps: [
        get('runs/get', {}, missing('run_id')),
        get('runs/get', { run_id: '' }, missing('run_id')),
        get('runs/get', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        get('runs/get', { run_id: 'no/pe *' }, { says: 'not found' }),
      ],
    },
    {
      name: 'delete and restore',
      steps: [
        newExperiment(),
        newRun(),
        post('runs/log-batch', {
          run_id: '${run}',
          metrics: [{ key: 'm', value: 1, timestamp: 1 }],
          params: [{ key: 'p', value: '1' }],
        }),
        post('runs/delete', { run_id: '${run}' }),
        post('runs/delete', { run_id: '${run}' }),
        read,
        get('metrics/get-history', { run_id: '${run}', metric_key: 'm' }),
        update({ run_name: 'n' }, inactive),
        post('runs/set-tag', { run_id: '${run}', key: 'k', value: 'v' }, inactive),
        post('runs/delete-tag', { run_id: '${run}', key: 'k' }, inactive),
        post('runs/log-metric', { run_id: '${run}', key: 'm', value: 1, timestamp: 1 }, inactive),
        post('runs/log-parameter', { run_id: '${run}', key: 'q', value: 'v' }, inactive),
        post('runs/log-parameter', { run_id: '${run}', key: 'p', value: '1' }, inactive),
        post('runs/log-batch', { run_id: '${run}' }, inactive),
        post('runs/log-inputs', { run_id: '${run}' }, inactive),
        post('runs/outputs', { run_id: '${run}', models: [{ model_id: 'm-1', step: 0 }] }, inactive),
        post('runs/search', { experiment_ids: ['${experiment}'] }),
        post('runs/search', { experiment_ids: ['${experiment}'], run_view_type: 'DELETED_ONLY' }),
        post('runs/search', { experiment_ids: ['${experiment}'], run_view_type: 'ALL' }),
        post('runs/restore', { run_id: '${run}' }),
        post('runs/restore', { run_id: '${run}' }),
        read,
        post('runs/delete', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        post('runs/delete', {}, missing('run_id')),
        post('runs/restore', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        post('runs/restore', {}, missing('run_id')),
      ],
    },
  ],
}
