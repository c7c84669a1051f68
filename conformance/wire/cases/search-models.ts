import { answered, get, modelName, newModel, newVersion, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Query = NonNullable<Step['query']>

const own = "name LIKE 'wire-${unique}%'"
const search = (query: Query, more?: Partial<Step>): Step =>
  get('registered-models/search', { filter: own, ...query }, more)
const names = { only: 'registered_models[].name' }
const filtered = (filter: string): Step => search({ filter: `${own} AND ${filter}` }, names)
const found = (suffixes: readonly string[]): Json =>
  suffixes.length === 0 ? { [names.only]: [] } : { [names.only]: suffixes.map((suffix) => modelName(suffix)) }
const oneLanguage =
  'The search language is one for runs, experiments and models, with all its comparisons for all fields; MLflow refuses some.'
const connectives = 'Filters may hold OR, NOT and parentheses; MLflow refuses them.'
const more = (filter: string, suffixes: readonly string[], reason = oneLanguage): Step =>
  search({ filter: `${own} AND ${filter}` }, { ...names, ...answered(reason, found(suffixes)) })
const invalid =
  (says: string) =>
  (filter: string): Step =>
    search({ filter: `${own} AND ${filter}` }, { says })
const ordered = (...order_by: string[]): Step => search({ order_by }, names)
const mark = 'tags.`mlflow.prompt.is_prompt`'
const prompt = (value: string): Json => ({ key: 'mlflow.prompt.is_prompt', value })
const later = { pauseMs: 5 }

/** Six models that differ in every way that a filter or an order can see. */
const models: readonly Step[] = [
  newModel('-beta', { description: 'first', tags: [{ key: 'team', value: 'red' }] }),
  newModel(
    '-Alpha',
    {
      tags: [
        { key: 'team', value: 'Blue' },
        { key: 'with space', value: 'x' },
      ],
    },
    later,
  ),
  newModel(
    '-gamma',
    {
      description: 'second',
      tags: [
        { key: 'team', value: "o'neil" },
        { key: 'a.b', value: '1' },
      ],
    },
    later,
  ),
  newModel('-delta', {}, later),
  newModel('-delta_x%y', {}, later),
  newModel('-empty', { tags: [{ key: 'team', value: '' }] }, later),
  newVersion('-Alpha', {}, later),
  newVersion('-Alpha'),
  post('model-versions/transition-stage', { name: modelName('-Alpha'), version: '1', stage: 'Production' }),
  post('registered-models/alias', { name: modelName('-Alpha'), alias: 'champion', version: '1' }),
]
const all = ['-Alpha', '-beta', '-delta', '-delta_x%y', '-empty', '-gamma']

export const searchModels: Group = {
  noun: 'search-models',
  scenarios: [
    {
      name: 'whole replies',
      steps: [
        ...models,
        search({}),
        search({ filter: `name = '${modelName('-none')}'` }),
        get('registered-models/search', {}, { ignore: ['registered_models', 'next_page_token'] }),
        get('registered-models/search', { filter: '' }, { ignore: ['registered_models', 'next_page_token'] }),
        post('registered-models/search', { filter: own }),
      ],
    },
    {
      name: 'filters on the name',
      steps: [
        ...models,
        ...[`name = '${modelName('-beta')}'`, `name = "${modelName('-beta')}"`, `name='${modelName('-beta')}'`].map(
          filtered,
        ),
        ...[`name != '${modelName('-beta')}'`, "name LIKE '%BETA'", "name ILIKE '%BETA'", "name like '%eta'"].map(
          filtered,
        ),
        ...[`name IN ('${modelName('-beta')}', 'x')`, `name NOT IN ('${modelName('-beta')}')`, "name in ('x')"].map(
          filtered,
        ),
        ...[`attribute.name = '${modelName('-beta')}'`, "name LIKE '%delta_x%'", "name LIKE '%_x\\%y'"].map(filtered),
        more(`attributes.name = '${modelName('-beta')}'`, ['-beta']),
        more(`\`name\` = '${modelName('-beta')}'`, ['-beta']),
        more('name IS NOT NULL', all),
        more('name IS NULL', []),
        ...["name > 'a'", "name == 'a'", "name NOT LIKE 'a'"].map(invalid('Invalid comparator')),
        invalid('Expected a quoted string value')('name = 5'),
        invalid('not quoted')('name = abc'),
        ...['name IN ()', "name IN ('a', 5)"].map(invalid('While parsing a list in the query')),
        invalid('Invalid clause(s) in filter string')("name IN 'a'"),
      ],
    },
    {
      name: 'filters on tags',
      steps: [
        ...models,
        ...["tags.team = 'red'", "tag.team = 'red'", "tags.team != 'red'", "tags.team = 'RED'", "tags.team = ''"].map(
          filtered,
        ),
        ...["tags.team LIKE 'B%'", "tags.team LIKE 'b%'", "tags.team ILIKE 'b%'", "tags.none = 'x'"].map(filtered),
        ...["tags.`with space` = 'x'", 'tags."with space" = \'x\'', "tags.a.b = '1'", 'tags.team = "o\'neil"'].map(
          filtered,
        ),
        ...["tags.team = 'red' AND tags.team = 'Blue'", "tags.team = 'Blue' AND tags.`with space` = 'x'"].map(filtered),
        ...["tags.team != 'x' AND name LIKE '%a'"].map(filtered),
        more("tags.team IN ('red', '')", ['-beta', '-empty']),
        more("tags.team NOT IN ('red')", ['-Alpha', '-empty', '-gamma']),
        more('tags.team IS NULL', ['-delta', '-delta_x%y']),
        more('tags.a.b IS NOT NULL', ['-gamma']),
        invalid('not quoted')('tags.team = red'),
        invalid('Invalid comparator')("tags.team > 'a'"),
        invalid('Expected a quoted string value for tag')('tags.team = 5'),
      ],
    },
    {
      name: 'filters on other fields',
      steps: [
        ...models,
        more("description = 'first'", ['-beta']),
        more("description LIKE '%s%'", ['-beta', '-gamma']),
        more('creation_timestamp > 0', all),
        more('creation_timestamp < 5', []),
        more('last_updated_timestamp >= 5', all),
        ...["foo = 'x'", "NAME = 'x'", 'attribute.version > 1'].map(invalid('Invalid attribute key')),
        ...["foo.x = 'x'", "model.name = 'x'", "params.p = 'x'", 'metrics.m > 1'].map(invalid('Invalid entity type')),
      ],
    },
    {
      name: 'filters that are none',
      steps: [
        ...models,
        ...['name', 'name ='].map(invalid('Invalid')),
        more("(name = 'x')", [], connectives),
        more("name = 'a' OR name = 'b'", [], connectives),
        ...["name = 'a';", "name = 'a", '🙂'].map(invalid('Invalid')),
        ...["= 'x'", "name = 'a',"].map(invalid('Invalid')),
        more("NOT name = 'a'", all, connectives),
        invalid('')("name = 'a'; name = 'b'"),
        search({ filter: 'select 1' }, { says: 'Invalid' }),
        search(
          { filter: '  ', order_by: 'name', max_results: '1' },
          {
            ignore: ['registered_models', 'next_page_token'],
            ...answered('A filter of blanks only is no filter; MLflow refuses it.', {}),
          },
        ),
        search(
          { filter: `${own} name = 'b'` },
          refused('Conditions without an AND between them are refused; MLflow takes them as if it were there.'),
        ),
        search({ filter: `${own} AND ` }, refused('A filter that ends in AND is refused; MLflow ignores the AND.')),
      ],
    },
    {
      name: 'prompts are listed only when asked for',
      steps: [
        ...models,
        newModel('-Prompt', { tags: [prompt('true'), { key: 'team', value: 'red' }] }, later),
        newModel('-unmarked', { tags: [prompt('false')] }, later),
        search({}, names),
        filtered("tags.team = 'red'"),
        ...[`${mark} = 'true'`, "tags.mlflow.prompt.is_prompt = 'true'", `${mark} != 'false'`].map(filtered),
        ...[`${mark} = 'false'`, `${mark} != 'true'`].map(filtered),
        ...[`${mark} = 'true' AND tags.team = 'red'`, `tags.team = 'red' AND ${mark} != 'true'`].map(filtered),
        ...[`${mark} = 'true' AND name LIKE '%rompt'`, `tags.team = 'Blue' AND ${mark} = 'true'`].map(filtered),
        search({ filter: `${mark} = 'true' AND ${own}` }),
        get('registered-models/get', { name: modelName('-Prompt') }),
        post('registered-models/set-tag', {
          name: modelName('-delta'),
          key: 'mlflow.prompt.is_prompt',
          value: 'true',
        }),
        search({}, names),
      ],
    },
    {
      name: 'orders',
      steps: [
        ...models,
        search({ order_by: [] }, names),
        ...['name', 'name ASC', 'name DESC', 'name desc', '`name` DESC'].map((by) => ordered(by)),
        ...['last_updated_timestamp', 'last_updated_timestamp DESC', 'timestamp', 'timestamp DESC'].map((by) =>
          ordered(by),
        ),
        ordered('name', 'last_updated_timestamp'),
        ordered('last_updated_timestamp', 'name DESC'),
        ...(
          [
            ['creation_timestamp', ['-beta', '-Alpha', '-gamma', '-delta', '-delta_x%y', '-empty']],
            ['creation_timestamp DESC', ['-empty', '-delta_x%y', '-delta', '-gamma', '-Alpha', '-beta']],
            ['attribute.name', all],
          ] as const
        ).map(([by, suffixes]) => search({ order_by: by }, { ...names, ...answered(oneLanguage, found(suffixes)) })),
        ...['foo', 'NAME', 'version_number'].map((by) => search({ order_by: by }, { says: 'Invalid' })),
        search({ order_by: 'tags.team' }, { says: 'Invalid order' }),
        search({ order_by: 'name FOO' }, { says: 'Invalid ordering key in order_by clause' }),
        ...['name ASC DESC', 'name, timestamp', ''].map((by) =>
          search({ order_by: [by] }, { says: 'Invalid order_by clause' }),
        ),
        ...[
          ['name', 'name DESC'],
          ['timestamp', 'last_updated_timestamp'],
        ].map((order_by) =>
          search(
            { order_by },
            refused('The same field twice in order_by is the caller’s mistake; MLflow says INTERNAL_ERROR.'),
          ),
        ),
      ],
    },
    {
      name: 'pages',
      steps: [
        ...models,
        search({ max_results: '2' }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: '2', page_token: '${token}' }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: '2', page_token: '${token}' }, names),
        search(
          { max_results: '4', order_by: 'last_updated_timestamp DESC' },
          { ...names, capture: { token: 'next_page_token' } },
        ),
        search({ max_results: '4', order_by: 'last_updated_timestamp DESC', page_token: '${token}' }, names),
        search({ max_results: '1', filter: `${own} AND tags.team != 'red'` }, names),
        search({ max_results: '6' }, names),
        search({ max_results: '1000' }, names),
        search({ max_results: '1001' }, { says: '1001' }),
        ...['0', '-1'].map((max_results) =>
          search({ max_results }, refused('A max_results below 1 is refused; MLflow answers with a page of nothing.')),
        ),
        ...['x', '1.5', ''].map((max_results) =>
          search({ max_results }, { says: "for parameter 'max_results' supplied" }),
        ),
        ...['zz', 'abc', 'e30='].map((page_token) => search({ page_token }, { says: 'Invalid page token' })),
        search({ page_token: '', max_results: '2' }, names),
      ],
    },
  ],
}
