import { invalidParameter } from '@trackway/api'
import type { Request } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { conditionText } from '../search/filter-text.ts'
import { parseFilter } from '../search/parser.ts'
import { checkMaxResults } from './rules.ts'
import { toColumn, toJsonValue } from './run-columns.ts'
import type { GroupOrderTerm, GroupRequest, RunGroup } from './run-grouping.ts'
import type { RunColumn, TrackingStore } from './store.ts'

const most = { fields: 5, columns: 20, terms: 10 } as const

export function createRunGroupHandlers({ runs }: TrackingStore): Pick<Handlers, 'groupRuns'> {
  return {
    async groupRuns(request) {
      const fields = toFields(request.group_by ?? [])
      const columns = toColumns(request.columns ?? [])
      const selection = {
        experimentIds: request.experiment_ids ?? [],
        filter: parseFilter('runs', request.filter ?? ''),
        view: request.run_view_type ?? 'ACTIVE_ONLY',
      }
      const { items, token, total, matching } = await runs.groups(selection, {
        fields,
        columns,
        orderBy: toOrder(request.order_by ?? [], { fields, columns }),
        maxResults: checkMaxResults(request.max_results ?? 100, 1000),
        pageToken: request.page_token || undefined,
      })
      return {
        groups: items.map((group) => toWire(group, fields)),
        total,
        total_matching: matching,
        next_page_token: token ?? undefined,
      }
    },
  }
}

function toFields(texts: readonly string[]): RunColumn[] {
  if (texts.length < 1 || texts.length > most.fields) {
    throw invalidParameter(`From 1 to ${most.fields} fields may be in group_by, got ${texts.length}.`)
  }
  const fields = texts.map((field) => toColumn({ field }))
  for (const [place, { on, key }] of fields.entries()) {
    if (on === 'metric') {
      throw invalidParameter(
        `Invalid group_by field '${texts[place]}': runs are grouped by params, tags and attributes.`,
      )
    }
    if (fields.findIndex((other) => other.on === on && other.key === key) !== place) {
      throw invalidParameter(`Invalid group_by field '${texts[place]}': it is there twice.`)
    }
  }
  return fields
}

function toColumns(wire: readonly Parameters<typeof toColumn>[0][]): RunColumn[] {
  if (wire.length > most.columns) {
    throw invalidParameter(`At most ${most.columns} columns may be asked for at once, got ${wire.length}.`)
  }
  return wire.map((column) => {
    const read = toColumn(column)
    if (read.on === 'metric' || read.on === 'param') return read
    throw invalidParameter(`Invalid column '${column.field}': only metrics and params have numbers.`)
  })
}

type OrderOfWire = NonNullable<Request<'groupRuns'>['order_by']>

function toOrder(
  terms: OrderOfWire,
  { fields, columns }: Pick<GroupRequest, 'fields' | 'columns'>,
): readonly GroupOrderTerm[] {
  if (terms.length === 0) return [{ by: 'RUNS', place: 0, ascending: false }]
  if (terms.length > most.terms) {
    throw invalidParameter(`\`order_by\` has ${terms.length} terms, ${most.terms} are allowed.`)
  }
  return terms.map(({ by, place = 0, descending = false }) => {
    const isOfAll = by === 'RUNS' || by === 'LAST_START_TIME'
    const [places, list] = by === 'VALUE' ? [fields.length, 'group_by'] : [columns.length, 'columns']
    if (!isOfAll && (place < 0 || place >= places)) {
      throw invalidParameter(`Invalid place ${place} in order_by for ${by}: ${list} has ${places}, counted from 0.`)
    }
    return { by, place: isOfAll ? 0 : place, ascending: !descending }
  })
}

function toWire({ values, runs, running, lastStartTime, aggregates }: RunGroup, fields: readonly RunColumn[]) {
  const conditions = fields.map((field, place) => conditionText(field, values[place] ?? null))
  return {
    values: values.map(toJsonValue),
    filter: conditions.includes(undefined) ? undefined : conditions.join(' AND '),
    runs,
    running,
    last_start_time: lastStartTime,
    aggregates: aggregates.map(
      (aggregate) =>
        aggregate && {
          count: aggregate.count,
          left_out: aggregate.leftOut,
          mean: aggregate.mean,
          min: aggregate.min,
          max: aggregate.max,
          std: aggregate.std,
        },
    ),
  }
}
