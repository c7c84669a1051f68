import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { parseField } from '../search/field.ts'
import { fieldText } from '../search/filter-text.ts'
import { parseFilter } from '../search/parser.ts'
import { paramImportances } from './param-importance.ts'
import type { QueriedRun, RunColumn, RunSelection, TrackingStore } from './store.ts'

const most = { runs: 5000, params: 60 } as const
const pageSize = 1000

export function createRunImportanceHandlers({ runs }: TrackingStore): Pick<Handlers, 'runImportance'> {
  return {
    async runImportance({ experiment_ids, filter, run_view_type, metric }) {
      const { on, key } = parseField('runs', metric)
      if (on !== 'metric') throw invalidParameter(`Invalid metric '${metric}': it must be one, such as metrics.loss.`)
      const selection = {
        experimentIds: experiment_ids ?? [],
        filter: parseFilter('runs', filter ?? ''),
        view: run_view_type ?? 'ACTIVE_ONLY',
      }
      const keys = await paramKeys(selection)
      const columns = [
        { on: 'metric', key, value: 'LAST' } as const,
        ...keys.map((param) => ({ on: 'param', key: param, value: 'LAST' }) as const),
      ]
      const { read, total } = await readRuns(selection, columns)
      const used = read.filter(({ values: [value] }) => Number.isFinite(value))
      const { explained, params } = paramImportances(
        keys.map((param, place) => ({ key: param, values: used.map(({ values }) => textOf(values[place + 1])) })),
        used.map(({ values: [value] }) => Number(value)),
      )
      return {
        total,
        used: used.length,
        explained,
        params: params.map((param) => ({ field: fieldText({ on: 'param', key: param.key }), ...param })),
      }
    },
  }

  /** The params that differ or that not all runs have, those that most runs have first. */
  async function paramKeys(selection: RunSelection): Promise<readonly string[]> {
    const { facets, counted } = await runs.facets(selection, { fields: undefined, values: 0, bins: 0 })
    return facets
      .filter((facet) => facet.on === 'param' && (facet.distinct > 1 || facet.runs < counted))
      .toSorted((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1))
      .slice(0, most.params)
      .map(({ key }) => key)
  }

  async function readRuns(selection: RunSelection, columns: readonly RunColumn[]) {
    const read: QueriedRun[] = []
    let total = 0
    let token: string | null | undefined
    do {
      const search = { ...selection, orderBy: [], maxResults: pageSize, pageToken: token ?? undefined }
      const page = await runs.query(search, 'ALL', columns)
      read.push(...page.items)
      total = page.total
      token = page.token
    } while (token && read.length < most.runs)
    return { read, total }
  }
}

function textOf(value: QueriedRun['values'][number] | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
