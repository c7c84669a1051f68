import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { parentTag } from '../controls/client-tags.ts'
import { Loading } from '../controls/notices.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import { type Column, parseColumn } from './column.ts'
import { EmptyWorkspace } from './empty-workspace.tsx'
import { useExperimentNames } from './experiment-names.ts'
import { FilterBar } from './filter-bar.tsx'
import { PeekPanel } from './peek-panel.tsx'
import { useFacets } from './run-queries.ts'
import { SelectionBar } from './selection-bar.tsx'
import { SplitPane } from './split-pane.tsx'
import { autoColumns } from './table/auto-columns.ts'
import { RunsTable } from './table/runs-table.tsx'
import { useTableRows } from './table/table-rows.ts'
import { Toolbar } from './toolbar.tsx'
import { useIsNarrow, useIsWide } from './use-width.ts'
import { WorkspaceHead } from './workspace-head.tsx'
import { type Lens, lenses } from './workspace-state.ts'
import styles from './workspace.module.css'
import type { RunScope, Workspace } from './workspace.ts'

const ChartsLens = lazy(async () => ({ default: (await import('./charts/charts-lens.tsx')).ChartsLens }))
const CompareLens = lazy(async () => ({ default: (await import('./compare/compare-lens.tsx')).CompareLens }))
const PlotsLens = lazy(async () => ({ default: (await import('./plots/plots-lens.tsx')).PlotsLens }))
const ImagesLens = lazy(async () => ({ default: (await import('./images/images-lens.tsx')).ImagesLens }))
const ArtifactsLens = lazy(async () => ({ default: (await import('./artifacts/artifacts-lens.tsx')).ArtifactsLens }))

const none: readonly string[] = []
const noColumns: readonly Column[] = []

interface WorkspaceViewProps {
  readonly workspace: Workspace
  /** Undefined where the workspace is about several experiments. */
  readonly experimentId: string | undefined
}

/** One set of runs, what narrows it, and the lens on it. */
export function WorkspaceView({ workspace, experimentId }: WorkspaceViewProps) {
  const { state, scope, change } = workspace
  const [bulk, setBulk] = useState(none)
  const facets = useFacets(scope)
  const all = useFacets(useMemo((): RunScope => ({ ...scope, filter: '', orderBy: [] }), [scope]))
  const found = all.data?.facets
  const columns = useMemo(
    () => state.cols ?? withExperiment(autoColumns(found ?? [], Number(all.data?.total ?? 0)).columns, experimentId),
    [state.cols, found, all.data?.total, experimentId],
  )
  const parsed = useMemo(() => columns.map(parseColumn).filter((column) => column !== undefined), [columns])
  const isNested = found?.some(({ kind, key }) => kind === 'TAG' && key === parentTag) === true
  const isTree = state.tree ?? (isNested && scope.filter === '' && state.order === undefined)
  const lens = useLens(workspace, found === undefined || found.some(({ kind }) => kind === 'METRIC'))
  const hasTable = lens === 'table' || lens === 'split'
  const table = useTableRows(workspace, hasTable ? parsed : noColumns, isTree)
  useShortcuts({
    ...Object.fromEntries(lenses.map((one, index) => [String(index + 1), () => change({ lens: one })])),
    c: () => change({ lens: 'compare' }),
    Escape: () => state.peek !== undefined && change({ peek: undefined }),
  })
  const names = useExperimentNames(experimentId === undefined)
  const dropBulk = useCallback(() => setBulk((now) => (now.length > 0 ? none : now)), [])

  const isEmpty = scope.filter === '' && scope.viewType === 'ACTIVE_ONLY' && table.total === 0
  if (isEmpty) return <EmptyWorkspace experimentId={experimentId} workspace={workspace} />
  const tableLens = (
    <RunsTable workspace={workspace} table={table} columns={columns} names={names} bulk={bulk} dropBulk={dropBulk} />
  )
  return (
    <div className={styles['workspace']}>
      <WorkspaceHead experimentId={experimentId} workspace={workspace} />
      <FilterBar workspace={workspace} error={table.error} />
      <Toolbar
        workspace={workspace}
        table={table}
        lens={lens}
        columns={columns}
        facets={all.data?.facets ?? []}
        isNested={isNested}
        isTree={isTree}
      />
      <div className={styles['content']}>
        <div className={styles['lens']}>
          <Suspense fallback={<Loading what="the runs" />}>
            {lens === 'table' && tableLens}
            {lens === 'split' && (
              <SplitPane workspace={workspace} left={tableLens} right={<ChartsLens workspace={workspace} />} />
            )}
            {lens === 'charts' && <ChartsLens workspace={workspace} />}
            {lens === 'compare' && <CompareLens workspace={workspace} />}
            {lens === 'plots' && <PlotsLens workspace={workspace} />}
            {lens === 'images' && <ImagesLens workspace={workspace} />}
            {lens === 'artifacts' && <ArtifactsLens workspace={workspace} />}
          </Suspense>
        </div>
        {state.peek !== undefined && (
          <PeekPanel workspace={workspace} runId={state.peek} table={table} isOver={lens === 'split'} />
        )}
      </div>
      <SelectionBar
        workspace={workspace}
        table={table}
        columns={columns}
        bulk={bulk}
        onBulk={setBulk}
        total={Number(facets.data?.total ?? table.total ?? 0)}
      />
    </div>
  )
}

/** The lens of the address, or else the one that suits the screen. */
function useLens({ state }: Workspace, hasCurves: boolean): Lens {
  const isWide = useIsWide()
  const isNarrow = useIsNarrow()
  const lens = state.lens ?? (isWide && hasCurves ? 'split' : 'table')
  return lens === 'split' && isNarrow ? 'table' : lens
}

function withExperiment(columns: readonly string[], experimentId: string | undefined): readonly string[] {
  return experimentId === undefined ? ['attributes.experiment_id', ...columns] : columns
}
