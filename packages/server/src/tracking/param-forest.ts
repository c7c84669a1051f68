import { randomNumbers } from '../random-numbers.ts'

const mostTrees = 60
const fewestTrees = 20
/** Over all trees: about half a second’s work with thirty features. */
const mostRows = 60_000
const deepest = 8
const smallestLeaf = 3
const bins = 32

/** What a target may depend on: a number for each row, NaN where there is none. */
export interface Feature {
  readonly values: Float64Array
  /** Whether the numbers are only names of kinds, without an order. */
  readonly isKind: boolean
}

/** What a forest found. */
export interface ForestFindings {
  /** For each feature, how much more of the target's variance is unexplained when its values are shuffled; 0 for none. */
  readonly losses: readonly number[]
  /** The share of the variance that is explained, on rows that a tree was not grown from; from 0 to 1. */
  readonly explained: number
}

/**
 * Permutation importances by a small random forest: trees grown each from rows drawn with replacement, which look at a
 * third of the features at each split, judged on the rows that were not drawn. The same for the same input.
 * Kinds are put in the order of their mean target, anew for each tree and by the rows that it is grown from: that of all
 * rows would give away what the tree is judged on.
 * @param target one for each row.
 */
export function forestImportances(features: readonly Feature[], target: Float64Array): ForestFindings {
  const rows = target.length
  const trees = Math.max(fewestTrees, Math.min(mostTrees, Math.floor(mostRows / rows)))
  const random = randomNumbers(rows * 31 + features.length)
  const ordered = features.map(({ values, isKind }) => (isKind ? undefined : binsOf(values)))
  const losses = features.map(() => 0)
  const votes = new Float64Array(rows)
  const voters = new Uint16Array(rows)
  const variance = varianceOf(target)
  if (rows === 0 || features.length === 0 || variance === 0) return { losses, explained: 0 }
  for (let tree = 0; tree < trees; tree++) {
    const drawn = new Uint8Array(rows)
    const sample = Int32Array.from({ length: rows }, () => {
      const row = Math.floor(random() * rows)
      drawn[row] = 1
      return row
    })
    const binned = features.map(({ values }, index) => ordered[index] ?? kindBins(values, target, sample))
    const root = grow(binned, target, sample, 0, random)
    const unseen = Int32Array.from(target.keys()).filter((row) => drawn[row] === 0)
    if (unseen.length === 0) continue
    let error = 0
    for (const row of unseen) {
      const guess = predict(root, binned, row, -1, row)
      votes[row] = (votes[row] ?? 0) + guess
      voters[row] = (voters[row] ?? 0) + 1
      error += ((target[row] ?? 0) - guess) ** 2
    }
    for (const feature of featuresOf(root)) {
      const mixed = shuffled(unseen, random)
      let worse = 0
      for (const [index, row] of unseen.entries()) {
        worse += ((target[row] ?? 0) - predict(root, binned, row, feature, mixed[index] ?? row)) ** 2
      }
      losses[feature] = (losses[feature] ?? 0) + (worse - error) / unseen.length / variance / trees
    }
  }
  return { losses: losses.map((loss) => Math.max(0, loss)), explained: explainedBy(votes, voters, target) }
}

type Node = number | Split

interface Split {
  readonly feature: number
  /** Rows whose bin is at most this go left. */
  readonly bin: number
  readonly left: Node
  readonly right: Node
}

function grow(
  binned: readonly Uint8Array[],
  target: Float64Array,
  rows: Int32Array,
  depth: number,
  random: () => number,
): Node {
  let sum = 0
  for (const row of rows) sum += target[row] ?? 0
  const mean = sum / rows.length
  if (depth === deepest || rows.length < 2 * smallestLeaf) return mean
  let best: { feature: number; bin: number; gain: number } | undefined
  const looked = Math.max(1, Math.ceil(binned.length / 3))
  for (const feature of someOf(binned.length, looked, random)) {
    const found = bestSplit(binned[feature] ?? new Uint8Array(), target, rows, sum)
    if (found && found.gain > (best?.gain ?? 1e-12)) best = { feature, ...found }
  }
  if (!best) return mean
  const { feature, bin } = best
  const column = binned[feature] ?? new Uint8Array()
  return {
    feature,
    bin,
    left: grow(
      binned,
      target,
      rows.filter((row) => (column[row] ?? 0) <= bin),
      depth + 1,
      random,
    ),
    right: grow(
      binned,
      target,
      rows.filter((row) => (column[row] ?? 0) > bin),
      depth + 1,
      random,
    ),
  }
}

/** The bin behind which the means of both sides differ most. */
function bestSplit(column: Uint8Array, target: Float64Array, rows: Int32Array, total: number) {
  const sums = new Float64Array(bins + 1)
  const counts = new Uint32Array(bins + 1)
  for (const row of rows) {
    const bin = column[row] ?? 0
    sums[bin] = (sums[bin] ?? 0) + (target[row] ?? 0)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const whole = (total * total) / rows.length
  let best: { bin: number; gain: number } | undefined
  let [count, sum] = [0, 0]
  for (let bin = 0; bin < bins; bin++) {
    count += counts[bin] ?? 0
    sum += sums[bin] ?? 0
    const others = rows.length - count
    if (count < smallestLeaf || others < smallestLeaf) continue
    const gain = (sum * sum) / count + (total - sum) ** 2 / others - whole
    if (gain > (best?.gain ?? 0)) best = { bin, gain }
  }
  return best
}

/** @param mixed the feature whose value is taken from `from` instead; -1 for none. */
function predict(root: Node, binned: readonly Uint8Array[], row: number, mixed: number, from: number): number {
  let node = root
  while (typeof node !== 'number') {
    const at = node.feature === mixed ? from : row
    node = (binned[node.feature]?.[at] ?? 0) <= node.bin ? node.left : node.right
  }
  return node
}

function featuresOf(root: Node, found = new Set<number>()): ReadonlySet<number> {
  if (typeof root === 'number') return found
  found.add(root.feature)
  featuresOf(root.left, found)
  return featuresOf(root.right, found)
}

/** Numbers as bins of about as many rows each, from 1; 0 is where there is none. */
function binsOf(values: Float64Array): Uint8Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const edges = [
    ...new Set(
      Array.from({ length: bins - 1 }, (_, edge) => sorted[Math.floor(((edge + 1) * sorted.length) / bins)] ?? 0),
    ),
  ]
  return Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return 0
    let bin = 1
    while (bin <= edges.length && value >= (edges[bin - 1] ?? Infinity)) bin++
    return bin
  })
}

/** Kinds as bins in the order of the mean target of some rows; 0 for those that are in none of them. */
function kindBins(values: Float64Array, target: Float64Array, sample: Int32Array): Uint8Array {
  const sums = new Map<number, { count: number; sum: number }>()
  for (const row of sample) {
    const kind = values[row] ?? NaN
    if (Number.isNaN(kind)) continue
    const { count, sum } = sums.get(kind) ?? { count: 0, sum: 0 }
    sums.set(kind, { count: count + 1, sum: sum + (target[row] ?? 0) })
  }
  const sorted = [...sums].toSorted(([, a], [, b]) => a.sum / a.count - b.sum / b.count)
  const bin = new Map(
    sorted.map(([kind], place) => [kind, 1 + Math.floor((place * bins) / Math.max(bins, sorted.length))]),
  )
  return Uint8Array.from(values, (kind) => bin.get(kind) ?? 0)
}

function someOf(count: number, wanted: number, random: () => number): readonly number[] {
  const all = Int32Array.from({ length: count }, (_, index) => index)
  return [...shuffled(all, random).subarray(0, wanted)]
}

function shuffled(values: Int32Array, random: () => number): Int32Array {
  const mixed = values.slice()
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const kept = mixed[index] ?? 0
    mixed[index] = mixed[other] ?? 0
    mixed[other] = kept
  }
  return mixed
}

function explainedBy(votes: Float64Array, voters: Uint16Array, target: Float64Array): number {
  const judged = Int32Array.from(target.keys()).filter((row) => (voters[row] ?? 0) > 0)
  const variance = varianceOf(Float64Array.from(judged, (row) => target[row] ?? 0))
  let error = 0
  for (const row of judged) error += ((target[row] ?? 0) - (votes[row] ?? 0) / (voters[row] ?? 1)) ** 2
  return variance === 0 ? 0 : Math.max(0, 1 - error / judged.length / variance)
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}
