import { get, missing, newExperiment, newRun, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const param = (fields: Fields, more?: Partial<Step>): Step =>
  post('runs/log-parameter', { run_id: '${run}', ...fields }, more)
const tag = (fields: Fields, more?: Partial<Step>): Step => post('runs/set-tag', { run_id: '${run}', ...fields }, more)
const batch = (fields: Fields, more?: Partial<Step>): Step =>
  post('runs/log-batch', { run_id: '${run}', ...fields }, more)
const read: Step = get('runs/get', { run_id: '${run}' })
const numbered = (count: number): Json =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: 'v' }))
const point = { key: 'm', value: 1, timestamp: 1 }
const points = (count: number): Json => Array.from({ length: count }, (_, step) => ({ ...point, step }))
const badNames = ['a*b', 'a\tb', 'a//b', '/a', 'a/', './a', 'a/./b', 'a/../b', '..', '.']

export const paramsAndTags: Group = {
  noun: 'params-tags',
  scenarios: [
    {
      name: 'params never change',
      steps: [
        newExperiment(),
        newRun(),
        param({ key: 'p', value: '1' }),
        param({ key: 'p', value: '1' }),
        param({ key: 'p', value: '2' }, { says: "Changing param values is not allowed. Param with key='p'" }),
        param({ key: 'p' }, { says: 'Changing param values is not allowed' }),
        param({ key: 'empty', value: '' }),
        param({ key: 'none' }),
        post('runs/log-parameter', { run_uuid: '${run}', key: 'by uuid', value: '1' }),
        param({ key: 'ünï/a b.c-d_e:f', value: 'ü “x”' }),
        param({ key: 'long', value: 'y'.repeat(6_001) }),
        param({ key: 'long', value: 'y'.repeat(6_000) }),
        param({ key: 'k'.repeat(250), value: '1' }),
        read,
        param(
          { key: 'k'.repeat(251), value: '1' },
          { says: "'Param key' exceeds the maximum length of 250 characters" },
        ),
        param({ value: '1' }, missing('key')),
        param({ key: '', value: '1' }, missing('key')),
        param({ key: 'n', value: 3 }, { says: "Invalid value 3 for parameter 'value' supplied" }),
        ...badNames.map((key) => param({ key, value: '1' }, { says: "for parameter 'key' supplied: Names may" })),
        post('runs/log-parameter', { key: 'p', value: '1' }, missing('run_id')),
        post('runs/log-parameter', { run_id: 'nope', key: 'p', value: '1' }, { says: 'Run with id=nope not found' }),
        post('runs/log-parameter', { run_id: 'nope', key: 'a*b', value: '1' }, { says: 'Names may only contain' }),
        read,
      ],
    },
    {
      name: 'tags are replaced and deleted',
      steps: [
        newExperiment(),
        newRun(),
        tag({ key: 't', value: '1' }),
        tag({ key: 't', value: '2' }),
        tag({ key: 'none' }),
        tag({ key: 'empty', value: '' }),
        tag({ key: ' ', value: 'a space' }),
        tag({ key: 'k'.repeat(250), value: 'x'.repeat(8_001) }),
        post('runs/set-tag', { run_uuid: '${run}', key: 'by uuid', value: '1' }),
        read,
        post('runs/delete-tag', { run_id: '${run}', key: 't' }),
        post('runs/delete-tag', { run_id: '${run}', key: 't' }, { says: 'No tag with name: t in run with id ${run}' }),
        post('runs/delete-tag', { run_id: '${run}' }, missing('key')),
        post('runs/delete-tag', { key: 't' }, missing('run_id')),
        post('runs/delete-tag', { run_id: 'nope', key: 't' }, { says: 'Run with id=nope not found' }),
        tag({ value: '1' }, missing('key')),
        tag({ key: '', value: '1' }, missing('key')),
        tag({ key: 'k', value: 5 }, { says: "Invalid value 5 for parameter 'value' supplied" }),
        tag({ key: 'k'.repeat(251), value: '1' }, { says: "'key' exceeds the maximum length of 250 characters" }),
        ...badNames.map((key) => tag({ key, value: '1' }, { says: "for parameter 'key' supplied: Names may" })),
        post('runs/set-tag', { key: 'k', value: '1' }, missing('run_id')),
        post('runs/set-tag', { run_id: 'nope', key: 'k', value: '1' }, { says: 'Run with id=nope not found' }),
        read,
        tag(
          { key: 'a\n', value: '1' },
          refused('A key that ends with a line break is refused; MLflow overlooks the break.'),
        ),
      ],
    },
    {
      name: 'log-batch',
      steps: [
        newExperiment(),
        newRun(),
        batch({
          metrics: [
            point,
            { ...point, value: 'NaN', step: 2 },
            point,
            { ...point, key: 'n', timestamp: '5', step: '-1' },
          ],
          params: [{ key: 'p', value: '1' }, { key: 'none' }],
          tags: [{ key: 't', value: '1' }, { key: 'u', value: '1' }, { key: 't', value: '2' }, { key: 'none' }],
        }),
        read,
        get('metrics/get-history', { run_id: '${run}', metric_key: 'm' }),
        batch({ params: [{ key: 'p', value: '1' }], tags: [{ key: 't', value: '3' }] }),
        batch({}),
        batch({ metrics: [], params: [], tags: [] }),
        batch({ metrics: points(1_000) }),
        batch({ params: numbered(100), tags: numbered(100) }),
        batch({
          params: [{ key: 'long', value: 'x'.repeat(9_000) }],
          tags: [{ key: 'long', value: 'x'.repeat(9_000) }],
        }),
        read,
      ],
    },
    {
      name: 'log-batch is stored whole or not at all',
      steps: [
        newExperiment(),
        newRun(),
        batch({ params: [{ key: 'p', value: '1' }] }),
        batch(
          {
            metrics: [point],
            params: [
              { key: 'new', value: '1' },
              { key: 'p', value: '2' },
            ],
            tags: [{ key: 't', value: '1' }],
          },
          { says: "[{'key': 'p', 'old_value': '1', 'new_value': '2'}]" },
        ),
        batch({ metrics: [point], params: [{ key: 'a*b', value: '1' }] }, { says: "'params[0].key'" }),
        batch(
          {
            metrics: [point],
            tags: [
              { key: 'ok', value: '1' },
              { key: 'a*b', value: '1' },
            ],
          },
          { says: "'tags[1].key'" },
        ),
        batch(
          { tags: [{ key: 't', value: '1' }], metrics: [point, { ...point, timestamp: -1 }] },
          { says: 'metrics[1]' },
        ),
        read,
      ],
    },
    {
      name: 'log-batch with bad fields',
      steps: [
        newExperiment(),
        newRun(),
        batch({ metrics: [{ value: 1, timestamp: 1 }] }, missing('metrics[0].key')),
        batch({ metrics: [point, { key: 'm', timestamp: 1 }] }, missing('metrics[1].value')),
        batch({ metrics: [{ key: 'm', value: 1 }] }, missing('metrics[0].timestamp')),
        batch({ params: [{ value: '1' }] }, missing('params[0].key')),
        batch({ params: [{ key: '' }] }, missing('params[0].key')),
        batch({ tags: [{ value: '1' }] }, missing('tags[0].key')),
        batch({ metrics: [{ ...point, key: 'a*b' }] }, { says: "'metrics[0].name'" }),
        batch({ metrics: [{ ...point, key: 'k'.repeat(251) }] }, { says: 'exceeds the maximum length of 250' }),
        batch({ params: [{ key: 'k'.repeat(251), value: '' }] }, { says: 'exceeds the maximum length of 250' }),
        batch({ tags: [{ key: 'k'.repeat(251), value: '' }] }, { says: "'tags[0].key' exceeds" }),
        batch({ metrics: points(1_001) }, { says: 'at most 1000 metrics. Got 1001 metrics.' }),
        batch({ params: numbered(101) }, { says: 'at most 100 params. Got 101 params.' }),
        batch({ tags: numbered(101) }, { says: 'at most 100 tags. Got 101 tags.' }),
        batch({ metrics: points(951), tags: numbered(50) }, { says: 'Got 1001 metrics, params, and tags.' }),
        batch(
          {
            params: [
              { key: 'd', value: '1' },
              { key: 'd', value: '2' },
            ],
          },
          { says: "Duplicate parameter keys have been submitted: ['d']" },
        ),
        batch(
          {
            params: [
              { key: 'd', value: '1' },
              { key: 'd', value: '1' },
            ],
          },
          { says: "Duplicate parameter keys have been submitted: ['d']" },
        ),
        batch({ metrics: {} }, { says: "Invalid value {} for parameter 'metrics' supplied" }),
        post('runs/log-batch', {}, missing('run_id')),
        post('runs/log-batch', { run_id: 'nope' }, { says: 'Run with id=nope not found' }),
        post('runs/log-batch', { run_id: 'no pe*' }, { says: "for parameter 'run_id' supplied" }),
        read,
        batch(
          { metrics: [{ ...point, timestamp: 1.5 }] },
          refused('A fraction of a millisecond is refused; MLflow stores 0.'),
        ),
        batch(
          { metrics: [{ ...point, value: 'x' }] },
          refused('A value that is no number is refused; MLflow drops the point.'),
        ),
        batch({ metrics: ['x'] }, refused('An item that is no object is refused; MLflow answers 500.')),
      ],
    },
  ],
}
