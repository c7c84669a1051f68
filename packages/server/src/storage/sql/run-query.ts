import type { Sql } from 'sql-template-tag'

import type {
  ColumnValue,
  QueriedPage,
  QueriedRun,
  RunColumn,
  RunCounts,
  RunLevel,
  RunSearch,
} from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'
import { columnValues } from './run-columns.ts'
import { runsByIds } from './run-rows.ts'
import { countRunningWhere, countWhere, findRunIds, selectionOf } from './run-search.ts'
import { parentTag, treeLevel } from './run-tree.ts'
import type { TreeLevel } from './run-tree.ts'

const parentColumn: RunColumn = { on: 'tag', key: parentTag, value: 'LAST' }

/** A page of runs with some columns, in one query for each column, and how many there are in all. */
export function queryRuns(
  database: Database,
  names: Names,
  search: RunSearch,
  level: RunLevel,
  columns: readonly RunColumn[],
): Promise<QueriedPage> {
  return database.snapshot(async (inner) => {
    const selection = await selectionOf(inner, names, search)
    const tree = level === 'ALL' ? null : await treeLevel(inner, names, selection, level)
    const { ids, token } = await findRunIds(
      inner,
      names,
      search,
      tree ? { key: level, conditions: tree.conditions } : undefined,
    )
    const rows = new Map((await inner.all(runsByIds, { ids })).map((row) => [row.id, row]))
    const parents = await columnValues(inner, names, ids, parentColumn)
    const children = await tree?.countChildren([...rows.values()].map(({ uuid }) => uuid))
    const values: ReadonlyMap<number, ColumnValue>[] = []
    for (const column of columns) values.push(await columnValues(inner, names, ids, column))
    const items = ids.flatMap((id): QueriedRun[] => {
      const row = rows.get(id)
      if (!row) return []
      const parent = String(parents.get(id) ?? '')
      return [
        {
          runId: row.uuid,
          name: row.name,
          experimentId: String(row.experiment_id),
          status: row.status,
          lifecycle: row.lifecycle_stage,
          startTime: row.start_time,
          endTime: row.end_time,
          parentId: parent === '' ? undefined : parent,
          children: children && (children.get(row.uuid) ?? 0),
          values: values.map((column) => column.get(id) ?? null),
        },
      ]
    })
    const matching = {
      total: await countWhere(inner, selection),
      running: await countRunningWhere(inner, selection),
    }
    return {
      items,
      token,
      ...(tree ? await countLevel(inner, selection, tree, matching.total) : matching),
      matching,
    }
  })
}

async function countLevel(
  database: Database,
  selection: readonly Sql[],
  { conditions, below }: TreeLevel,
  matching: number,
): Promise<RunCounts> {
  const all = [...selection, ...conditions]
  return {
    total: below === undefined ? await countWhere(database, all) : matching - below,
    running: await countRunningWhere(database, all),
  }
}
