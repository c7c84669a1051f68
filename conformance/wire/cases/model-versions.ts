import {
  answered,
  get,
  missing,
  modelName,
  newModel,
  newVersion,
  notThere,
  patch,
  post,
  refused,
  send,
} from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const name = modelName()
const read = (version: string, more?: Partial<Step>): Step => get('model-versions/get', { name, version }, more)
const readModel: Step = get('registered-models/get', { name })
const update = (fields: Fields, more?: Partial<Step>): Step =>
  patch('model-versions/update', { name, version: '1', ...fields }, more)
const remove = (fields: Fields, more?: Partial<Step>): Step =>
  send('DELETE', 'model-versions/delete', { body: { name, ...fields }, ...more })
const setTag = (fields: Fields, more?: Partial<Step>): Step =>
  post('model-versions/set-tag', { name, version: '1', ...fields }, more)
const deleteTag = (fields: Fields, more?: Partial<Step>): Step =>
  send('DELETE', 'model-versions/delete-tag', { body: { name, version: '1', ...fields }, ...more })
const transition = (version: Json, stage: Json, archive?: Json, more?: Partial<Step>): Step =>
  post(
    'model-versions/transition-stage',
    { name, version, stage, ...(archive === undefined ? {} : { archive_existing_versions: archive }) },
    more,
  )
const setAlias = (alias: string, version: string): Step => post('registered-models/alias', { name, alias, version })
const downloadUri = (version: string, more?: Partial<Step>): Step =>
  get('model-versions/get-download-uri', { name, version }, more)
const search: Step = get('model-versions/search', { filter: `name = '${name}'` })
/** The versions of the scenario, the last changed first. */
const byLastChange: Step = get(
  'model-versions/search',
  { filter: "name LIKE 'wire-${unique}%'", order_by: 'last_updated_timestamp DESC' },
  { only: 'model_versions[].version' },
)
const changed = (step: Step): Step[] => [{ ...step, pauseMs: 5 }, byLastChange]

const nobody = { name: 'nope-${unique}' }
const unknown = { says: `Model Version (name=${name}, version=99) not found` }
const unknownModel = { says: 'Model Version (name=nope-${unique}, version=1) not found' }
const badKey = { says: 'Invalid value "a$" for parameter \'key\' supplied' }
const badStage = { says: 'Value must be one of None, Staging, Production, Archived.' }
const notArchivable =
  'Archiving the other versions of a stage that is not active is the caller’s mistake; MLflow answers 500.'
const hugeNumber = 'A version number beyond what a database can count is one that is not there; MLflow answers 500.'
const kept =
  'An update of a registered model or version without a description leaves it; MLflow takes the description away.'
const from = (source: Json, fields: Fields = {}, more?: Partial<Step>): Step =>
  post('model-versions/create', { name, source, ...fields }, more)

export const modelVersions: Group = {
  noun: 'model-versions',
  scenarios: [
    {
      name: 'create and read',
      steps: [
        newModel(),
        newVersion('', {
          run_id: 'r1',
          run_link: 'https://elsewhere/run',
          description: 'first',
          tags: [
            { key: 'a', value: 'one' },
            { key: 'a', value: 'two' },
            { key: 'empty', value: '' },
            { key: 'no value' },
          ],
        }),
        read('1'),
        newVersion(),
        read('2'),
        newVersion('', { run_id: '', model_id: '', run_link: '', description: '', tags: [] }),
        newVersion('', { run_id: null, model_id: null, run_link: null, description: null, tags: null, other: 'x' }),
        newVersion('', { description: 'ü'.repeat(6_000), source: `s3://bucket/${'x'.repeat(600)}` }),
        readModel,
        search,
      ],
    },
    {
      name: 'create with bad fields',
      steps: [
        newModel(),
        post('model-versions/create', {}, missing('name')),
        post('model-versions/create', { name }, missing('source')),
        ...['', null].map((source) => from(source, {}, missing('source'))),
        from(5, {}, { says: "Invalid value 5 for parameter 'source' supplied" }),
        post('model-versions/create', { source: 's3://bucket/model' }, missing('name')),
        from('s3://b/x', nobody, { says: 'Registered Model with name=nope-${unique} not found' }),
        from('s3://b/x', { name: 'a/b' }, { says: 'Invalid model name' }),
        from('/x', { name: 'a/b' }, { says: 'Invalid model' }),
        from('s3://b/x', { name: '..' }, { says: "for parameter 'name' supplied" }),
        from('s3://b/x', { run_id: 5 }, { says: "Invalid value 5 for parameter 'run_id' supplied" }),
        from('s3://b/x', { tags: 'x' }, { says: "for parameter 'tags' supplied" }),
        from('s3://b/x', { tags: [{ key: 'a$', value: 'x' }] }, badKey),
        from(
          's3://b/x',
          { tags: [{ key: 'k', value: 'x'.repeat(100_001) }] },
          { says: 'exceeds the maximum length of 100000 characters' },
        ),
        from(
          's3://b/x',
          { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
          { says: "Invalid prompt source: 's3://b/x'." },
        ),
        search,
        newVersion(),
      ],
    },
    {
      name: 'read what is not there',
      steps: [
        newModel(),
        newVersion(),
        read('01'),
        ...['99', '0', '-1', '999999999999'].map((version) => read(version, { says: 'not found' })),
        ...['abc', '1.5', 'latest', '1e0', '0x1'].map((version) =>
          read(version, { says: `Parameter 'version' must be an integer, got '${version}'.` }),
        ),
        read('9'.repeat(30), notThere(hugeNumber)),
        read('', missing('version')),
        get('model-versions/get', { name }, missing('version')),
        get('model-versions/get', { version: '1' }, missing('name')),
        get('model-versions/get', { ...nobody, version: '1' }, unknownModel),
        get('model-versions/get', { ...nobody, version: 'abc' }, { says: 'must be an integer' }),
        get('model-versions/get', { name: 'a/b', version: 'abc' }, { says: 'Invalid model name' }),
        downloadUri('1'),
        downloadUri('99', unknown),
        downloadUri('abc', { says: 'must be an integer' }),
        get('model-versions/get-download-uri', { name }),
        get('model-versions/get-download-uri', {}, missing('name')),
        get('model-versions/get-download-uri', { ...nobody, version: '1' }, unknownModel),
      ],
    },
    {
      name: 'update',
      steps: [
        newModel(),
        newVersion('', { description: 'first', tags: [{ key: 'a', value: '1' }] }),
        setAlias('champion', '1'),
        update({ description: 'second' }),
        update({}, { differs: { reason: kept, at: { 'model_version.description': 'second' } } }),
        update({ description: null }, { differs: { reason: kept, at: { 'model_version.description': 'second' } } }),
        update({ description: '' }),
        read('1'),
        update({ description: 5 }, { says: "Invalid value 5 for parameter 'description' supplied" }),
        update({ version: '99', description: 'x' }, unknown),
        update({ version: 'abc' }, { says: 'must be an integer' }),
        update({ version: 1 }, { says: "Invalid value 1 for parameter 'version' supplied" }),
        update({ version: null }, missing('version')),
        update({ ...nobody }, unknownModel),
        patch('model-versions/update', {}, missing('name')),
        readModel,
      ],
    },
    {
      name: 'delete',
      steps: [
        newModel(),
        newVersion(),
        newVersion('', { tags: [{ key: 'a', value: '1' }] }),
        transition('2', 'Production'),
        setAlias('champion', '2'),
        remove({ version: '2' }),
        read('2', { says: `Model Version (name=${name}, version=2) not found` }),
        remove({ version: '2' }, { says: 'not found' }),
        downloadUri('2', { says: 'not found' }),
        setTag({ version: '2', key: 'a', value: '1' }, { says: 'not found' }),
        transition('2', 'Staging', undefined, { says: 'not found' }),
        readModel,
        search,
        newVersion(),
        remove({ version: '1' }),
        remove({ version: '3' }),
        readModel,
        newVersion(),
        remove({ version: '99' }, unknown),
        remove({ version: 'abc' }, { says: 'must be an integer' }),
        remove({}, missing('version')),
        remove({ ...nobody, version: '1' }, unknownModel),
      ],
    },
    {
      name: 'tags',
      steps: [
        newModel(),
        newVersion('', { tags: [{ key: 'a', value: '1' }] }),
        setTag({ key: 'a', value: '2' }),
        setTag({ key: 'b/c d:e.f-g_h', value: '😀' }),
        setTag({ key: 'none' }),
        setTag({ key: 'empty', value: '' }),
        read('1'),
        setTag({ key: 'long', value: 'x'.repeat(100_000) }),
        deleteTag({ key: 'long' }),
        deleteTag({ key: 'empty' }),
        deleteTag({ key: 'empty' }),
        read('1'),
        readModel,
        ...[setTag, deleteTag].flatMap((change) => [
          change({}, missing('key')),
          change({ key: 'a$' }, badKey),
          change({ key: 'a', version: null }, missing('version')),
          change({ key: 'a', version: 1 }, { says: "Invalid value 1 for parameter 'version' supplied" }),
          change({ key: 'a', version: '99' }, unknown),
          change({ key: 'a', version: 'abc' }, { says: 'must be an integer' }),
          change({ key: 'a', ...nobody }, unknownModel),
          change({ key: 'a$', version: 'abc', ...nobody }, { says: 'must be an integer' }),
        ]),
        setTag({ key: 'a', value: 'x'.repeat(100_001) }, { says: 'exceeds the maximum length of 100000 characters' }),
        setTag({ key: 'k'.repeat(251), value: 'x' }, { says: "'key' exceeds the maximum length of 250 characters" }),
        setTag({ key: 'mlflow.prompt.text', value: 'x'.repeat(100_001) }, { says: '100000 characters' }),
        read('1'),
      ],
    },
    {
      name: 'stages',
      steps: [
        newModel(),
        newVersion(),
        newVersion(),
        ...['Staging', 'production', 'ARCHIVED', 'nONE', 'Production'].map((stage) => transition('1', stage)),
        transition('2', 'Production'),
        readModel,
        transition('2', 'Production', false),
        transition('1', 'Production', null),
        ...['bogus', ' Staging', 'Deleted_Internal', 'prod'].map((stage) => transition('1', stage, false, badStage)),
        transition('1', '', false, missing('stage')),
        transition('1', null, false, missing('stage')),
        transition('1', 5, false, { says: "Invalid value 5 for parameter 'stage' supplied" }),
        transition(null, 'Staging', false, missing('version')),
        transition('99', 'Staging', false, unknown),
        transition('abc', 'Staging', false, { says: 'must be an integer' }),
        transition('abc', 'bogus', false, badStage),
        transition('1', 'Staging', 1, { says: "for parameter 'archive_existing_versions' supplied" }),
        post('model-versions/transition-stage', { ...nobody, version: '1', stage: 'Staging' }, unknownModel),
        search,
        transition(
          '2',
          'Staging',
          'false',
          answered('A boolean may also be the text "true" or "false"; MLflow refuses it.', {
            model_version: {
              name,
              version: '2',
              creation_timestamp: '${time}',
              last_updated_timestamp: '${time}',
              current_stage: 'Staging',
              description: '',
              source: 's3://bucket/model',
              run_id: '',
              status: 'READY',
              run_link: '',
            },
          }),
        ),
      ],
    },
    {
      name: 'stages whose other versions are archived',
      steps: [
        newModel(),
        ...[1, 2, 3, 4].map(() => newVersion()),
        transition('1', 'Production'),
        transition('2', 'Production'),
        transition('4', 'Staging'),
        transition('3', 'production', true),
        ...['1', '2', '3', '4'].map((version) => read(version)),
        transition('3', 'Production', true),
        transition('1', 'STAGING', true),
        get('model-versions/search', { filter: `name = '${name}'`, order_by: 'version_number' }),
        transition('99', 'Production', true, unknown),
        transition('03', 'Production', true),
        read('3'),
        ...['None', 'archived'].map((stage) => transition('1', stage, true, refused(notArchivable))),
        transition('1', 'bogus', true, badStage),
        read('1'),
        readModel,
      ],
    },
    {
      name: 'deletion of a model with a version in production',
      steps: [
        newModel(),
        newVersion(),
        transition('1', 'Production'),
        send('DELETE', 'registered-models/delete', { body: { name } }),
        read('1', { says: 'not found' }),
        search,
      ],
    },
    {
      name: 'what counts as a change of a version',
      steps: [
        newModel(),
        newModel('Other'),
        newVersion(),
        ...changed(newVersion()),
        ...changed(newVersion()),
        ...changed(update({ description: 'x' })),
        ...changed(transition('2', 'Production')),
        ...changed(setTag({ key: 'a', value: '1' })),
        ...changed(setAlias('champion', '1')),
        ...changed(patch('registered-models/update', { name, description: 'x' })),
        ...changed(transition('3', 'Staging')),
        { ...transition('1', 'Production', true), pauseMs: 5 },
        byLastChange,
        ...changed(newVersion('Other', { description: 'other' })),
        ...changed(deleteTag({ key: 'a' })),
        ...changed(post('registered-models/rename', { name, new_name: modelName('New') })),
        get('model-versions/search', { filter: "name LIKE 'wire-${unique}%'" }, { only: 'model_versions[].name' }),
      ],
    },
  ],
}
