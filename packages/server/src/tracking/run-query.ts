import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { parseRunOrder } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { checkMaxResults } from './rules.ts'
import { toColumn, toJsonValue } from './run-columns.ts'
import type { QueriedRun, RunLevel, TrackingStore } from './store.ts'

const most = { columns: 100, runIds: 500 } as const

export function createRunQueryHandlers({ runs }: TrackingStore): Pick<Handlers, 'queryRuns'> {
  return {
    async queryRuns(request) {
      const { columns = [], run_ids = [] } = request
      if (columns.length > most.columns) {
        throw invalidParameter(`At most ${most.columns} columns may be asked for at once, got ${columns.length}.`)
      }
      if (run_ids.length > most.runIds) {
        throw invalidParameter(`At most ${most.runIds} run_ids may be asked for at once, got ${run_ids.length}.`)
      }
      const level = toLevel(request.roots_only, request.parent_run_id)
      const search = {
        experimentIds: request.experiment_ids ?? [],
        runIds: run_ids.length === 0 ? undefined : run_ids,
        filter: parseFilter('runs', request.filter ?? ''),
        orderBy: parseRunOrder(request.order_by ?? []),
        view: request.run_view_type ?? 'ACTIVE_ONLY',
        maxResults: checkMaxResults(request.max_results ?? 100, 1000),
        pageToken: request.page_token || undefined,
      }
      const { items, token, total, running, matching } = await runs.query(search, level, columns.map(toColumn))
      return {
        runs: items.map(toWire),
        total,
        running,
        total_matching: level === 'ALL' ? undefined : matching.total,
        running_matching: level === 'ALL' ? undefined : matching.running,
        next_page_token: token ?? undefined,
      }
    },
  }
}

function toLevel(rootsOnly: boolean | undefined, parent: string | undefined): RunLevel {
  if (!parent) return rootsOnly ? 'ROOTS' : 'ALL'
  if (rootsOnly)
    throw invalidParameter('Either roots_only or parent_run_id may be given, not both: they are two levels.')
  return { parent }
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
    parent_run_id: run.parentId,
    children: run.children,
    values: run.values.map(toJsonValue),
  }
}
