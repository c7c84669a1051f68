import { get, modelName, newModel, newVersion, notThere, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const name = modelName()
/** A run and a logged model of it, with their artifacts behind the proxy, and another logged model. */
const origins: readonly Step[] = [
  post('experiments/create', { name }, { capture: { experiment: 'experiment_id' } }),
  post(
    'runs/create',
    { experiment_id: '${experiment}', run_name: 'run', start_time: 1_000 },
    { capture: { run: 'run.info.run_id' } },
  ),
  post(
    'logged-models',
    { experiment_id: '${experiment}', name: 'made', source_run_id: '${run}' },
    { capture: { model: 'model.info.model_id' } },
  ),
  post(
    'logged-models',
    { experiment_id: '${experiment}', name: 'other' },
    { capture: { other: 'model.info.model_id' } },
  ),
  newModel(),
]
const tellsModel = (model: Json): Partial<Step> => ({
  differs: {
    reason: 'A version tells of which logged model it is one, as its proto has it: model_id.',
    at: { 'model_version.model_id': model },
  },
})
const from = (source: Json, fields: Fields = {}, more?: Partial<Step>): Step => {
  const { model_id = '' } = fields
  return post(
    'model-versions/create',
    { name, source, ...fields },
    more ?? (model_id === '' ? {} : tellsModel(model_id)),
  )
}
const outside = (source: string, fields: Fields = {}): Step =>
  from(source, fields, { says: 'Invalid model version source' })
const runFiles = 'mlflow-artifacts:/${experiment}/${run}/artifacts'
const modelFiles = 'mlflow-artifacts:/${experiment}/models/${model}/artifacts'
const ofRun = { run_id: '${run}' }
const ofModel = { model_id: '${model}' }
const localRoot = '/some/folder'
const nowhere = '0'.repeat(32)
const search: Step = get('model-versions/search', { filter: `name = '${name}'` })
const downloadUri = (version: string): Step => get('model-versions/get-download-uri', { name, version })
const file = (version: string, path: string, more?: Partial<Step>): Step =>
  get('/model-versions/get-artifact', { name, version, path }, more)

const unknown = { says: `Model Version (name=${name}, version=99) not found` }
/** Where a logged model tells its versions, the models with the given name. */
const tellsVersions = (versions: readonly string[], name = modelName()): Partial<Step> => ({
  differs: {
    reason: 'A logged model tells of which registered versions it is one, as its proto has it: registrations.',
    at: { 'model.info.registrations': versions.map((version) => ({ name, version })) },
  },
})

/** What a version may be made from: a source's place is judged by the run and the logged model that the request names. */
export const versionSources: Group = {
  noun: 'version-sources',
  scenarios: [
    {
      name: 'sources in object stores',
      steps: [
        ...origins,
        ...['s3://b/p', 's3:/b', 's3://b/a//c', 's3://b/a/', 's3://b/..x/c', 's3://b/a?x=../y', 's3://b/a%20b'].map(
          (source) => from(source),
        ),
        ...['gs://b/x', 'dbfs:/x', 'dbfs://a/b', 'wasbs://c@a/x', 's3://b/ü x'].map((source) => from(source)),
        from('s3://b/p', ofRun),
        from('s3://b/p', { run_id: 'nope' }),
        from('s3://b/p', ofModel),
        from('s3://b/p', { model_id: 'm-nope' }, { says: "Logged model with ID 'm-nope' not found." }),
        ...['s3://b', 's3://', 'foo:bar', 'uc://x'].map((source) => outside(source)),
        ...['http://h/x', 'https://h/x', 'ftp://h/x', 'sftp://h/x', 'hdfs://h/x', 'viewfs:/x', 'abfss://c@a/x'].map(
          (source) => from(source, ofRun, { says: 'scheme' }),
        ),
        from('mlflow-artifacts://h:1/x', ofRun, { says: 'scheme' }),
      ],
    },
    {
      name: 'sources with relative parts',
      steps: [
        ...origins,
        ...['s3://b/a/../c', 's3://b/a/%2e%2e/c', 's3://b/a/%252e%252e/c', 's3://b/..%2f..', 's3://b/..%252f..'].map(
          (source) => outside(source, ofRun),
        ),
        ...['s3://b/a/./c', 's3://b/a%00', 's3://b/a%2500', 's3://../a', 'gs://b/a/..', 's3://b/a/%2e%2E/'].map(
          (source) => outside(source, ofRun),
        ),
        ...['mlflow-artifacts:/../x', `${runFiles}/../x`, `${runFiles}/%2e%2e/x`, `${runFiles}/a%252f..%252f..`].map(
          (source) => outside(source, ofRun),
        ),
        ...['runs:/${run}/../x', 'runs:/${run}/%2e%2e/x'].map((source) => outside(source, ofRun)),
        outside(`${modelFiles}/../x`, ofModel),
        search,
      ],
    },
    {
      name: 'sources that are paths of this machine',
      steps: [
        ...origins,
        ...['/etc/passwd', 'file:///etc/passwd', 'file:/etc/passwd'].flatMap((source) => [
          outside(source),
          outside(source, ofRun),
          outside(source, ofModel),
        ]),
        ...['x', './x', '../x', '   ', '~/x', 'file:x'].map((source) => outside(source)),
        outside('/etc/passwd', { run_id: 'nope' }),
        from(
          'file://host/x',
          {},
          refused('A file: source on another host is the caller’s mistake; MLflow answers 500.'),
        ),
        search,
      ],
    },
    {
      name: 'sources in a folder of this machine that a run or logged model may use',
      steps: [
        post(
          'experiments/create',
          { name, artifact_location: localRoot },
          { capture: { experiment: 'experiment_id' } },
        ),
        ...origins.slice(1),
        from(`${localRoot}/\${run}/artifacts/model`, ofRun),
        from(`file://${localRoot}/\${run}/artifacts`, ofRun),
        from(`${localRoot}/models/\${model}/artifacts`, ofModel),
        downloadUri('1'),
        downloadUri('2'),
        outside(`${localRoot}/\${run}/artifacts/model`),
        outside(`${localRoot}/\${run}/artifacts/model`, ofModel),
        outside(`${localRoot}/\${run}/artifacts/../model`, ofRun),
        outside(`${localRoot}/\${run}/artifactsx`, ofRun),
        outside(`${localRoot}/\${run}`, ofRun),
        outside(localRoot, ofRun),
        outside(`file://${localRoot}/\${run}/artifacts/%2e%2e/model`, ofRun),
        outside(`${localRoot}/models/\${model}/artifacts/../..`, ofModel),
        outside(`${localRoot}/models/\${other}/artifacts`, ofModel),
        outside(`${localRoot}/models/\${model}/artifacts`, ofRun),
      ],
    },
    {
      name: 'sources in a run',
      steps: [
        ...origins,
        from('runs:/${run}/model', ofRun),
        from('runs:/${run}', ofRun),
        from('runs:/${run}/', ofRun),
        from(`runs:/${nowhere}/model`, { run_id: nowhere }),
        ...['1', '2', '4'].map((version) => downloadUri(version)),
        outside('runs:/${run}/model'),
        outside('runs:/${run}/model', { run_id: nowhere }),
        outside(`runs:/${nowhere}/model`, ofRun),
        outside('runs:/${run}/model', ofModel),
        outside('runs:/x', { run_id: 'nope' }),
        outside('runs://host/${run}/model', ofRun),
        from(`${runFiles}/model`, ofRun),
        from(runFiles, ofRun),
        downloadUri('5'),
        outside(`${runFiles}/model`),
        outside(`${runFiles}/model`, { run_id: nowhere }),
        outside(`${runFiles}/model`, ofModel),
        outside(`${runFiles}x/model`, ofRun),
        outside('mlflow-artifacts:/${experiment}/other/artifacts/model', ofRun),
        outside('mlflow-artifacts:/', ofRun),
        outside(modelFiles, ofRun),
      ],
    },
    {
      name: 'sources that are logged models',
      steps: [
        ...origins,
        from('models:/${model}', ofModel),
        get('model-versions/get', { name, version: '1' }, tellsModel('${model}')),
        downloadUri('1'),
        from('models:/${other}', { model_id: '${other}', run_id: '' }),
        from('models:/${model}', { ...ofModel, run_id: 'r1' }),
        from(modelFiles, ofModel),
        from(`${modelFiles}/data`, { ...ofModel, ...ofRun }),
        downloadUri('4'),
        outside('models:/${model}'),
        outside('models:/${model}', ofRun),
        outside('models:/${model}', { model_id: '${other}' }),
        outside(modelFiles),
        outside(modelFiles, { model_id: '${other}' }),
        outside(modelFiles, { model_id: 'm-nope' }),
        from(
          'models:/m-nope',
          { model_id: 'm-nope' },
          notThere('A version of a logged model that is not there is refused as such; MLflow answers 500.'),
        ),
        get('logged-models/${model}', {}, tellsVersions(['1', '3', '4', '5'])),
        get('logged-models/${other}', {}, tellsVersions(['2'])),
        post('registered-models/alias', { name, alias: 'champion', version: '1' }),
        send('DELETE', 'model-versions/delete', { body: { name, version: '1' } }),
        post(
          'registered-models/rename',
          { name, new_name: modelName('New') },
          { ignore: ['registered_model.latest_versions'] },
        ),
        get('logged-models/${model}', {}, tellsVersions(['3', '4', '5'], modelName('New'))),
      ],
    },
    {
      name: 'sources that are other versions',
      steps: [
        ...origins,
        newModel('Copy'),
        newModel('Prompt', { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] }),
        from('s3://b/one', { run_id: 'r1', description: 'd', tags: [{ key: 'a', value: '1' }] }),
        from('s3://b/two'),
        post('registered-models/alias', { name, alias: 'champion', version: '1' }),
        post('model-versions/transition-stage', { name, version: '2', stage: 'Production' }),
        ...[`models:/${name}/1`, `models:/${name}/2`, `models:/${name}@champion`, `models:/${name}/latest`].map(
          (source) => newVersion('Copy', { source }),
        ),
        ...[`models:/${name}/Production`, `models:/${name}/production`, `models:/${name}/LATEST`].map((source) =>
          newVersion('Copy', { source }),
        ),
        newVersion('Copy', { source: `models:/${name}/1`, run_id: 'r1' }),
        newVersion('Copy', { source: `models:/${name}/2`, run_id: '' }),
        newVersion('Copy', { source: `models:/${modelName('Copy')}/1` }),
        ...['1', '3', '10'].map((version) =>
          get('model-versions/get-download-uri', { name: modelName('Copy'), version }),
        ),
        ...[{ run_id: 'r2' }, { run_id: '' }, ofModel].map((fields) => outside(`models:/${name}/1`, fields)),
        from(`models:/${name}/99`, {}, unknown),
        from('models:/nope-${unique}/1', {}, { says: 'Registered Model with name=nope-${unique} not found' }),
        from(`models:/${name}@nope`, {}, { says: 'Registered model alias nope not found.' }),
        from(`models:/${name}/bogus`, {}, { says: 'Invalid Model Version stage: bogus.' }),
        from(
          `models:/${name}/Staging`,
          {},
          notThere('A stage without a version, as a source, is something that is not there; MLflow answers 500.'),
        ),
        ...['models:/', 'models:/a/b/c', 'models:/a/', 'models:x', `models://host/${name}/1`].map((source) =>
          outside(source),
        ),
        outside(`models:/${modelName('Prompt')}/1`),
        get('model-versions/search', { filter: `name = '${modelName('Copy')}'`, order_by: 'version_number' }),
      ],
    },
    {
      name: 'files of a version',
      steps: [
        ...origins,
        send('PUT', '/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/model/MLmodel', {
          raw: 'a: 1',
        }),
        from(`${runFiles}/model`, ofRun),
        file('1', 'MLmodel'),
        file('1', 'none', { says: 'none' }),
        file('1', '../MLmodel', { says: 'Invalid path' }),
        file('99', '../x', { says: 'Invalid path' }),
        file('99', 'MLmodel', unknown),
        file('abc', 'x', { says: 'must be an integer' }),
        get('/model-versions/get-artifact', { name, version: '1' }),
        get(
          '/model-versions/get-artifact',
          { name, path: 'MLmodel' },
          refused(
            'Downloading a version’s file without telling the version is the caller’s mistake; MLflow answers 500.',
          ),
        ),
      ],
    },
  ],
}
