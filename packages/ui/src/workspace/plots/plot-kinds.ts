import type { PlotKind } from './plots-state.ts'

export const kindNames: Readonly<Record<PlotKind, string>> = {
  parallel: 'Parallel coordinates',
  scatter: 'Scatter',
  box: 'Box by group',
  contour: 'Contour',
  importance: 'Parameter importance',
}
