import { answered, get, missing, modelName, newModel, newVersion, patch, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const name = modelName()
const create = (body: Json, more?: Partial<Step>): Step => post('registered-models/create', body, more)
const read = (suffix = '', more?: Partial<Step>): Step =>
  get('registered-models/get', { name: modelName(suffix) }, more)
const rename = (new_name: Json, more?: Partial<Step>): Step =>
  post('registered-models/rename', { name, new_name }, more)
const update = (fields: Fields, more?: Partial<Step>): Step =>
  patch('registered-models/update', { name, ...fields }, more)
const remove = (body: Json, more?: Partial<Step>): Step => send('DELETE', 'registered-models/delete', { body, ...more })
const setTag = (fields: Fields, more?: Partial<Step>): Step =>
  post('registered-models/set-tag', { name, ...fields }, more)
const deleteTag = (fields: Fields, more?: Partial<Step>): Step =>
  send('DELETE', 'registered-models/delete-tag', { body: { name, ...fields }, ...more })
const setAlias = (alias: Json, version: Json, more?: Partial<Step>): Step =>
  post('registered-models/alias', { name, alias, version }, more)
const deleteAlias = (alias: Json, more?: Partial<Step>): Step =>
  send('DELETE', 'registered-models/alias', { body: { name, alias }, ...more })
const byAlias = (alias: string, more?: Partial<Step>): Step => get('registered-models/alias', { name, alias }, more)
const moveTo = (version: string, stage: string): Step =>
  post('model-versions/transition-stage', { name, version, stage })
const anyOrder = { anyOrder: ['model_versions'] }
const latest = (stages: readonly string[], more?: Partial<Step>): Step =>
  get('registered-models/get-latest-versions', { name, stages }, { ...anyOrder, ...more })
const latestByPost = (fields: Fields, more?: Partial<Step>): Step =>
  post('registered-models/get-latest-versions', { name, ...fields }, { ...anyOrder, ...more })
/** The models of the scenario, the last changed first. */
const byLastChange: Step = get(
  'registered-models/search',
  { filter: "name LIKE 'wire-${unique}%'", order_by: 'last_updated_timestamp DESC' },
  { only: 'registered_models[].name' },
)
const changed = (step: Step): Step[] => [{ ...step, pauseMs: 5 }, byLastChange]

const unknown = { says: 'Registered Model with name=nope-${unique} not found' }
const nobody = { name: 'nope-${unique}' }
const unknownVersion = { says: 'not found' }
const badStage = { says: 'Value must be one of None, Staging, Production, Archived.' }
const badNames: readonly (readonly [string, string])[] = [
  ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
  ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
  ['./a', "Names cannot contain '/' or ':'."],
  ['/', "Names cannot contain '/' or ':'."],
  ['.', 'Invalid value "."'],
  ['..', 'Invalid value ".."'],
]
const badKey = { says: 'Invalid value "a$" for parameter \'key\' supplied' }
const longName =
  'The name of a registered model has at most 256 characters; MLflow keeps a longer one where its database does not complain.'
const longKey = { says: "'key' exceeds the maximum length of 250 characters" }
const longValue = { says: "'value' exceeds the maximum length of 100000 characters" }
const kept =
  'An update of a registered model or version without a description leaves it; MLflow takes the description away.'

const created: readonly Step[] = [
  newModel('', {
    description: 'first',
    tags: [{ key: 'a', value: 'one' }, { key: 'a', value: 'two' }, { key: 'empty', value: '' }, { key: 'no value' }],
  }),
  read(),
  newModel('Plain'),
  read('Plain'),
  newModel('Empty', { description: '', tags: [] }),
  read('Empty'),
  newModel('Unknown', { other: 'x', description: null, tags: null }),
]

export const registeredModels: Group = {
  noun: 'registered-models',
  scenarios: [
    { name: 'create and read', steps: created },
    {
      name: 'names of every kind come back as they were',
      steps: [
        ...[
          '😀 ünï 漢字 ${unique}',
          '${unique} #?%&+',
          '%2e%2e${unique}',
          ' ${unique} ',
          '${unique}\\b',
          '.${unique}',
        ].flatMap((odd) => [create({ name: odd }), get('registered-models/get', { name: odd })]),
        create({ name: '${unique}'.padEnd(240, 'x') }),
        get('registered-models/get', { name: '${unique}'.padEnd(240, 'x') }),
        create({ name: `\${unique}${'x'.repeat(257)}` }, refused(longName)),
        newModel('Long', { description: 'ü'.repeat(6_000) }),
        read('Long'),
      ],
    },
    {
      name: 'create with bad names and tags',
      steps: [
        create({}, missing('name')),
        ...['', null].map((bad) => create({ name: bad }, missing('name'))),
        create({ name: '  ' }, missing('name')),
        create({ name: 5 }, { says: "Invalid value 5 for parameter 'name' supplied" }),
        ...badNames.map(([bad, says]) => create({ name: bad }, { says })),
        newModel(),
        create({ name }, { says: `Registered Model (name=${name}) already exists.` }),
        create({ name, description: 'other', tags: [{ key: 'a', value: '1' }] }, { says: 'already exists' }),
        newModel('T', { tags: 'x' }, { says: "for parameter 'tags' supplied" }),
        newModel('T', { tags: [{ key: 'a$', value: 'x' }] }, badKey),
        newModel('T', { tags: [{ key: '../a', value: 'x' }] }, { says: "for parameter 'key' supplied" }),
        newModel('T', { tags: [{ value: 'x' }] }, { says: "'" }),
        newModel('T', { tags: [{ key: 'k'.repeat(251), value: 'x' }] }, longKey),
        newModel('T', { tags: [{ key: 'k', value: 'x'.repeat(100_001) }] }, longValue),
        newModel('T', { description: 5 }, { says: "Invalid value 5 for parameter 'description' supplied" }),
        create({ name: 'a/b', tags: [{ key: 'a$', value: 'x' }] }, { says: 'Invalid model name' }),
        read('T', { says: 'not found' }),
      ],
    },
    {
      name: 'read what is not there',
      steps: [
        get('registered-models/get', nobody, unknown),
        get('registered-models/get', {}, missing('name')),
        get('registered-models/get', { name: ' ' }, missing('name')),
        ...badNames.map(([bad, says]) => get('registered-models/get', { name: bad }, { says })),
        newModel(),
        get('registered-models/get', { name: 'WIRE-${unique}' }, { says: 'not found' }),
      ],
    },
    {
      name: 'rename',
      steps: [
        newModel('', { description: 'd', tags: [{ key: 'a', value: '1' }] }),
        newModel('Taken'),
        newVersion(),
        newVersion('', { description: 'v' }),
        setAlias('champion', '1'),
        moveTo('2', 'Production'),
        rename(modelName('New')),
        read('New'),
        read('', { says: 'not found' }),
        get('model-versions/get', { name: modelName('New'), version: '1' }),
        get('model-versions/search', { filter: `name = '${modelName('New')}'`, order_by: 'version_number' }),
        get('registered-models/alias', { name: modelName('New'), alias: 'champion' }),
        post('registered-models/rename', { name: modelName('New'), new_name: name }),
        newModel('New'),
        rename(modelName('Taken'), { says: `Registered Model (name=${modelName('Taken')}) already exists.` }),
        rename(name),
        ...badNames.map(([bad, says]) => rename(bad, { says })),
        ...['', '  ', null].map((bad) => rename(bad, missing('new_name'))),
        rename(5, { says: "Invalid value 5 for parameter 'new_name' supplied" }),
        post('registered-models/rename', { name: 'nope-${unique}', new_name: 'x-${unique}' }, unknown),
        post('registered-models/rename', { name: 'nope-${unique}', new_name: 'a/b' }, { says: 'Invalid model name' }),
        post('registered-models/rename', { new_name: 'a/b' }, missing('name')),
        read(),
        rename(`\${unique}${'x'.repeat(257)}`, refused(longName)),
      ],
    },
    {
      name: 'update',
      steps: [
        newModel('', { description: 'first' }),
        update({ description: 'second' }),
        update({}, { differs: { reason: kept, at: { 'registered_model.description': 'second' } } }),
        update({ description: null }, { differs: { reason: kept, at: { 'registered_model.description': 'second' } } }),
        update({ description: '' }),
        read(),
        update({ description: 5 }, { says: "Invalid value 5 for parameter 'description' supplied" }),
        patch('registered-models/update', {}, missing('name')),
        patch('registered-models/update', { ...nobody, description: 'x' }, unknown),
        post('registered-models/update', { name, description: 'x' }),
      ],
    },
    {
      name: 'delete',
      steps: [
        newModel('', { tags: [{ key: 'a', value: '1' }] }),
        newVersion('', { tags: [{ key: 'a', value: '1' }] }),
        newVersion(),
        moveTo('1', 'Production'),
        setAlias('champion', '1'),
        newModel('Query'),
        send('DELETE', 'registered-models/delete', {
          query: { name: modelName('Query') },
          ...answered(
            'A DELETE may name its thing in the query, as Databricks’ SDKs do; MLflow looks into the body only.',
            {},
          ),
        }),
        remove({ name }),
        remove({ name }, { says: 'not found' }),
        read('', { says: 'not found' }),
        get('model-versions/get', { name, version: '1' }, unknownVersion),
        get('model-versions/search', { filter: `name = '${name}'` }),
        newModel(),
        read(),
        newVersion(),
        byAlias('champion', { says: 'Registered model alias champion not found.' }),
        remove(nobody, unknown),
        remove({}, missing('name')),
        remove({ name: 'a/b' }, { says: 'Invalid model name' }),
      ],
    },
    {
      name: 'tags',
      steps: [
        newModel('', { tags: [{ key: 'a', value: '1' }] }),
        setTag({ key: 'a', value: '2' }),
        setTag({ key: 'b/c d:e.f-g_h', value: '😀' }),
        setTag({ key: 'none' }),
        setTag({ key: 'null', value: null }),
        setTag({ key: 'empty', value: '' }),
        setTag({ key: 'k'.repeat(250), value: 'x' }),
        read(),
        setTag({ key: 'long', value: 'x'.repeat(100_000) }),
        deleteTag({ key: 'long' }),
        deleteTag({ key: 'k'.repeat(250) }),
        deleteTag({ key: 'empty' }),
        deleteTag({ key: 'empty' }),
        read(),
        ...[setTag, deleteTag].flatMap((change) => [
          change({}, missing('key')),
          change({ key: '' }, missing('key')),
          change({ key: 'a$' }, badKey),
          change({ key: 'a', ...nobody }, unknown),
          change({ key: 'a$', ...nobody }, badKey),
          change({ key: 'a$', name: 'a/b' }, { says: 'Invalid model name' }),
          change({ key: 'a', name: null }, missing('name')),
        ]),
        setTag({ key: 'a', value: 5 }, { says: "Invalid value 5 for parameter 'value' supplied" }),
        setTag({ key: '../a', value: 'x' }, { says: "for parameter 'key' supplied" }),
        setTag({ key: 'k'.repeat(251), value: 'x' }, longKey),
        setTag({ key: 'a', value: 'x'.repeat(100_001) }, longValue),
        read(),
      ],
    },
    {
      name: 'aliases',
      steps: [
        newModel(),
        newVersion(),
        newVersion(),
        setAlias('champion', '1'),
        setAlias('B-b_1', '1'),
        read(),
        get('model-versions/get', { name, version: '1' }),
        byAlias('champion'),
        setAlias('champion', '2'),
        setAlias('CHAMPION', '1'),
        byAlias('champion'),
        byAlias('CHAMPION'),
        byAlias('Champion', { says: 'Registered model alias Champion not found.' }),
        get('model-versions/search', { filter: `name = '${name}'`, order_by: 'version_number' }),
        deleteAlias('champion'),
        deleteAlias('champion'),
        byAlias('champion', { says: 'Registered model alias champion not found.' }),
        read(),
        get('registered-models/alias', { ...nobody, alias: 'a' }, unknown),
        get('registered-models/alias', { name }, missing('alias')),
        get('registered-models/alias', { alias: 'a' }, missing('name')),
        byAlias('a b', { says: "Invalid alias name: 'a b'." }),
        post('registered-models/alias', { ...nobody, alias: 'a', version: '1' }, unknownVersion),
        setAlias('a', '99', { says: `Model Version (name=${name}, version=99) not found` }),
        setAlias('a', '0', unknownVersion),
        setAlias('a', 'abc', { says: "Parameter 'version' must be an integer, got 'abc'." }),
        setAlias('a', 1, { says: "Invalid value 1 for parameter 'version' supplied" }),
        setAlias('a', null, missing('version')),
        setAlias(null, '1', missing('alias')),
        setAlias('', '1', missing('alias')),
        post('registered-models/alias', { alias: 'a', version: '1' }, missing('name')),
        post('registered-models/alias', { name: 'a/b', alias: 'latest', version: 'x' }, { says: 'Invalid model name' }),
        send('DELETE', 'registered-models/alias', { body: { ...nobody, alias: 'a' }, ...unknown }),
        deleteAlias(null, missing('alias')),
        deleteAlias('a b', { says: "Invalid alias name: 'a b'." }),
        deleteAlias('latest'),
        deleteAlias('v1'),
        read(),
      ],
    },
    {
      name: 'names of aliases',
      steps: [
        newModel(),
        newVersion(),
        ...['latest', 'Latest', 'LATEST'].map((alias) => setAlias(alias, '1', { says: "'latest' alias name" })),
        ...['v1', 'V22', 'v01'].map((alias) => setAlias(alias, '1', { says: `'${alias}' is reserved.` })),
        ...['v1a', 'v', 'va1', '1', '-', '_', 'é', 'x'.repeat(255)].map((alias) => setAlias(alias, '1')),
        ...['a b', 'a.b', 'a/b', 'a:b', 'a@b', ' ', '😀'].map((alias) =>
          setAlias(alias, '1', { says: `Invalid alias name: '${alias}'.` }),
        ),
        setAlias('a\n', '1', refused('An alias that ends in a line break is refused as others are that have one.')),
        setAlias('x'.repeat(256), '1', { says: 'exceeds the maximum length of 255 characters' }),
        setAlias('latest', 'x', { says: "'latest' alias name" }),
        deleteAlias('é'),
        byAlias('x'.repeat(255), { ignore: ['model_version.aliases'] }),
      ],
    },
    {
      name: 'the alias latest',
      steps: [
        newModel(),
        byAlias('latest', { says: `Latest version not found for model ${name}.` }),
        newVersion(),
        newVersion(),
        newVersion(),
        moveTo('3', 'Archived'),
        setAlias('a', '3'),
        byAlias('latest'),
        byAlias('LATEST'),
        byAlias('v1', { says: 'Registered model alias v1 not found.' }),
        get('registered-models/alias', { ...nobody, alias: 'latest' }, unknown),
        send('DELETE', 'model-versions/delete', { body: { name, version: '3' } }),
        byAlias('latest'),
        byAlias('a', { says: 'Registered model alias a not found.' }),
      ],
    },
    {
      name: 'latest versions',
      steps: [
        newModel(),
        latest([]),
        newVersion(),
        newVersion(),
        newVersion(),
        newVersion(),
        moveTo('1', 'Production'),
        moveTo('2', 'Production'),
        moveTo('3', 'Archived'),
        setAlias('champion', '2'),
        setAlias('challenger', '1'),
        read(),
        latest([]),
        latestByPost({}),
        latestByPost({ stages: [] }),
        latest(['Production']),
        latest(['production', 'NONE']),
        latestByPost({ stages: ['pRODUCTION', 'Archived'] }),
        latestByPost({ stages: ['none', 'None'] }),
        latest(['Staging']),
        latest(['bogus'], badStage),
        latestByPost({ stages: ['Production', 'bogus'] }, badStage),
        latestByPost({ stages: [''] }, badStage),
        latestByPost({ stages: 'None' }, { says: "for parameter 'stages' supplied" }),
        latestByPost({ stages: [5] }, { says: "for parameter 'stages" }),
        latestByPost({ ...nobody }, unknown),
        post('registered-models/get-latest-versions', {}, missing('name')),
        get('registered-models/get-latest-versions', {}, missing('name')),
        send('DELETE', 'model-versions/delete', { body: { name, version: '2' } }),
        latest([]),
      ],
    },
    {
      name: 'what counts as a change of a model',
      steps: [
        newModel(),
        ...changed(newModel('Other')),
        ...changed(newVersion()),
        ...changed(newVersion('Other')),
        ...changed(setTag({ key: 'a', value: '1' })),
        ...changed(setAlias('champion', '1')),
        ...changed(patch('model-versions/update', { name, version: '1', description: 'x' })),
        ...changed(post('model-versions/set-tag', { name, version: '1', key: 'a', value: '1' })),
        ...changed(moveTo('1', 'Staging')),
        ...changed(update({ description: 'x' })),
        { ...newVersion('Other'), pauseMs: 5 },
        ...changed(rename(name)),
        { ...newVersion('Other'), pauseMs: 5 },
        ...changed(send('DELETE', 'model-versions/delete', { body: { name, version: '1' } })),
        { ...newVersion('Other'), pauseMs: 5 },
        ...changed(deleteTag({ key: 'a' })),
        ...changed(moveTo('1', 'Staging')),
      ],
    },
  ],
}
