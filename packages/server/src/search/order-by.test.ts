import { ApiError } from '@trackway/api'
import { describe, expect, it } from 'vitest'
import type { EntityName } from './entities.ts'
import type { OrderTerm } from './filter.ts'
import { type OrderField, parseOrderBy, parseOrderField, parseOrderFields, parseRunOrder } from './order-by.ts'

function messageOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    if (error instanceof ApiError && error.code === 'INVALID_PARAMETER_VALUE') return error.message
    throw error
  }
  throw new Error('accepted')
}

describe('parseOrderBy', () => {
  it.each<[EntityName, string, OrderTerm['on'], string, boolean]>([
    ['runs', 'metrics.acc', 'metric', 'acc', true],
    ['runs', 'metrics.acc DESC', 'metric', 'acc', false],
    ['runs', 'metric.acc Asc', 'metric', 'acc', true],
    ['runs', 'tags."a b" asc', 'tag', 'a b', true],
    ['runs', 'tags.`a b` \n desc ', 'tag', 'a b', false],
    ['runs', 'params.val/loss desc', 'param', 'val/loss', false],
    ['runs', 'tags.desc', 'tag', 'desc', true],
    ['runs', 'start_time', 'attribute', 'start_time', true],
    ['runs', '"start_time" DESC', 'attribute', 'start_time', false],
    ['runs', 'attribute.Created', 'attribute', 'start_time', true],
    ['runs', '`run name` desc', 'attribute', 'run_name', false],
    ['experiments', 'name ASC', 'attribute', 'name', true],
    ['experiments', 'experiment_id DESC', 'attribute', 'experiment_id', false],
    ['registeredModels', 'timestamp DESC', 'attribute', 'last_updated_timestamp', false],
    ['modelVersions', 'version_number', 'attribute', 'version_number', true],
    ['modelVersions', 'stage', 'attribute', 'current_stage', true],
  ])('of %s reads %j', (entity, text, on, key, ascending) => {
    expect(parseOrderBy(entity, [text])).toEqual([{ on, key, ascending }])
  })

  it('keeps the order of its terms, and gives none for none', () => {
    expect(parseOrderBy('runs', ['metrics.b DESC', 'metrics.a', 'params.a']).map(({ on, key }) => [on, key])).toEqual([
      ['metric', 'b'],
      ['metric', 'a'],
      ['param', 'a'],
    ])
    expect(parseOrderBy('runs', [])).toEqual([])
  })

  it.each<[EntityName, string, ...string[]]>([
    ['runs', '', "Invalid order_by clause ''. Could not be parsed.", 'Expected a field'],
    ['runs', '  ', "Invalid order_by clause '  '. Could not be parsed."],
    ['runs', 'metrics.acc, start_time', 'Could not be parsed.', 'Expected ASC or DESC at position 12'],
    ['runs', 'metrics.acc;', 'Could not be parsed.'],
    ['runs', 'metrics.acc DESC ASC', 'Could not be parsed.', 'nothing more at position 18'],
    ['runs', 'metrics.acc DESC NULLS LAST', 'Could not be parsed.'],
    ['runs', '(start_time)', 'Could not be parsed.', 'Expected a field'],
    ['runs', '-metrics.acc', 'Could not be parsed.'],
    ['runs', 'metrics.', 'Could not be parsed.'],
    ['runs', 'min(metrics.acc)', 'Could not be parsed.', 'Expected ASC or DESC at position 4'],
    ['runs', "'start_time'", 'Could not be parsed.'],
    ['runs', 'tags."a b', 'Could not be parsed.', 'The quote at position 6 is never closed.'],
    ['runs', 'metrics.acc FOO', "Invalid ordering key in order_by clause 'metrics.acc FOO'.", 'ASC or DESC'],
    ['runs', 'run name', "Invalid ordering key in order_by clause 'run name'.", 'needs quotes'],
    ['runs', 'foo', "Invalid attribute key 'foo' specified. Valid keys are run_id"],
    ['runs', 'foo.bar', "Invalid entity type 'foo'. Valid values are"],
    ['runs', 'datasets.name', 'Invalid order_by entity: dataset. Valid values are metrics, params, tags, attributes.'],
    ['experiments', 'metrics.a', "Invalid entity type 'metrics'."],
    ['experiments', 'tags.a', 'Invalid order_by entity: tag. Valid values are attributes.'],
    ['registeredModels', 'tags.a', 'Invalid order_by entity: tag. Valid values are attributes.'],
  ])('of %s refuses %j', (entity, text, ...phrases) => {
    const message = messageOf(() => parseOrderBy(entity, [text]))
    for (const phrase of phrases) expect(message).toContain(phrase)
  })

  it('refuses the same field twice, also by a synonym, but not two kinds with one key', () => {
    expect(messageOf(() => parseOrderBy('runs', ['start_time', 'Created desc']))).toContain(
      '`order_by` contains duplicate fields',
    )
    expect(parseOrderBy('runs', ['tags.a', 'params.a'])).toHaveLength(2)
  })

  it('takes 32 terms and refuses more', () => {
    const terms = (count: number) => Array.from({ length: count }, (_, i) => `metrics.m${i}`)
    expect(parseOrderBy('runs', terms(32))).toHaveLength(32)
    expect(messageOf(() => parseOrderBy('runs', terms(33)))).toContain('33 terms, 32 are allowed')
  })
})

describe('parseRunOrder', () => {
  it('reads extremes of metrics beside all that searches take', () => {
    expect(
      parseRunOrder(['min(metrics.acc)', 'Max ( metric."a b" ) desc', 'count(metrics.acc)', 'metrics.acc']),
    ).toEqual([
      { on: 'metric', key: 'acc', ascending: true, value: 'MIN' },
      { on: 'metric', key: 'a b', ascending: false, value: 'MAX' },
      { on: 'metric', key: 'acc', ascending: true, value: 'COUNT' },
      { on: 'metric', key: 'acc', ascending: true },
    ])
  })

  it.each([
    ['min(params.lr)', 'Only a metric has MIN'],
    ['count(start_time)', 'Only a metric has COUNT'],
    ['min metrics.acc', 'Expected ( at position 5'],
    ['min(metrics.acc', 'Expected ) at the end'],
    ['min(metrics.acc, 2)', 'Expected ) at position 16'],
    ['min()', 'Expected a field'],
    ['min(metrics.acc) FOO', 'ASC or DESC'],
    ['avg(metrics.acc)', 'Could not be parsed.'],
  ])('refuses %j', (text, phrase) => {
    expect(messageOf(() => parseRunOrder([text]))).toContain(phrase)
  })

  it('refuses the same extreme twice, and more than 32 terms', () => {
    expect(messageOf(() => parseRunOrder(['min(metrics.a)', 'MIN(metric.a) DESC']))).toContain('duplicate fields')
    expect(messageOf(() => parseRunOrder(Array.from({ length: 33 }, (_, i) => `min(metrics.m${i})`)))).toContain(
      '33 terms',
    )
  })
})

describe('parseOrderField', () => {
  it.each<[OrderField, OrderTerm['on'], string, boolean]>([
    [{ field_name: 'name' }, 'attribute', 'name', true],
    [{ field_name: 'creation_time', ascending: false }, 'attribute', 'creation_timestamp', false],
    [{ field_name: 'last_updated_timestamp_ms', ascending: true }, 'attribute', 'last_updated_timestamp', true],
    [{ field_name: 'attributes.name' }, 'attribute', 'name', true],
    [{ field_name: 'params.a' }, 'param', 'a', true],
    [{ field_name: 'metrics.a.b c' }, 'metric', 'a.b c', true],
    [{ field_name: 'metrics.`a b`' }, 'metric', 'a b', true],
    [{ field_name: 'tags."a b"' }, 'tag', 'a b', true],
    [{ field_name: 'name', dataset_name: 'd' }, 'attribute', 'name', true],
  ])('reads %j', (field, on, key, ascending) => {
    expect(parseOrderField('loggedModels', field)).toEqual({ on, key, ascending })
  })

  it('keeps the dataset of a metric', () => {
    expect(
      parseOrderField('loggedModels', { field_name: 'metrics.rmse', dataset_name: 'd', dataset_digest: '1' }),
    ).toEqual({ on: 'metric', key: 'rmse', ascending: true, datasetName: 'd', datasetDigest: '1' })
  })

  it.each(['', 'foo', 'name DESC', 'metrics.', 'metrics.``', 'foo.a', '.a', 'constructor'])('refuses %j', (name) => {
    expect(messageOf(() => parseOrderField('loggedModels', { field_name: name }))).toContain(
      `Invalid order by field name: ${name}. Invalid `,
    )
  })
})

describe('parseOrderFields', () => {
  it('refuses the same field twice, but takes one metric on two datasets', () => {
    const rmse = { field_name: 'metrics.rmse' }
    expect(messageOf(() => parseOrderFields('loggedModels', [rmse, { ...rmse, ascending: false }]))).toContain(
      'duplicate',
    )
    expect(parseOrderFields('loggedModels', [rmse, { ...rmse, dataset_name: 'd' }])).toHaveLength(2)
  })

  it('refuses more than 32 terms', () => {
    const fields = Array.from({ length: 33 }, (_, i) => ({ field_name: `metrics.m${i}` }))
    expect(messageOf(() => parseOrderFields('loggedModels', fields))).toContain('33 terms, 32 are allowed')
  })
})
