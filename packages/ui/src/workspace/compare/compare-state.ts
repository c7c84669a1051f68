import type { Workspace } from '../workspace.ts'
import { addressFlag, addressText, addressTexts, soundValues } from '../../shell/address-values.ts'

export const deltaKinds = ['percent', 'absolute', 'both', 'none'] as const
export type DeltaKind = (typeof deltaKinds)[number]
export const metricValues = ['LAST', 'MIN', 'MAX'] as const
type MetricValue = (typeof metricValues)[number]

/** What the comparison shows, as `compare` of the address has it: absent is the default. */
export interface CompareState {
  /** Also what all runs have in common. */
  readonly all?: true
  /** Which of a metric's values; 'LAST' when absent. */
  readonly value?: MetricValue
  /** Runs as rows. */
  readonly turned?: true
  /** Keys as trees, by their parts between `/` and `.`. */
  readonly nest?: true
  readonly find?: string
  /** How values are told against the baseline; 'percent' when absent. */
  readonly delta?: DeltaKind
  /** Groups and branches that are closed. */
  readonly fold?: readonly string[]
  /** A file to compare, and the run whose files are listed beside the baseline's. */
  readonly file?: string
  readonly with?: string
  /** That file as a difference, not side by side. */
  readonly diff?: true
}

/** A change of the state: undefined takes a field back to its default. */
type CompareChange = { readonly [K in keyof CompareState]?: CompareState[K] | undefined }

/** Takes what is sound of an address. */
export function parseCompareState(found: Readonly<Record<string, unknown>> = {}): CompareState {
  return soundValues<CompareState>({
    all: addressFlag(found['all']),
    value: metricValues.find((one) => one === found['value'] && one !== 'LAST'),
    turned: addressFlag(found['turned']),
    nest: addressFlag(found['nest']),
    find: addressText(found['find']),
    delta: deltaKinds.find((one) => one === found['delta'] && one !== 'percent'),
    fold: addressTexts(found['fold']),
    file: addressText(found['file']),
    with: addressText(found['with']),
    diff: addressFlag(found['diff']),
  })
}

/** Changes what the comparison shows; with `replace`, as while typing, Back does not undo it alone. */
export function changeCompare(
  { state, change }: Workspace,
  changed: CompareChange,
  options?: { readonly replace?: boolean },
): void {
  const next = parseCompareState({ ...state.compare, ...changed })
  change({ compare: Object.keys(next).length > 0 ? { ...next } : undefined }, options)
}
