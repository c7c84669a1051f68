import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import { TagDialog } from '../../controls/tag-list.tsx'
import { server } from '../../server.ts'
import { betterWhen } from '@trackway/sdk'
import { parseColumn } from '../column.ts'
import { isFilterRefusal } from '../filter-refusal.ts'
import { type Facet, type QueriedRun, useFacets } from '../run-queries.ts'
import { valuesOf } from '../run-values.ts'
import { RenameDialog } from '../rename-dialog.tsx'
import { useIsNarrow } from '../use-width.ts'
import type { Workspace } from '../workspace.ts'
import { autoColumns } from './auto-columns.ts'
import { ConstantsStrip } from './constants-strip.tsx'
import { RunGrid } from './run-grid.tsx'
import styles from './runs-table.module.css'
import { useTableLayout } from './table-layout.ts'
import type { TableRows } from './table-rows.ts'
import { useTableActs } from './use-table-acts.ts'

const HeaderMenu = lazy(async () => ({ default: (await import('./header-menu.tsx')).HeaderMenu }))

interface RunsTableProps {
  readonly workspace: Workspace
  readonly table: TableRows
  /** Ids of the columns shown. */
  readonly columns: readonly string[]
  /** The names of experiments, where the runs are of several. */
  readonly names: ReadonlyMap<string, string>
  /** Runs selected beyond what an address can name. */
  readonly bulk: readonly string[]
  readonly dropBulk: () => void
}

const none: readonly string[] = []

/** The table lens. */
export function RunsTable({ workspace, table, columns, names, bulk, dropBulk }: RunsTableProps) {
  const { state, scope } = workspace
  const queries = useQueryClient()
  const isNarrow = useIsNarrow()
  const layout = useTableLayout(columns, state, isNarrow)
  const facets = useFacets(scope)
  const [menu, setMenu] = useState<{ column: string; trigger: HTMLElement }>()
  const [tagged, setTagged] = useState<{ run: QueriedRun; key: string }>()
  const [renamed, setRenamed] = useState<QueriedRun>()
  const { sel = none } = state
  const selected = useMemo(() => new Set(bulk.length > 0 ? bulk : sel), [bulk, sel])
  const found = facets.data?.facets
  const constants = useMemo(
    () =>
      autoColumns(found ?? [], Number(facets.data?.total ?? 0)).constants.filter(
        ({ field }) => !state.cols?.includes(field),
      ),
    [found, facets.data?.total, state.cols],
  )
  const best = useMemo(() => bestValues(columns, found ?? []), [columns, found])
  const numbers = useMemo(
    () =>
      new Set([
        'attributes.start_time',
        'attributes.end_time',
        'attributes.duration',
        ...(found ?? []).flatMap(({ kind, field, min }) => (kind === 'PARAM' && min !== undefined ? [field] : [])),
      ]),
    [found],
  )
  const acts = useTableActs({
    workspace,
    table,
    columns,
    dropBulk,
    openMenu: useCallback((column: string, trigger: HTMLElement) => setMenu({ column, trigger }), []),
    editTag: (run, key = '') => setTagged({ run, key }),
    rename: setRenamed,
  })

  const isReadable = !(table.error && isFilterRefusal(table.error))
  if (table.error && isReadable && table.rows.length === 0) {
    return <Failure what="The runs could not be loaded." error={table.error} retry={table.retry} />
  }
  if (table.isPending && isReadable) return <Loading what="the runs" rows={12} />
  const chosen = menu && parseColumn(menu.column)
  const value = tagged && valuesOf(tagged.run)[placeOf(tagged.run, tagged.key)]
  return (
    <div className={styles['table']}>
      {!isNarrow && state.group === undefined && facets.data && (
        <ConstantsStrip constants={constants} total={Number(facets.data?.total ?? 0)} />
      )}
      {table.error && isReadable && (
        <p className={styles['away']} role="status">
          <span className="cut" title={table.error.message}>
            The server could not be asked, and what is shown may be old: {table.error.message}
          </span>
          <Button kind="quiet" onClick={() => void table.retry()}>
            Retry
          </Button>
        </p>
      )}
      {table.count === 0 ? (
        <NoMatches workspace={workspace} isReadable={isReadable} />
      ) : (
        <RunGrid
          label="Runs"
          workspace={workspace}
          table={table}
          layout={layout}
          names={names}
          best={best}
          numbers={numbers}
          selected={selected}
          menu={menu?.column}
          acts={acts}
        />
      )}
      <Suspense>
        {menu && chosen && (
          <HeaderMenu
            key={menu.column}
            column={chosen}
            trigger={menu.trigger}
            workspace={workspace}
            columns={columns}
            facet={found?.find(({ field }) => field === chosen.field)}
            acts={acts}
            onClose={() => setMenu(undefined)}
          />
        )}
      </Suspense>
      {tagged && (
        <TagDialog
          title={`${tagged.key === '' ? 'Tag' : `Tag ${tagged.key} of`} ${tagged.run.run_name}`}
          tag={{ key: tagged.key, value: typeof value === 'string' ? value : '' }}
          onSet={async (key, next) => {
            await server.setTag({ run_id: tagged.run.run_id, key, value: next })
            await queries.invalidateQueries({ queryKey: ['runs'] })
          }}
          onClose={() => setTagged(undefined)}
        />
      )}
      {renamed && <RenameDialog run={renamed} onClose={() => setRenamed(undefined)} />}
    </div>
  )

  function placeOf(run: QueriedRun, key: string): number {
    const row = table.rows.find((one) => one.kind === 'run' && one.run === run)
    const column = columns.map(parseColumn).find((one) => one?.kind === 'tag' && one.key === key)
    return (row?.kind === 'run' && column ? row.places.get(column.id) : undefined) ?? -1
  }
}

function NoMatches({ workspace: { state, scope, change }, isReadable }: { workspace: Workspace; isReadable: boolean }) {
  if (!isReadable)
    return <p className={`${styles['message']} quiet`}>No runs are shown until the filter can be read.</p>
  if (scope.filter === '') {
    return <EmptyState title={state.view === 'deleted' ? 'No run here was deleted' : 'There are no runs here'} />
  }
  return (
    <EmptyState title="No run matches">
      <p>
        None has <code dir="auto">{scope.filter.slice(0, 500)}</code>
      </p>
      <p>
        <Button onClick={() => change({ q: undefined, brush: undefined })}>Clear the filter</Button>
      </p>
    </EmptyState>
  )
}

/** The best of the last values of each metric, by a guess from its name. */
function bestValues(columns: readonly string[], facets: readonly Facet[]): ReadonlyMap<string, number> {
  const byField = new Map(facets.map((facet) => [facet.field, facet]))
  return new Map(
    columns.flatMap((id): [string, number][] => {
      const facet = byField.get(id)
      const better = facet && betterWhen(facet.key)
      const value = better && (better === 'lower' ? facet.min : facet.max)
      return facet?.kind === 'METRIC' && value !== undefined && facet.min !== facet.max ? [[id, Number(value)]] : []
    }),
  )
}
