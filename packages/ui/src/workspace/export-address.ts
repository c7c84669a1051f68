import { serverUrl } from '../server.ts'
import { parseColumn } from './column.ts'
import { scopeRequest } from './run-queries.ts'
import type { RunScope } from './workspace.ts'

export const exportFormats = ['CSV', 'JSON', 'PARQUET'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The address of a file of runs: all of the scope, or those named. */
export function exportAddress(
  scope: RunScope,
  columns: readonly string[],
  format: ExportFormat,
  runIds: readonly string[] = [],
): string {
  const query = new URLSearchParams()
  const { experiment_ids, run_view_type, filter } = scopeRequest(scope)
  for (const id of experiment_ids) query.append('experiment_ids', id)
  query.set('run_view_type', run_view_type)
  if (runIds.length === 0 && filter !== undefined) query.set('filter', filter)
  for (const id of runIds) query.append('run_ids', id)
  for (const order of scope.orderBy) query.append('order_by', order)
  for (const id of columns) {
    const column = parseColumn(id)
    if (column && (column.kind !== 'attribute' || column.key === 'user_id')) query.append('columns', id)
  }
  query.set('format', format)
  return `${serverUrl}/api/trackway/v1/runs/export?${query.toString()}`
}
