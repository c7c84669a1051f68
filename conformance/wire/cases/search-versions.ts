import { answered, get, modelName, newModel, newVersion, patch, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Query = NonNullable<Step['query']>

const own = "name LIKE 'wire-${unique}%'"
const search = (query: Query, more?: Partial<Step>): Step =>
  get('model-versions/search', { filter: own, ...query }, more)
/** Each version of a scenario has a source of its own: the last part names it. */
const sources = { only: 'model_versions[].source' }
const filtered = (filter: string): Step => search({ filter: `${own} AND ${filter}` }, sources)
const found = (names: readonly string[]): Json => ({ [sources.only]: names.map((name) => `s3://bucket/${name}`) })
const oneLanguage =
  'The search language is one for runs, experiments and models, with all its comparisons for all fields; MLflow refuses some.'
const connectives = 'Filters may hold OR, NOT and parentheses; MLflow refuses them.'
const more = (filter: string, names: readonly string[], reason = oneLanguage): Step =>
  search({ filter: `${own} AND ${filter}` }, { ...sources, ...answered(reason, found(names)) })
const invalid =
  (says: string) =>
  (filter: string): Step =>
    search({ filter: `${own} AND ${filter}` }, { says })
const ordered = (...order_by: string[]): Step => search({ order_by }, sources)
const mark = 'tags.`mlflow.prompt.is_prompt`'
const prompt: Json = { key: 'mlflow.prompt.is_prompt', value: 'true' }
const later = { pauseMs: 5 }
const a = 'a'.repeat(32)
const b = 'b'.repeat(32)

/** Versions of two models that differ in every way that a filter or an order can see; `two` is changed last. */
const versions: readonly Step[] = [
  newModel('-m'),
  newModel('-N'),
  newVersion('-m', {
    source: 's3://bucket/one',
    run_id: a,
    description: 'first',
    tags: [{ key: 'team', value: 'red' }],
  }),
  newVersion(
    '-m',
    {
      source: 's3://bucket/two',
      run_id: b,
      tags: [
        { key: 'team', value: 'Blue' },
        { key: 'with space', value: 'x' },
      ],
    },
    later,
  ),
  newVersion('-N', { source: 's3://bucket/Three' }, later),
  newVersion('-m', { source: 's3://bucket/four', run_id: a, tags: [{ key: 'a.b', value: '1' }] }, later),
  newVersion('-m', { source: 's3://bucket/gone', run_id: a }, later),
  send('DELETE', 'model-versions/delete', { body: { name: modelName('-m'), version: '4' } }),
  post('registered-models/alias', { name: modelName('-m'), alias: 'champion', version: '1' }),
  post('model-versions/transition-stage', { name: modelName('-m'), version: '1', stage: 'Production' }, later),
  patch('model-versions/update', { name: modelName('-m'), version: '2', description: 'second' }, later),
]
const all = ['two', 'one', 'four', 'Three']

export const searchVersions: Group = {
  noun: 'search-versions',
  scenarios: [
    {
      name: 'whole replies',
      steps: [
        ...versions,
        search({}),
        search({ filter: `name = '${modelName('-none')}'` }),
        get('model-versions/search', {}, { ignore: ['model_versions', 'next_page_token'] }),
        get('model-versions/search', { filter: '' }, { ignore: ['model_versions', 'next_page_token'] }),
        post('model-versions/search', { filter: own }),
      ],
    },
    {
      name: 'filters on the number',
      steps: [
        ...versions,
        ...['version_number = 1', 'version_number != 1', 'version_number > 1', 'version_number >= 2'].map(filtered),
        ...['version_number < 2', 'version_number <= 2', 'version_number=3', 'version_number = -1'].map(filtered),
        ...["version_number = '1'", 'version_number = "1"', 'attribute.version_number = 1'].map(filtered),
        ...['version_number > 1 AND version_number < 3', 'version_number = 4', 'version_number > 0'].map(filtered),
        more('attributes.version_number = 1', ['one', 'Three']),
        more('version_number > 1.5', ['two', 'four']),
        more('version_number = 99999999999999999999', []),
        ...["version_number LIKE '1'", 'version_number == 1'].map(invalid('Invalid comparator')),
        ...["version_number = 'x'", 'version_number IN (1, 2)', 'version_number = x'].map(invalid('')),
        invalid('Invalid clause(s) in filter string')('version_number BETWEEN 1 AND 2'),
      ],
    },
    {
      name: 'filters on runs, sources and names',
      steps: [
        ...versions,
        ...[`run_id = '${a}'`, `run_id != '${a}'`, "run_id = ''", "run_id LIKE 'b%'", "run_id ILIKE 'B%'"].map(
          filtered,
        ),
        ...[`run_id IN ('${a}', 'x')`, `run_id NOT IN ('${a}')`, "run_id = 'x'", `attribute.run_id = '${b}'`].map(
          filtered,
        ),
        ...["source_path = 's3://bucket/one'", "source_path != 's3://bucket/one'"].map(filtered),
        ...["source_path LIKE '%o%'", "source_path LIKE '%T%'", "source_path ILIKE '%T%'"].map(filtered),
        ...["name LIKE '%-m'", "name ILIKE '%-n'", `name = '${modelName('-N')}'`, "name != 'x'"].map(filtered),
        ...[`name IN ('${modelName('-N')}')`, `name NOT IN ('${modelName('-N')}')`].map(filtered),
        ...[`name = '${modelName('-m')}' AND run_id = '${a}' AND version_number > 1`].map(filtered),
        more("source_path IN ('s3://bucket/one', 'x')", ['one']),
        more("source_path NOT IN ('s3://bucket/one')", ['two', 'four', 'Three']),
        more('name IS NOT NULL', all),
        ...["run_id > 'a'", "name == 'a'", "source_path NOT LIKE 'a'"].map(invalid('Invalid comparator')),
        ...['run_id = abc', 'source_path = abc'].map(invalid('not quoted')),
        ...['name = 5', 'run_id = 5'].map(invalid('')),
        ...['run_id IN ()', "run_id IN ('a', 5)"].map(invalid('While parsing a list in the query')),
      ],
    },
    {
      name: 'filters on tags',
      steps: [
        ...versions,
        ...["tags.team = 'red'", "tag.team = 'red'", "tags.team != 'red'", "tags.team = 'RED'"].map(filtered),
        ...["tags.team LIKE 'B%'", "tags.team LIKE 'b%'", "tags.team ILIKE 'b%'", "tags.none = 'x'"].map(filtered),
        ...["tags.`with space` = 'x'", 'tags."with space" = \'x\'', "tags.a.b = '1'"].map(filtered),
        ...["tags.team = 'Blue' AND tags.`with space` = 'x'", "tags.team = 'red' AND tags.team = 'Blue'"].map(filtered),
        more("tags.team IN ('red', 'x')", ['one']),
        more('tags.team IS NULL', ['four', 'Three']),
        more('tags.a.b IS NOT NULL', ['four']),
        invalid('not quoted')('tags.team = red'),
        invalid('Invalid comparator')("tags.team > 'a'"),
      ],
    },
    {
      name: 'filters on other fields',
      steps: [
        ...versions,
        more("current_stage = 'Production'", ['one']),
        more("stage != 'Production'", ['two', 'four', 'Three']),
        more("current_stage IN ('Production', 'Staging')", ['one']),
        more("status = 'READY'", all),
        more("description = 'second'", ['two']),
        more("description ILIKE '%S%'", ['two', 'one']),
        more('creation_timestamp > 0', all),
        more('last_updated_timestamp < 5', []),
        ...["foo = 'x'", "NAME = 'x'"].map(invalid('Invalid attribute key')),
        ...["foo.x = 'x'", "params.p = 'x'", 'metrics.m > 1'].map(invalid('Invalid entity type')),
      ],
    },
    {
      name: 'filters that are none',
      steps: [
        ...versions,
        ...['name', 'name ='].map(invalid('Invalid')),
        more("(name = 'x')", [], connectives),
        more("name = 'a' OR name = 'b'", [], connectives),
        ...["name = 'a';", "name = 'a", '🙂'].map(invalid('Invalid')),
        invalid('Invalid')("= 'x'"),
        more("NOT name = 'a'", all, connectives),
        invalid('Invalid')("alias = 'champion'"),
        invalid('')("name = 'a'; name = 'b'"),
        search(
          { filter: '  ', max_results: '1' },
          {
            ignore: ['model_versions', 'next_page_token'],
            ...answered('A filter of blanks only is no filter; MLflow refuses it.', {}),
          },
        ),
        search({ filter: `${own} AND` }, refused('A filter that ends in AND is refused; MLflow ignores the AND.')),
      ],
    },
    {
      name: 'versions of prompts are found only when asked for',
      steps: [
        ...versions,
        newModel('-p', { tags: [prompt] }),
        newVersion('-p', { source: 'dummy-source', tags: [prompt, { key: 'team', value: 'red' }] }, later),
        newVersion('-p', { source: 'prompt-template', tags: [prompt] }, later),
        search({}, sources),
        filtered("tags.team = 'red'"),
        ...[`${mark} = 'true'`, `${mark} != 'false'`, `${mark} = 'false'`, `${mark} != 'true'`].map(filtered),
        ...[`${mark} = 'true' AND tags.team = 'red'`, `version_number = 1 AND ${mark} = 'true'`].map(filtered),
        search({ filter: `name = '${modelName('-p')}'` }),
        search({
          filter: `name = '${modelName('-p')}' AND tag.\`mlflow.prompt.is_prompt\` = 'true'`,
          max_results: '100',
          order_by: 'version_number DESC',
        }),
      ],
    },
    {
      name: 'orders',
      steps: [
        ...versions,
        search({ order_by: [] }, sources),
        ...['version_number', 'version_number ASC', 'version_number DESC', '`version_number` desc'].map((by) =>
          ordered(by),
        ),
        ...['name', 'name DESC', 'attribute.version_number DESC'].map((by) => ordered(by)),
        ...['creation_timestamp', 'creation_timestamp DESC', 'last_updated_timestamp'].map((by) => ordered(by)),
        ordered('last_updated_timestamp DESC'),
        ordered('name', 'version_number'),
        ordered('version_number', 'name DESC'),
        ...(
          [
            ['attributes.name', ['Three', 'four', 'two', 'one']],
            ['run_id DESC', ['two', 'four', 'one', 'Three']],
            ['source_path', ['Three', 'four', 'one', 'two']],
          ] as const
        ).map(([by, names]) => search({ order_by: by }, { ...sources, ...answered(oneLanguage, found(names)) })),
        ...['foo', 'VERSION_NUMBER', 'timestamp'].map((by) => search({ order_by: by }, { says: 'Invalid' })),
        search({ order_by: 'tags.team' }, { says: 'Invalid order' }),
        search({ order_by: 'version_number FOO' }, { says: 'Invalid ordering key in order_by clause' }),
        ...['name ASC DESC', 'name, version_number', ''].map((by) =>
          search({ order_by: [by] }, { says: 'Invalid order_by clause' }),
        ),
        search(
          { order_by: ['version_number', 'version_number DESC'] },
          refused('The same field twice in order_by is the caller’s mistake; MLflow says INTERNAL_ERROR.'),
        ),
      ],
    },
    {
      name: 'pages',
      steps: [
        ...versions,
        search({ max_results: '2' }, { ...sources, capture: { token: 'next_page_token' } }),
        search({ max_results: '2', page_token: '${token}' }, sources),
        search({ max_results: '1', order_by: 'version_number' }, { ...sources, capture: { token: 'next_page_token' } }),
        search(
          { max_results: '1', order_by: 'version_number', page_token: '${token}' },
          { ...sources, capture: { token: 'next_page_token' } },
        ),
        search({ max_results: '5', order_by: 'version_number', page_token: '${token}' }, sources),
        search({ max_results: '1', filter: `${own} AND tags.team != 'red'` }, sources),
        search({ max_results: '4' }, sources),
        search({ max_results: '200000' }, sources),
        ...['200001', '0', '-1', 'x', '1.5'].map((max_results) => search({ max_results }, { says: max_results })),
        ...['zz', 'abc', 'e30='].map((page_token) => search({ page_token }, { says: 'Invalid page token' })),
        search({ page_token: '', max_results: '2' }, sources),
      ],
    },
  ],
}
