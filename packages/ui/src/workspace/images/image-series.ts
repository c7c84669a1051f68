import { compareNames } from '../../controls/display-text.ts'

/** One picture of a run. */
export interface Picture {
  readonly path: string
  /** A smaller one that shows the same; the picture itself where there is none. */
  readonly thumbnail: string
  /** Undefined of one that belongs to no step. */
  readonly step: number | undefined
}

export interface Series {
  readonly name: string
  /** By step, of each run that has any. */
  readonly byRun: ReadonlyMap<string, readonly Picture[]>
}

const extension = /\.(png|jpe?g|webp|gif|bmp|svg|avif)$/i
/**
 * `images/KEY+step+3+timestamp+17…+UUID.png`, as MLflow's log_image names its files: older clients part by `%`, and the
 * slashes of KEY are `~`, in older ones `#`. Beside each lies a smaller one that ends in `+compressed.webp`.
 */
const logged = /^images\/(.+)([+%])step\2(-?\d+)\2timestamp\2(-?\d+)\2([^+%]+?)(?:\2(compressed))?\.\w+$/
/** `images/step_0012.png`, `plots/epoch-3/mask.png`, `sample_7.png`: what comes before the number, it, what comes after. */
const numbered =
  /^(.*?(?:(?:^|[/_.\- ])(?:global_?step|step|epoch|iter(?:ation)?)[/_.\-= ]?|[_\- ]))(\d{1,15})((?:[/_.\- ].*)?\.\w+)$/i

interface Named {
  readonly series: string
  readonly step: number
}

/** The pictures of some runs as series over steps, by name. */
export function imageSeries(pathsByRun: ReadonlyMap<string, readonly string[]>): readonly Series[] {
  const counts = new Map<string, number>()
  for (const paths of pathsByRun.values()) {
    const own = new Map<string, number>()
    for (const path of paths) {
      const found = numberedName(path)
      if (found) own.set(found.series, (own.get(found.series) ?? 0) + 1)
    }
    for (const [series, count] of own) counts.set(series, Math.max(count, counts.get(series) ?? 0))
  }
  const all = new Map<string, Map<string, Picture[]>>()
  for (const [runId, paths] of pathsByRun) {
    for (const { series, picture } of picturesOf(paths, counts)) {
      const byRun = all.get(series) ?? new Map<string, Picture[]>()
      all.set(series, byRun)
      byRun.set(runId, [...(byRun.get(runId) ?? []), picture])
    }
  }
  for (const byRun of all.values()) {
    for (const pictures of byRun.values())
      pictures.sort((one, other) => (one.step ?? 0) - (other.step ?? 0) || compareNames(one.path, other.path))
  }
  return [...all].map(([name, byRun]) => ({ name, byRun })).toSorted((one, other) => compareNames(one.name, other.name))
}

function picturesOf(
  paths: readonly string[],
  counts: ReadonlyMap<string, number>,
): readonly { series: string; picture: Picture }[] {
  const found: { series: string; picture: Picture }[] = []
  const small = new Map<string, string>()
  const whole = new Set<string>()
  for (const path of paths) {
    const parts = logged.exec(path)
    if (!parts) continue
    const [id, isSmall] = [parts.slice(1, 6).join('\n'), parts[6] !== undefined]
    if (isSmall) small.set(id, path)
    else whole.add(id)
  }
  for (const path of paths) {
    const parts = logged.exec(path)
    if (parts) {
      const [, key = '', , step, , , compressed] = parts
      const id = parts.slice(1, 6).join('\n')
      if (compressed !== undefined && whole.has(id)) continue
      found.push({
        series: key.replaceAll(/[~#]/g, '/'),
        picture: { path, thumbnail: small.get(id) ?? path, step: Number(step) },
      })
      continue
    }
    if (!extension.test(path)) continue
    const named = numberedName(path)
    const isSeries = named !== undefined && (counts.get(named.series) ?? 0) > 1
    found.push({
      series: isSeries ? named.series : path,
      picture: { path, thumbnail: path, step: isSeries ? named.step : undefined },
    })
  }
  return found
}

function numberedName(path: string): Named | undefined {
  if (logged.test(path) || !extension.test(path)) return undefined
  const [, before, step, after] = numbered.exec(path) ?? []
  return step === undefined ? undefined : { series: `${before}*${after}`, step: Number(step) }
}

/** All steps of some series, in order. */
export function stepsOf(series: readonly Series[]): readonly number[] {
  const steps = series.flatMap(({ byRun }) =>
    [...byRun.values()].flatMap((pictures) => pictures.map(({ step }) => step)),
  )
  return [...new Set(steps.filter((step) => step !== undefined))].toSorted((one, other) => one - other)
}

/** The picture that a run had at a step: the last one up to it, or the first one where all come later. */
export function pictureAt(pictures: readonly Picture[] | undefined, step: number | undefined): Picture | undefined {
  if (pictures === undefined || step === undefined) return pictures?.at(-1)
  return pictures.findLast((one) => (one.step ?? -Infinity) <= step) ?? pictures[0]
}

/** Whether a file is a picture by its name. */
export function isPicture(path: string): boolean {
  return extension.test(path)
}
