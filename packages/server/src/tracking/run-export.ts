import { ApiError, invalidParameter } from '@trackway/api'
import type { Request } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { parseRunOrder } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { writeCsv } from '../tables/csv.ts'
import { writeJson } from '../tables/json.ts'
import { writeParquet } from '../tables/parquet.ts'
import type { Cell, RowBlocks, TableColumn, TableWriter } from '../tables/table.ts'
import { EncodedReply } from './encoded-reply.ts'
import type { ReplyFile } from './encoded-reply.ts'
import { exportColumn, exportColumns } from './export-columns.ts'
import type { ExportColumn } from './export-columns.ts'
import type { RunSelection, TrackingStore } from './store.ts'

interface Format {
  readonly write: TableWriter
  readonly mediaType: string
  readonly extension: string
}

const formats: Readonly<Record<NonNullable<Request<'exportRuns'>['format']>, Format>> = {
  CSV: { write: writeCsv, mediaType: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  JSON: { write: writeJson, mediaType: 'application/json', extension: 'json' },
  PARQUET: { write: writeParquet, mediaType: 'application/vnd.apache.parquet', extension: 'parquet' },
}

const pointColumns: readonly TableColumn[] = [
  { name: 'run_id', kind: 'text' },
  { name: 'run_name', kind: 'text' },
  { name: 'key', kind: 'text' },
  { name: 'step', kind: 'int64' },
  { name: 'timestamp', kind: 'time' },
  { name: 'value', kind: 'double' },
]
/** Points whose rows are made at once. */
const mostPoints = 10_000

export function createExportHandlers({
  experiments,
  runs,
  metrics,
}: TrackingStore): Pick<Handlers, 'exportRuns' | 'exportMetrics'> {
  /** What the file is called: after the experiment, where it is about one. */
  async function fileOf(
    what: string,
    { experimentIds: [first, ...others] }: RunSelection,
    { mediaType, extension }: Format,
  ): Promise<ReplyFile> {
    const name = first !== undefined && others.length === 0 ? await nameOf(first) : ''
    return { mediaType, name: `${name === '' ? '' : `${name}-`}${what}.${extension}` }
  }

  async function nameOf(experimentId: string): Promise<string> {
    try {
      return inFileName((await experiments.get(experimentId)).name)
    } catch (error) {
      // As in a search, an experiment that does not exist has no runs.
      if (error instanceof ApiError) return ''
      throw error
    }
  }

  async function* pointsOf(selection: RunSelection, keys: readonly string[]): AsyncGenerator<readonly Cell[][]> {
    const columns = [exportColumn('run_id'), exportColumn('run_name')]
    for await (const block of runs.export({ ...selection, orderBy: [] }, columns)) {
      for (const [runId, runName] of block as readonly (readonly [string, string])[]) {
        for (const key of keys.length > 0 ? keys : await metricsOf(runId)) {
          for await (const points of metrics.history(runId, key, { after: undefined, limit: undefined })) {
            for (let start = 0; start < points.length; start += mostPoints) {
              yield points
                .slice(start, start + mostPoints)
                .map(([step, timestamp, value]) => [runId, runName, key, step, timestamp, value])
            }
          }
        }
      }
    }
  }

  async function metricsOf(runId: string): Promise<readonly string[]> {
    return (await runs.keys({ experimentIds: [], runIds: [runId], filter: [], view: 'ALL' })).metrics
  }

  return {
    async exportRuns({ columns: fields = [], order_by, format = 'CSV', ...request }) {
      const sorting = { ...selectionOf(request), orderBy: parseRunOrder(order_by ?? []) }
      const asked = fields.map(exportColumn)
      const columns = exportColumns(fields.length > 0 ? asked : await allColumns(sorting))
      const rows = runs.export(sorting, columns)
      return reply(formats[format], columns, rows, await fileOf('runs', sorting, formats[format]))
    },

    async exportMetrics({ keys = [], format = 'CSV', ...request }) {
      const selection = selectionOf(request)
      const rows = pointsOf(selection, [...new Set(keys)])
      return reply(formats[format], pointColumns, rows, await fileOf('metrics', selection, formats[format]))
    },
  }

  async function allColumns(selection: RunSelection): Promise<readonly ExportColumn[]> {
    const keys = await runs.keys(selection)
    const column = (on: 'metric' | 'param') => (key: string) => exportColumn({ on, key, value: 'LAST' })
    return [...keys.metrics.map(column('metric')), ...keys.params.map(column('param'))]
  }
}

function reply(format: Format, columns: readonly TableColumn[], rows: RowBlocks, file: ReplyFile): EncodedReply {
  return new EncodedReply(format.write(columns, rows), file)
}

type SelectionRequest = Pick<Request<'exportRuns'>, 'experiment_ids' | 'run_ids' | 'filter' | 'run_view_type'>

function selectionOf({ experiment_ids = [], run_ids = [], filter, run_view_type }: SelectionRequest): RunSelection {
  if (experiment_ids.length === 0 && run_ids.length === 0) {
    throw invalidParameter("Missing value for required parameter 'experiment_ids': say which experiments or 'run_ids'.")
  }
  return {
    experimentIds: experiment_ids,
    runIds: run_ids.length > 0 ? [...new Set(run_ids)] : undefined,
    filter: parseFilter('runs', filter ?? ''),
    view: run_view_type ?? 'ACTIVE_ONLY',
  }
}

const longestName = 80

/** Only what no file system minds. */
function inFileName(name: string): string {
  return name
    .replaceAll(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
    .slice(0, longestName)
    .toWellFormed()
}
