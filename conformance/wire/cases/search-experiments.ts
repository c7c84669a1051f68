import { answered, get, newExperiment, post, refused } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const own = "name LIKE 'wire-${unique}%'"
const search = (fields: Fields, more?: Partial<Step>): Step =>
  post('experiments/search', { max_results: 100, filter: own, ...fields }, more)
const names = { only: 'experiments[].name' }
const filtered = (filter: string): Step => search({ filter: `${own} AND ${filter}` }, names)
const more = (filter: string, found: Json): Step =>
  search({ filter: `${own} AND ${filter}` }, { ...names, ...answered(oneLanguage, { [names.only]: found }) })
const oneLanguage =
  'The search language is one for runs, experiments and models, with all its comparisons for all fields; MLflow refuses some.'
const connectives = 'Filters may hold OR, NOT and parentheses; MLflow refuses them.'
const invalid =
  (says: string) =>
  (filter: string): Step =>
    search({ filter }, { says })
const ordered = (...order_by: string[]): Step => search({ order_by }, names)
const later = (step: Step): Step => ({ ...step, pauseMs: 5 })

const experiments: readonly Step[] = [
  newExperiment('A', {
    tags: [
      { key: 'team', value: 'red' },
      { key: 'with space', value: 'x' },
    ],
  }),
  later(newExperiment('b', { tags: [{ key: 'team', value: 'Blue' }] })),
  later(newExperiment('C')),
  later(newExperiment('d', { tags: [{ key: 'team', value: '' }] })),
  later(post('experiments/delete', { experiment_id: '${experimentd}' })),
]

export const searchExperiments: Group = {
  noun: 'search-experiments',
  scenarios: [
    {
      name: 'filters',
      steps: [
        ...experiments,
        search({}),
        ...["tags.team = 'red'", "tag.team != 'red'", "tags.team ILIKE 'bl%'", "tags.team LIKE 'bl%'"].map(filtered),
        ...["tags.`with space` = 'x'", 'tags."with space" = \'x\'', "tags.none.at.all = 'x'"].map(filtered),
        ...['tags.team IS NULL', 'tags.team IS NOT NULL', "tags.team = 'red' AND tags.`with space` = 'x'"].map(
          filtered,
        ),
        ...["attribute.name LIKE '%A'", "name ILIKE '%B'", "name != 'wire-${unique}A'"].map(filtered),
        ...["experiment_id = '${experimentA}'", "experiment_id IN ('${experimentA}', '${experimentC}')"].map(filtered),
        ...["experiment_id NOT IN ('${experimentA}')", "experiment_id != '${experimentA}'"].map(filtered),
        ...['creation_time > 0', 'last_update_time > 0', 'creation_time < 5', 'creation_time != 5'].map(filtered),
        search({ filter: "name = 'wire-${unique}A'" }),
        search({ filter: 'name = "wire-${unique}A"' }),
        search({ filter: "name = 'none ${unique}'" }),
        ...["params.a = '1'", 'metrics.x > 1'].map(invalid('Invalid entity type')),
        ...["lifecycle_stage = 'active'", "foo = 'x'"].map(invalid('Invalid attribute key')),
        ...["creation_time > '0'", 'creation_time > abc'].map(invalid('Expected numeric value type')),
        invalid('creation_time')('creation_time IN (1)'),
        ...["name > 'a'", "tags.team > 'a'"].map(invalid('Invalid comparator')),
        invalid('not quoted')('name = x'),
        ...['name = 5', 'tags.team = 5'].map(invalid('Expected a quoted string value')),
        more("tags.team IN ('red')", ['wire-${unique}A']),
        more("name IN ('wire-${unique}b', 'x')", ['wire-${unique}b']),
        search({ filter: "name = 'a' OR name = 'b'" }, { ...names, ...answered(connectives, { [names.only]: [] }) }),
        ...['name', "name = 'a';"].map(invalid('Invalid clause(s) in filter string')),
        invalid('Invalid')('tags.'),
        search({ filter: 7 }, { says: "Invalid value 7 for parameter 'filter' supplied" }),
      ],
    },
    {
      name: 'orders',
      steps: [
        ...experiments,
        ...['name', 'name DESC', 'name asc', 'experiment_id', 'experiment_id DESC', 'creation_time'].map((by) =>
          ordered(by),
        ),
        ...['creation_time DESC', 'last_update_time DESC', 'attribute.name', '`name`'].map((by) => ordered(by)),
        ordered('creation_time ASC', 'name'),
        search({ order_by: ['foo'] }, { says: 'Invalid attribute key' }),
        search({ order_by: ['tags.team'] }, { says: 'Invalid order_by' }),
        search({ order_by: ['name FOO'] }, { says: 'Invalid ordering key' }),
        search({ order_by: [''] }, { says: 'Invalid order_by clause' }),
        search({ order_by: ['name, creation_time'] }, { says: 'Invalid order_by clause' }),
        search({ order_by: 'name' }, { says: "for parameter 'order_by' supplied" }),
      ],
    },
    {
      name: 'view types and pages',
      steps: [
        ...experiments,
        ...['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 1, 2, 3].map((view_type) => search({ view_type }, names)),
        search({ view_type: 'BOGUS' }, refused('An unknown view type is refused; MLflow takes it for ACTIVE_ONLY.')),
        search({ max_results: 2 }, { ...names, capture: { token: 'next_page_token' } }),
        search({ max_results: 2, page_token: '${token}' }, names),
        search(
          { max_results: 2, view_type: 'ALL', order_by: ['name'] },
          { ...names, capture: { token: 'next_page_token' } },
        ),
        search({ max_results: 2, view_type: 'ALL', order_by: ['name'], page_token: '${token}' }, names),
        search({ max_results: '3' }),
        search({ max_results: 50_000 }),
        search({ max_results: 50_001 }, { says: "Invalid value 50001 for parameter 'max_results' supplied" }),
        search({ max_results: 0 }, { says: "Invalid value 0 for parameter 'max_results' supplied" }),
        search({ max_results: -1 }, { says: "Invalid value -1 for parameter 'max_results' supplied" }),
        search({ max_results: 'x' }, { says: "for parameter 'max_results' supplied" }),
        post('experiments/search', {}, { says: "parameter 'max_results' supplied" }),
        search({ page_token: 'zz' }, { says: 'Invalid page token' }),
        search({ page_token: '' }),
      ],
    },
    {
      name: 'by GET',
      steps: [
        ...experiments,
        get('experiments/search', { max_results: '10', filter: own }),
        get('experiments/search', { max_results: '10', filter: own, order_by: ['name DESC', 'creation_time'] }),
        get('experiments/search', { max_results: '10', filter: own, view_type: 'ALL', order_by: 'name' }),
        get('experiments/search', { max_results: '10', filter: own, view_type: '2' }),
        get(
          'experiments/search',
          { max_results: '2', filter: own },
          { ...names, capture: { token: 'next_page_token' } },
        ),
        get('experiments/search', { max_results: '2', filter: own, page_token: '${token}' }, names),
        get('experiments/search', { filter: own }, { says: "parameter 'max_results' supplied" }),
        get('experiments/search', { max_results: 'x' }, { says: "parameter 'max_results' supplied" }),
        get('experiments/search', { max_results: '1', filter: 'foo' }, { says: 'Invalid' }),
      ],
    },
  ],
}
