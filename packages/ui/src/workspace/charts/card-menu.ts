import type { MenuItem } from '../../controls/menu.tsx'
import type { ShownRun } from '../shown-runs.ts'
import { toastFailure } from '../../shell/toasts.tsx'
import { chartCsv, chartPng, chartSvg, pointsAddress, saveFile } from './chart-export.ts'
import type { Scene } from './chart-scene.ts'
import type { Card } from './chart-sections.ts'
import type { CardState, ChartsChange, ChartsState } from './charts-state.ts'
import type { Palette } from './paint-chart.ts'

export type CardAct = 'table' | 'range' | 'full' | 'left' | 'right'

interface CardMenu {
  readonly card: Card
  readonly runs: readonly ShownRun[]
  readonly state: ChartsState
  readonly onState: (change: ChartsChange) => void
  readonly scene: Scene
  readonly palette: Palette
  readonly summary: string
  readonly onAct: (act: CardAct) => void
  readonly isMovable: boolean
}

/** What can be done with one chart. */
export function cardMenu({
  card,
  runs,
  state,
  onState,
  scene,
  palette,
  summary,
  onAct,
  isMovable,
}: CardMenu): readonly MenuItem[] {
  const { cards, own = [], hide = [] } = state
  const set = (change: CardState): void =>
    onState({ cards: { ...cards, [card.id]: { ...cards?.[card.id], ...change } } })
  const { logX, logY } = scene.options
  const span = cards?.[card.id]?.span ?? 1
  const name = card.keys.join(' ')
  const isComposed = card.keys.length > 1
  const axes: readonly MenuItem[] = [
    { id: 'logY', label: 'Logarithmic y', checked: logY, onAction: () => set({ logY: !logY }) },
    { id: 'logX', label: 'Logarithmic x', checked: logX, onAction: () => set({ logX: !logX }) },
    { id: 'range', label: 'Range of y…', onAction: () => onAct('range') },
  ]
  const place: readonly MenuItem[] = isMovable
    ? [
        { id: 'wide', label: 'Wider', disabled: span >= 4, onAction: () => set({ span: span + 1 }) },
        { id: 'narrow', label: 'Narrower', disabled: span <= 1, onAction: () => set({ span: span - 1 }) },
        { id: 'left', label: 'Move back', onAction: () => onAct('left') },
        { id: 'right', label: 'Move on', onAction: () => onAct('right') },
        {
          id: 'hide',
          label: isComposed ? 'Remove' : 'Hide',
          onAction: () =>
            onState(
              isComposed
                ? { own: own.filter((keys) => JSON.stringify(keys) !== card.id) }
                : { hide: [...hide, card.id] },
            ),
        },
      ]
    : []
  const save: readonly MenuItem[] = [
    {
      id: 'png',
      label: 'Picture (PNG)',
      onAction: () => {
        chartPng(scene, palette).then(
          (blob) => saveFile(blob, 'image/png', `${name}.png`),
          (error: unknown) => toastFailure('The picture could not be made.', error),
        )
      },
    },
    {
      id: 'svg',
      label: 'Picture (SVG)',
      onAction: () => saveFile(chartSvg(scene, palette, summary), 'image/svg+xml', `${name}.svg`),
    },
    {
      id: 'csv',
      label: 'Points as drawn (CSV)',
      onAction: () => saveFile(chartCsv(scene.lines, scene.options.xName), 'text/csv', `${name}.csv`),
    },
    {
      id: 'all',
      label: 'All points (CSV)',
      onAction: () =>
        location.assign(
          pointsAddress(
            runs.map(({ id }) => id),
            card.keys,
          ),
        ),
    },
  ]
  return [
    ...axes.map((item) => ({ ...item, group: 'Axes' })),
    ...place.map((item) => ({ ...item, group: 'Place' })),
    ...save.map((item) => ({ ...item, group: 'Save' })),
  ]
}
