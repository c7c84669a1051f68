export const plotKinds = ['parallel', 'scatter', 'box', 'contour', 'importance'] as const
export type PlotKind = (typeof plotKinds)[number]

/** A plot as the address has it. What is absent is chosen from what the runs have. */
export interface Plot {
  readonly kind: PlotKind
  /** The axes of parallel coordinates, in order. */
  readonly fields?: readonly string[]
  readonly x?: string
  readonly y?: string
  readonly z?: string
  /** What colours runs; empty for one colour. */
  readonly colour?: string
  readonly size?: string
  /** Fields whose axis is the other one than by itself: logarithmic instead of linear, or the reverse. */
  readonly turned?: readonly string[]
  /** The best runs by both metrics, joined. */
  readonly front?: boolean
  readonly trend?: boolean
  /** The shape of each group’s values instead of a box. */
  readonly violin?: boolean
}

export type PlotChange = { readonly [K in keyof Plot]?: Plot[K] | undefined }

export const mostAxes = 12
const mostPlots = 12

/** What an address says of plots, as far as it is sound; undefined where it leaves the choice to us. */
export function parsePlots(state: Readonly<Record<string, unknown>> | undefined): readonly Plot[] | undefined {
  const list = state?.['list']
  return Array.isArray(list) ? list.slice(0, mostPlots).flatMap(parsePlot) : undefined
}

export function changedPlot(plot: Plot, change: PlotChange): Plot {
  return Object.fromEntries(
    Object.entries({ ...plot, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as Plot
}

function parsePlot(value: unknown): readonly Plot[] {
  if (typeof value !== 'object' || value === null) return []
  const found = value as Readonly<Record<string, unknown>>
  const kind = plotKinds.find((one) => one === found['kind'])
  if (kind === undefined) return []
  const text = (name: string): string | undefined => (typeof found[name] === 'string' ? found[name] : undefined)
  const texts = (name: string): readonly string[] | undefined => {
    const list = found[name]
    if (!Array.isArray(list)) return undefined
    return [...new Set(list.filter((one) => typeof one === 'string'))].slice(0, mostAxes)
  }
  const flag = (name: string): boolean | undefined => (found[name] === true ? true : undefined)
  return [
    changedPlot(
      { kind },
      {
        fields: texts('fields'),
        x: text('x'),
        y: text('y'),
        z: text('z'),
        colour: text('colour'),
        size: text('size'),
        turned: texts('turned'),
        front: flag('front'),
        trend: flag('trend'),
        violin: flag('violin'),
      },
    ),
  ]
}

/** The fields whose values a plot is drawn of. */
export function plotFields({
  kind,
  fields = [],
  x = '',
  y = '',
  z = '',
  colour = '',
  size = '',
}: Plot): readonly string[] {
  const drawn = {
    parallel: [...fields, colour],
    scatter: [x, y, colour, size],
    box: [x, y],
    contour: [x, y, z],
    // The server reads what it needs.
    importance: [],
  }[kind]
  return drawn.filter((field) => field !== '')
}
