import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { parseOrderBy } from '../search/order-by.ts'
import { parseField } from '../search/field.ts'
import { parseFilter } from '../search/parser.ts'
import { checkMaxResults } from './rules.ts'
import type { QueriedRun, RunColumn, TrackingStore } from './store.ts'

const mostColumns = 100

export function createRunQueryHandlers({ runs }: TrackingStore): Pick<Handlers, 'queryRuns'> {
  return {
    async queryRuns({ experiment_ids, filter, run_view_type, columns = [], order_by, max_results, page_token }) {
      if (columns.length > mostColumns) {
        throw invalidParameter(`At most ${mostColumns} columns may be asked for at once, got ${columns.length}.`)
      }
      const search = {
        experimentIds: experiment_ids ?? [],
        filter: parseFilter('runs', filter ?? ''),
        orderBy: parseOrderBy('runs', order_by ?? []),
        view: run_view_type ?? 'ACTIVE_ONLY',
        maxResults: checkMaxResults(max_results ?? 100, 1000),
        pageToken: page_token || undefined,
      }
      const page = await runs.query(search, columns.map(toColumn))
      return {
        runs: page.items.map(toWire),
        total: page.total,
        running: page.running,
        next_page_token: page.token ?? undefined,
      }
    },
  }
}

function toColumn({ field, value = 'LAST' }: { field: string; value?: RunColumn['value'] | undefined }): RunColumn {
  const { on, key } = parseField('runs', field)
  if (on === 'dataset') throw invalidParameter(`Invalid column '${field}': a run may have many datasets.`)
  if (on !== 'metric' && value !== 'LAST') {
    throw invalidParameter(`Invalid column '${field}': only a metric has ${value}, as it alone has several values.`)
  }
  return { on, key, value }
}

function toWire(run: QueriedRun) {
  return {
    run_id: run.runId,
    run_name: run.name,
    experiment_id: run.experimentId,
    status: run.status,
    lifecycle_stage: run.lifecycle,
    start_time: run.startTime,
    end_time: run.endTime ?? undefined,
    // JSON has neither NaN and the infinities nor exact integers beyond 2^53: they are text.
    values: run.values.map((value) =>
      typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value,
    ),
  }
}
