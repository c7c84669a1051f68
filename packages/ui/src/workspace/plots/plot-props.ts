import type { Brush } from '../workspace-state.ts'
import type { PlotData } from './plot-data.ts'
import type { Plot, PlotChange } from './plots-state.ts'

/** What every kind of plot is given. */
export interface PlotProps {
  /** With a field in each place that its kind has. */
  readonly plot: Plot
  readonly data: PlotData
  readonly width: number
  readonly height: number
  readonly onPlot: (change: PlotChange) => void
  /** Undefined takes the brush of a field away. */
  readonly onBrush: (field: string, brush: Brush | undefined) => void
  readonly onBrushes: (brushes: readonly (readonly [field: string, brush: Brush | undefined])[]) => void
  readonly onSelect: (runId: string) => void
  readonly onOpen: (runId: string) => void
}
