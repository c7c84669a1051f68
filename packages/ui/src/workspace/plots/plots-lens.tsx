import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { Menu } from '../../controls/menu.tsx'
import { countText } from '../../controls/display-text.ts'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import type { Brush } from '../workspace-state.ts'
import type { Workspace } from '../workspace.ts'
import { withBrush } from './field-brush.ts'
import { PlotCard } from './plot-card.tsx'
import { type PlotData, usePlotChoices, usePlotData } from './plot-data.ts'
import { defaultPlots, filledPlot, type PlotChoices } from './plot-defaults.ts'
import { kindNames } from './plot-kinds.ts'
import styles from './plots.module.css'
import { changedPlot, parsePlots, type Plot, type PlotChange, plotFields, plotKinds } from './plots-state.ts'
import { useElementWidth } from './use-element-width.ts'

/** Which params and metrics go together, over all the matching runs. */
export function PlotsLens({ workspace }: { workspace: Workspace }) {
  const { choices, error, refetch, isLoadingError } = usePlotChoices(workspace)
  return (
    <div className={styles['lens']}>
      {isLoadingError && error ? (
        <Failure what="The runs could not be loaded." error={error} retry={refetch} />
      ) : choices === undefined ? (
        <Loading what="the plots" />
      ) : choices.fields.length === 0 ? (
        <EmptyState title="Nothing to plot">
          <p>These runs have no metrics, and no params that differ.</p>
        </EmptyState>
      ) : (
        <Plots workspace={workspace} choices={choices} />
      )}
    </div>
  )
}

function Plots({ workspace, choices }: { workspace: Workspace; choices: PlotChoices }) {
  const { state, change } = workspace
  const kept = useMemo(() => parsePlots(state.plots), [state.plots])
  const plots = useMemo(() => kept ?? defaultPlots(choices), [kept, choices])
  const filled = useMemo(() => plots.map((plot) => filledPlot(plot, choices)), [plots, choices])
  const fields = useMemo(() => [...new Set(filled.flatMap(plotFields))].toSorted(), [filled])
  const { data, error, refetch, isLoadingError } = usePlotData(workspace, fields)
  const [place, width] = useElementWidth()
  const acts = useRunActs(workspace, data)
  const setPlots = (list: readonly Plot[] | undefined): void => change({ plots: list && { list } })
  const setBrushes = (brushes: readonly (readonly [field: string, brush: Brush | undefined])[]): void => {
    if (brushes.length === 0) return
    let next = state.brush
    for (const [field, brush] of brushes) next = withBrush(next, field, brush)
    change({ brush: next })
  }
  const columnWidth = width < 900 ? width : (width - gap) / 2
  return (
    <>
      <div className={styles['bar']}>
        <p role="status">{data && coverText(data)}</p>
        {kept && (
          <Menu
            label="Reset"
            kind="quiet"
            items={[{ id: 'reset', label: 'The plots that suit these runs', onAction: () => setPlots(undefined) }]}
          />
        )}
        <Menu
          label="Add a plot"
          items={plotKinds.map((kind) => ({
            id: kind,
            label: kindNames[kind],
            onAction: () => setPlots([...plots, { kind }]),
          }))}
        />
      </div>
      <div ref={place} className={styles['plots']} style={{ gridTemplateColumns: width < 900 ? '1fr' : '1fr 1fr' }}>
        {isLoadingError && error ? (
          <Failure what="The runs could not be loaded." error={error} retry={refetch} />
        ) : !data || width === 0 ? (
          <Loading what="the plots" />
        ) : data.runs.length === 0 ? (
          <EmptyState title="No runs to plot">
            <p>Take away what narrows them.</p>
          </EmptyState>
        ) : (
          filled.map((plot, index) => (
            <PlotCard
              key={index}
              plot={plot}
              data={data}
              choices={choices}
              workspace={workspace}
              width={plot.kind === 'parallel' ? width : columnWidth}
              onPlot={(changed: PlotChange) =>
                setPlots(plots.map((one, at) => (at === index ? changedPlot(one, changed) : one)))
              }
              onRemove={() => setPlots(plots.filter((_, at) => at !== index))}
              onBrush={(field, brush) => setBrushes([[field, brush]])}
              onBrushes={setBrushes}
              {...acts}
            />
          ))
        )}
        {plots.length === 0 && <EmptyState title="No plots">Add one above.</EmptyState>}
      </div>
    </>
  )
}

const gap = 12

function useRunActs({ state, change }: Workspace, data: PlotData | undefined) {
  const navigate = useNavigate()
  const { sel = [] } = state
  const onSelect = useCallback(
    (id: string) => change({ sel: sel.includes(id) ? sel.filter((one) => one !== id) : [...sel, id] }),
    [change, sel],
  )
  const onOpen = useCallback(
    (runId: string) => {
      const experimentId = data?.runs.find(({ id }) => id === runId)?.experimentId
      if (experimentId === undefined) return
      void navigate({ to: '/experiments/$experimentId/runs/$runId', params: { experimentId, runId } })
    },
    [navigate, data],
  )
  return { onSelect, onOpen }
}

/** How many runs are plotted, of how many, and how many of them were brushed. */
function coverText({ runs, total, isIn, brushes }: PlotData): string {
  const shown =
    runs.length < total ? `${runs.length.toLocaleString('en')} of ${countText(total, 'run')}` : countText(total, 'run')
  if (brushes.length === 0) return shown
  const chosen = isIn.reduce((sum, one) => sum + one, 0)
  return `${shown}, ${chosen.toLocaleString('en')} in the chosen ranges`
}
