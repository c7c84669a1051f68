import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef } from 'react'
import { isLowerBetter } from '@trackway/sdk'
import { orderText, parseColumn, parseOrder } from '../column.ts'
import type { Workspace } from '../workspace.ts'
import type { TableActs } from './table-acts.ts'
import { groupKey, type TableRows } from './table-rows.ts'

interface Around {
  readonly workspace: Workspace
  readonly table: TableRows
  /** Ids of the columns shown, in order. */
  readonly columns: readonly string[]
  /** Runs that are selected without standing in the address, as there are too many. */
  readonly dropBulk: () => void
  readonly openMenu: TableActs['openMenu']
  readonly editTag: TableActs['editTag']
  readonly rename: TableActs['rename']
}

/** What can be done in the table: nearly all of it changes the address. The object stays the same, so that rows do. */
export function useTableActs(around: Around): TableActs {
  const navigate = useNavigate()
  const latest = useRef({ ...around, navigate })
  useEffect(() => {
    latest.current = { ...around, navigate }
  })
  const anchor = useRef<string | undefined>(undefined)

  return useMemo((): TableActs => {
    const { now, change } = {
      now: () => latest.current,
      change: (...given: Parameters<Workspace['change']>) => latest.current.workspace.change(...given),
    }
    const toggled = (list: readonly string[] = [], one: string): readonly string[] | undefined => {
      const rest = list.filter((id) => id !== one)
      const next = rest.length === list.length ? [...list, one] : rest
      return next.length > 0 ? next : undefined
    }
    return {
      toggle: (row) => {
        const id = row.kind === 'group' ? groupKey(row.group) : row.run.run_id
        change({ open: toggled(now().workspace.state.open, id) }, { replace: true })
      },
      select: ({ run_id }, isRange) => {
        const { workspace, table, dropBulk } = now()
        const sel = workspace.state.sel ?? []
        const ids = idsOf(table)
        const from = anchor.current === undefined ? -1 : ids.indexOf(anchor.current)
        const to = ids.indexOf(run_id)
        dropBulk()
        if (isRange && from >= 0 && to >= 0) {
          const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1)
          change({ sel: [...new Set([...sel, ...range])] }, { replace: true })
          return
        }
        anchor.current = run_id
        change({ sel: toggled(sel, run_id) }, { replace: true })
      },
      selectAll: () => {
        const { workspace, table, dropBulk } = now()
        const ids = [...new Set(idsOf(table))]
        const sel = workspace.state.sel ?? []
        dropBulk()
        change({ sel: ids.every((id) => sel.includes(id)) ? undefined : ids }, { replace: true })
      },
      open: ({ experiment_id, run_id }) =>
        void now().navigate({
          to: '/experiments/$experimentId/runs/$runId',
          params: { experimentId: experiment_id, runId: run_id },
        }),
      peek: (run) => change({ peek: run?.run_id }, { replace: now().workspace.state.peek !== undefined }),
      hide: ({ run_id }) => change({ hide: toggled(now().workspace.state.hide, run_id) }, { replace: true }),
      pin: ({ run_id }) => change({ pin: toggled(now().workspace.state.pin, run_id) }),
      editTag: (run, key) => now().editTag(run, key),
      rename: (run) => now().rename(run),
      sort: (id) => change({ order: nextOrder(id, now().workspace.state.order) }),
      openMenu: (id, trigger) => now().openMenu(id, trigger),
      resize: (id, width) => {
        const { widths } = now().workspace.state
        change({ widths: { ...widths, [id]: Math.max(48, Math.min(1200, width)) } }, { replace: true })
      },
      move: (id, before) => {
        const rest = now().columns.filter((one) => one !== id)
        if (rest.length === now().columns.length || id === before) return
        const place = before === undefined ? rest.length : Math.max(0, rest.indexOf(before))
        change({ cols: rest.toSpliced(place, 0, id) })
      },
    }
  }, [])
}

/** The best first, then the worst, then as it was. */
function nextOrder(id: string, order: string | undefined): string | undefined {
  const column = parseColumn(id)
  const isDescending = column?.kind === 'metric' ? !isLowerBetter(column.key) : id === 'attributes.start_time'
  const now = parseOrder(order)
  if (now?.column !== id) return orderText({ column: id, isDescending })
  return now.isDescending === isDescending ? orderText({ column: id, isDescending: !isDescending }) : undefined
}

function idsOf({ rows }: TableRows): string[] {
  return rows.flatMap((row): string[] => (row.kind === 'run' ? [row.run.run_id] : []))
}
