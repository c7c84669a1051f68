import { addressRecord, addressText, soundValues } from '../shell/address-values.ts'

/** The lenses on one set of runs. */
export const lenses = ['table', 'split', 'charts', 'compare', 'plots', 'images', 'artifacts'] as const
export type Lens = (typeof lenses)[number]

export const aggregates = ['mean', 'min', 'max', 'std'] as const
export type Aggregate = (typeof aggregates)[number]

/** A range or a choice of values of a field that was brushed in a plot: it narrows the runs of every lens. */
export interface Brush {
  /** As a filter writes it: `metrics.loss`, params.`batch size`. */
  readonly field: string
  readonly from?: number
  readonly to?: number
  readonly values?: readonly string[]
}

/**
 * What a workspace shows: all of it stands in the address, so that the address is the view. Absent is the default; short
 * names keep addresses short.
 */
export interface WorkspaceSearch {
  /** Filter in MLflow's language with OR, NOT and parentheses. */
  readonly q?: string
  /** Order, as `metrics.loss DESC` or `min(metrics.loss) ASC`. */
  readonly order?: string
  /** Columns in order, as `metrics.loss` or `min(metrics.loss)`; automatic when absent. */
  readonly cols?: readonly string[]
  /** Fields by which runs are grouped. */
  readonly group?: readonly string[]
  readonly lens?: Lens
  /** 'deleted' shows what is in the trash. */
  readonly view?: 'deleted' | 'all'
  /** Selected, pinned and hidden runs. */
  readonly sel?: readonly string[]
  readonly pin?: readonly string[]
  readonly hide?: readonly string[]
  /** How many runs, from the top of the table, the other lenses show. */
  readonly n?: number
  /** The run that comparisons are made with. */
  readonly base?: string
  /** The run that is open in the panel at the side. */
  readonly peek?: string
  /** The experiments of a workspace over several. */
  readonly experiments?: readonly string[]
  /** Nested runs as a tree. */
  readonly tree?: boolean
  /** Runs and groups whose rows are opened. */
  readonly open?: readonly string[]
  /** Widths of columns in pixels, where they were changed. */
  readonly widths?: Readonly<Record<string, number>>
  /** Columns that stay while the others are scrolled. */
  readonly fix?: readonly string[]
  /** What groups say of their runs' values. */
  readonly agg?: Aggregate
  /** How much of the width the table has beside the charts, in percent. */
  readonly split?: number
  readonly density?: 'compact' | 'roomy'
  readonly brush?: readonly Brush[]
  /** What the charts, the plots and the comparison keep; each lens defines its own and checks what it finds. */
  readonly charts?: Readonly<Record<string, unknown>>
  readonly plots?: Readonly<Record<string, unknown>>
  readonly compare?: Readonly<Record<string, unknown>>
  readonly images?: Readonly<Record<string, unknown>>
  /** A saved view, whose state counts where the address says nothing. */
  readonly v?: string
}

/** A change of the state: undefined takes a field back to its default. */
export type WorkspaceChange = { readonly [K in keyof WorkspaceSearch]?: WorkspaceSearch[K] | undefined }

/** Takes from an address what is sound, and leaves out the rest: an old or mistyped link still opens. */
export function parseWorkspaceSearch(search: Readonly<Record<string, unknown>>): WorkspaceSearch {
  return soundValues<WorkspaceSearch>({
    q: addressText(search['q']),
    order: addressText(search['order']),
    cols: texts(search['cols']),
    group: texts(search['group']),
    lens: lenses.find((lens) => lens === search['lens']),
    view: search['view'] === 'deleted' || search['view'] === 'all' ? search['view'] : undefined,
    sel: texts(search['sel']),
    pin: texts(search['pin']),
    hide: texts(search['hide']),
    n: count(search['n']),
    base: addressText(search['base']),
    peek: addressText(search['peek']),
    experiments: texts(search['experiments']),
    tree: typeof search['tree'] === 'boolean' ? search['tree'] : undefined,
    open: texts(search['open']),
    widths: widths(search['widths']),
    fix: texts(search['fix']),
    agg: aggregates.find((one) => one === search['agg']),
    split: typeof search['split'] === 'number' ? Math.min(80, Math.max(20, search['split'])) : undefined,
    density: search['density'] === 'compact' || search['density'] === 'roomy' ? search['density'] : undefined,
    brush: brushes(search['brush']),
    charts: addressRecord(search['charts']),
    plots: addressRecord(search['plots']),
    compare: addressRecord(search['compare']),
    images: addressRecord(search['images']),
    v: addressText(search['v']),
  })
}

/** The filter and the brushes as one filter, in the server's language; empty for all runs. */
export function filterOf({ q = '', brush = [] }: WorkspaceSearch): string {
  const clauses = brush.flatMap(clausesOf)
  if (q.trim() === '') return clauses.join(' AND ')
  return clauses.length === 0 ? q : [`(${q})`, ...clauses].join(' AND ')
}

function clausesOf({ field, from, to, values }: Brush): string[] {
  return [
    ...(from === undefined ? [] : [`${field} >= ${from}`]),
    ...(to === undefined ? [] : [`${field} <= ${to}`]),
    ...(values === undefined ? [] : [`(${values.map((value) => `${field} = ${quoted(value)}`).join(' OR ')})`]),
  ]
}

/** A text as a filter writes it: a quote inside is written twice, but behind a backslash that would mean another text. */
export function quoted(value: string): string {
  const quote = value.includes(String.raw`\'`) ? '"' : "'"
  return quote + value.replaceAll(quote, quote + quote) + quote
}

function texts(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  const found = list.map(addressText).filter((one) => one !== undefined)
  return found.length > 0 || Array.isArray(value) ? found : undefined
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? Math.min(value, 500) : undefined
}

function brushes(value: unknown): readonly Brush[] | undefined {
  if (!Array.isArray(value)) return undefined
  const found = value.map(addressRecord).flatMap((brush): Brush[] => {
    const field = addressText(brush?.['field'])
    if (field === undefined) return []
    const { from, to } = brush ?? {}
    const values = texts(brush?.['values'])
    return [
      {
        field,
        ...(typeof from === 'number' && { from }),
        ...(typeof to === 'number' && { to }),
        ...(values && { values }),
      },
    ]
  })
  return found.length > 0 ? found : undefined
}

function widths(value: unknown): Readonly<Record<string, number>> | undefined {
  const found = Object.entries(addressRecord(value) ?? {}).flatMap(([column, width]): [string, number][] =>
    typeof width === 'number' && Number.isFinite(width) ? [[column, Math.min(1200, Math.max(48, width))]] : [],
  )
  return found.length > 0 ? Object.fromEntries(found) : undefined
}
