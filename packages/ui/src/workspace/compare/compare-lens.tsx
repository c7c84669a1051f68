import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { copyText } from '../../controls/copy-button.tsx'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import { toast } from '../../shell/toasts.tsx'
import { changedState, type ChartsChange, parseChartsState } from '../charts/charts-state.ts'
import { MetricCharts } from '../charts/metric-charts.tsx'
import type { ShownRun } from '../shown-runs.ts'
import { useIsNarrow } from '../use-width.ts'
import type { Workspace } from '../workspace.ts'
import { CompareGrid, type FactPlace } from './compare-grid.tsx'
import { compareLines } from './compare-lines.ts'
import { changeCompare, parseCompareState } from './compare-state.ts'
import { CompareTools } from './compare-tools.tsx'
import styles from './compare.module.css'
import { useComparison } from './comparison.ts'
import { wholeText } from './fact.ts'
import { runMenuItems } from './run-menu.ts'

const MenuPopover = lazy(async () => ({ default: (await import('../../controls/menu-popover.tsx')).MenuPopover }))
const FileCompare = lazy(async () => ({ default: (await import('../artifacts/file-compare.tsx')).FileCompare }))
const ValueDialog = lazy(async () => ({ default: (await import('./value-dialog.tsx')).ValueDialog }))

/** What the shown runs have, side by side. */
export function CompareLens({ workspace }: { workspace: Workspace }) {
  const { data, error, isOld, refetch } = useComparison(workspace)
  const state = useMemo(() => parseCompareState(workspace.state.compare), [workspace.state.compare])
  const facts = data?.facts
  const lines = useMemo(() => compareLines(facts ?? [], state), [facts, state])
  const isNarrow = useIsNarrow()
  const scroller = useRef<HTMLDivElement>(null)
  const trigger = useRef<HTMLElement>(null)
  const [menu, setMenu] = useState<ShownRun>()
  const [read, setRead] = useState<FactPlace>()
  const openMenu = useCallback((run: ShownRun, from: HTMLElement) => {
    trigger.current = from
    setMenu(run)
  }, [])

  if (!data) {
    if (error) return <Failure what="The runs could not be compared." error={error} retry={refetch} />
    return <Loading what="the comparison" rows={12} />
  }
  const { runs, sharedMetrics, left } = data
  if (runs.length < 2) return <TooFewRuns workspace={workspace} />
  const hasBaseline = workspace.state.base !== undefined && runs[0]?.id === workspace.state.base
  const { fold = [] } = state
  const onFold = (id: string): void =>
    changeCompare(
      workspace,
      { fold: fold.includes(id) ? fold.filter((one) => one !== id) : [...fold, id] },
      { replace: true },
    )
  const onCopy = ({ fact, run }: FactPlace): void => {
    void copyText(wholeText(fact, fact.values[run])).then((isDone) => isDone && toast({ text: 'Copied.' }))
  }
  return (
    <div className={styles['lens']}>
      <CompareTools workspace={workspace} state={state} comparison={data} lines={lines} hasBaseline={hasBaseline} />
      <div ref={scroller} className={styles['scroller']}>
        <div className={styles['wide']}>
          <CompareGrid
            runs={runs}
            lines={lines.lines}
            hasBaseline={hasBaseline}
            isTurned={state.turned === true}
            isNarrow={isNarrow}
            isOld={isOld}
            delta={state.delta ?? 'percent'}
            scroller={scroller}
            menu={menu?.id}
            onMenu={openMenu}
            onFold={onFold}
            onOpen={setRead}
            onCopy={onCopy}
          />
          <div className={styles['below']}>
            {lines.lines.every(({ kind }) => kind !== 'fact') && (
              <p className={styles['note']} role="status">
                {lines.unlike > 0 ? 'No row has this text in its name.' : 'These runs have everything in common.'}
              </p>
            )}
            {left > 0 && (
              <p className={styles['note']}>
                {left.toLocaleString('en')} more keys are not compared. A search in the table finds them.
              </p>
            )}
            <Curves workspace={workspace} runs={runs} keys={sharedMetrics} />
            <Files workspace={workspace} runs={runs} isOpenAtFirst={state.file !== undefined} />
          </div>
        </div>
      </div>
      <Suspense>
        {menu && (
          <MenuPopover
            label={`Actions for ${menu.name}`}
            items={runMenuItems(workspace, menu)}
            trigger={trigger}
            onClose={() => setMenu(undefined)}
          />
        )}
        {read && <ValueDialog place={read} runs={runs} hasBaseline={hasBaseline} onClose={() => setRead(undefined)} />}
      </Suspense>
    </div>
  )
}

/** The curves of the metrics that several of the runs have. */
function Curves({
  workspace,
  runs,
  keys,
}: {
  workspace: Workspace
  runs: readonly ShownRun[]
  keys: readonly string[]
}) {
  const navigate = useNavigate()
  const { change, state } = workspace
  const charts = useMemo(() => parseChartsState(state.charts), [state.charts])
  const onState = (changed: ChartsChange, options?: { readonly replace?: boolean }): void => {
    const next = changedState(charts, changed)
    change({ charts: next && { ...next } }, options)
  }
  const onOpen = (runId: string): void => {
    const run = runs.find(({ id }) => id === runId)
    if (run)
      void navigate({ to: '/experiments/$experimentId/runs/$runId', params: { experimentId: run.experimentId, runId } })
  }
  if (keys.length === 0) return null
  return (
    <section aria-label="Curves" className={styles['curves']}>
      <h2>Curves</h2>
      <MetricCharts runs={runs} keys={keys} state={charts} onState={onState} onOpen={onOpen} />
    </section>
  )
}

/** Files are listed only when somebody asks for them. */
function Files({
  workspace,
  runs,
  isOpenAtFirst,
}: {
  workspace: Workspace
  runs: readonly ShownRun[]
  isOpenAtFirst: boolean
}) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <section aria-label="Files" className={styles['files']}>
      <h2>Files</h2>
      {isOpen ? (
        <Suspense fallback={<Loading what="files" />}>
          <FileCompare workspace={workspace} runs={runs} />
        </Suspense>
      ) : (
        <Button onClick={() => setOpen(true)}>Compare files</Button>
      )}
    </section>
  )
}

function TooFewRuns({ workspace: { state, change } }: { workspace: Workspace }) {
  return (
    <EmptyState title="Two runs make a comparison">
      <p>
        Tick runs in the table with the mouse or by <kbd>x</kbd>, then press <kbd>c</kbd>. Without a selection, the
        first runs of the table are compared.
      </p>
      <p>
        <Button onClick={() => change({ lens: 'table' })}>To the table</Button>{' '}
        {state.hide !== undefined && <Button onClick={() => change({ hide: undefined })}>Show hidden runs</Button>}
      </p>
    </EmptyState>
  )
}
