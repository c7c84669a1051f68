import { parseColumn } from '../column.ts'
import { addressFlag, addressText, addressTexts, soundValues } from '../../shell/address-values.ts'

export const smoothings = ['ema', 'gaussian', 'average'] as const
export type Smoothing = (typeof smoothings)[number]
export const bands = ['minmax', 'std', 'ci'] as const
export type Band = (typeof bands)[number]

/** What is set for one chart alone. */
export interface CardState {
  readonly logX?: boolean
  readonly logY?: boolean
  /** The range of y; as the values are where absent. */
  readonly y?: readonly [number | null, number | null]
  /** How many columns it is wide. */
  readonly span?: number
}

/** What charts show beside their runs, as `charts` of the address has it: absent is the default. */
export interface ChartsState {
  /** How strongly curves are smoothed, above 0 to 0.99. */
  readonly smooth?: number
  /** 'ema' when absent. */
  readonly by?: Smoothing
  /** STEP when absent; `metrics.epoch` is the metric epoch at the same steps. */
  readonly x?: string
  readonly logX?: boolean
  readonly logY?: boolean
  /** Leaves the most extreme values out of the range of y. */
  readonly clip?: boolean
  readonly points?: boolean
  /** Fields by whose values lines are coloured, dashed, put into charts of their own, and joined to groups. */
  readonly colour?: string
  readonly dash?: string
  readonly facet?: string
  readonly group?: string
  /** What the band of a group is; 'minmax' when absent. */
  readonly band?: Band
  readonly legend?: boolean
  /** Draws the selected runs alone, where some are. */
  readonly only?: boolean
  /** Which metrics: a text or a regular expression. */
  readonly find?: string
  /** Columns, 1 to 4; as many as there is room for when absent. */
  readonly cols?: number
  /** The height of charts in px. */
  readonly height?: number
  /** Sections that are the other way than by default: closed, or of the system's metrics: open. */
  readonly fold?: readonly string[]
  /** Metrics that are not shown. */
  readonly hide?: readonly string[]
  /** Charts of several metrics. */
  readonly own?: readonly (readonly string[])[]
  /** Charts that were moved, in their order; they come before the others of their section. */
  readonly order?: readonly string[]
  readonly cards?: Readonly<Record<string, CardState>>
  /** The range of x that is looked at. */
  readonly zoom?: readonly [number, number]
}

/** A change of the state: undefined takes a field back to its default. */
export type ChartsChange = { readonly [K in keyof ChartsState]?: ChartsState[K] | undefined }

export const heights = [160, 220, 320, 440] as const
export const usualHeight = 220

/** Takes what is sound of an address. */
export function parseChartsState(found: Readonly<Record<string, unknown>> | undefined): ChartsState {
  if (found === undefined) return {}
  return soundValues<ChartsState>({
    smooth: inRange(found['smooth'], 0.001, 0.999),
    by: smoothings.find((one) => one === found['by']),
    x: axis(found['x']),
    logX: addressFlag(found['logX']),
    logY: addressFlag(found['logY']),
    clip: addressFlag(found['clip']),
    points: addressFlag(found['points']),
    colour: addressText(found['colour']),
    dash: addressText(found['dash']),
    facet: addressText(found['facet']),
    group: addressText(found['group']),
    band: bands.find((one) => one === found['band']),
    legend: addressFlag(found['legend']),
    only: addressFlag(found['only']),
    find: addressText(found['find']),
    cols: whole(found['cols'], 1, 4),
    height: whole(found['height'], 120, 800),
    fold: addressTexts(found['fold']),
    hide: addressTexts(found['hide']),
    own: lists(found['own']),
    order: addressTexts(found['order']),
    cards: cards(found['cards']),
    zoom: range(found['zoom']),
  })
}

/** The state after a change, without what is the default; undefined where nothing is left. */
export function changedState(state: ChartsState, change: ChartsChange): ChartsState | undefined {
  const next = parseChartsState({ ...state, ...change })
  return Object.keys(next).length > 0 ? next : undefined
}

function axis(value: unknown): string | undefined {
  if (value === 'TIME' || value === 'RELATIVE') return value
  return typeof value === 'string' && parseColumn(value)?.kind === 'metric' ? value : undefined
}

function lists(value: unknown): readonly (readonly string[])[] | undefined {
  if (!Array.isArray(value)) return undefined
  const found = value.map(addressTexts).filter((one) => one !== undefined)
  return found.length > 0 ? found : undefined
}

function inRange(value: unknown, least: number, greatest: number): number | undefined {
  return typeof value === 'number' && value >= least ? Math.min(value, greatest) : undefined
}

function whole(value: unknown, least: number, greatest: number): number | undefined {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest
    ? (value as number)
    : undefined
}

function range(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined
  const [from, to] = value as unknown[]
  return Number.isFinite(from) && Number.isFinite(to) && (from as number) < (to as number)
    ? [from as number, to as number]
    : undefined
}

function cards(value: unknown): Readonly<Record<string, CardState>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const found = Object.entries(value as Record<string, unknown>).flatMap(([id, one]): [string, CardState][] => {
    if (typeof one !== 'object' || one === null) return []
    const card = one as Record<string, unknown>
    const [low, high] = Array.isArray(card['y']) ? (card['y'] as unknown[]) : []
    const y = [bound(low), bound(high)] as const
    const state: Record<string, unknown> = {
      logX: typeof card['logX'] === 'boolean' ? card['logX'] : undefined,
      logY: typeof card['logY'] === 'boolean' ? card['logY'] : undefined,
      y: y[0] === null && y[1] === null ? undefined : y,
      span: whole(card['span'], 2, 4),
    }
    const kept = Object.fromEntries(Object.entries(state).filter(([, part]) => part !== undefined))
    return Object.keys(kept).length > 0 ? [[id, kept]] : []
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

function bound(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
