import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { double, emptyableString, int32, int64, list, message, oneOf, optional, required, string } from './schema.ts'

const facetValue = message({
  value: required(emptyableString),
  runs: required(int64, 'How many of the runs have it.'),
})

const facet = message({
  field: required(string, 'As a filter writes it, quoted where needed: metrics.loss, params.`batch size`.'),
  kind: required(oneOf(['METRIC', 'PARAM', 'TAG', 'ATTRIBUTE'])),
  key: required(string),
  runs: required(int64, 'How many of the runs have it.'),
  distinct: required(
    int64,
    'How many values there are, counted up to 1,000. Texts with the same first 257 characters count as one.',
  ),
  values: optional(
    list(facetValue),
    'The most frequent texts first: of those counted, and none longer than 256 UTF-16 units.',
  ),
  min: optional(
    double,
    'Of the numbers but NaN and the infinities: metrics, start_time, params that are numbers in all runs.',
  ),
  max: double,
  histogram: optional(list(int64), 'How many of those numbers lie in each of the equal bins from min to max.'),
})

/** What a table of runs may show, complete and draw in its headers. */
export const runFacets = endpoint({
  method: 'POST',
  path: '/runs/facets',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'Which metrics, params, tags and attributes the matching runs have, and their values in short.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    run_view_type: viewType,
    fields: optional(
      list(string),
      'Only these, with up to 200 values each, and at most 100 of them; all, with up to 12 values each, when empty.',
    ),
    bins: optional(int32, 'From 1 to 100. With it, numbers come with a histogram of so many bins.'),
  }),
  response: message({
    total: required(int64, 'How many runs match.'),
    counted: required(
      int64,
      'How many of them the facets are about: all, or the newest where all would be over two million values.',
    ),
    facets: optional(list(facet), 'By kind, then by key. What no run has is left out.'),
  }),
})
