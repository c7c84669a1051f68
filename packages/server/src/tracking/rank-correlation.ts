/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++
    for (let place = from; place < to; place++) ranks[order[place] ?? 0] = (from + to + 1) / 2
    from = to
  }
  return ranks
}

/** Spearman's rank correlation, from -1 to 1; undefined for fewer than three pairs or where all of a side is equal. */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): number | undefined {
  if (first.length < 3) return undefined
  const [a, b] = [ranksOf(first), ranksOf(second)]
  const mean = (a.length + 1) / 2
  let [both, ofFirst, ofSecond] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    const [da, db] = [(a[index] ?? 0) - mean, (b[index] ?? 0) - mean]
    both += da * db
    ofFirst += da * da
    ofSecond += db * db
  }
  return ofFirst === 0 || ofSecond === 0 ? undefined : both / Math.sqrt(ofFirst * ofSecond)
}

/**
 * How much the ranks of values depend on their group, from 0 to 1: the correlation ratio with the correction by degrees
 * of freedom (epsilon squared), since many small groups differ by chance. Undefined for fewer than three values, where
 * each is a group of its own, or where all of a side is equal.
 */
export function correlationRatio(groups: readonly string[], values: ArrayLike<number>): number | undefined {
  const ranks = ranksOf(values)
  const sums = new Map<string, { count: number; sum: number; squares: number }>()
  const mean = (ranks.length + 1) / 2
  let all = 0
  for (const [index, group] of groups.entries()) {
    const off = (ranks[index] ?? 0) - mean
    const found = sums.get(group) ?? { count: 0, sum: 0, squares: 0 }
    sums.set(group, { count: found.count + 1, sum: found.sum + off, squares: found.squares + off * off })
    all += off * off
  }
  const free = ranks.length - sums.size
  if (ranks.length < 3 || free < 1 || sums.size < 2 || all === 0) return undefined
  let within = 0
  for (const { count, sum, squares } of sums.values()) within += squares - (sum * sum) / count
  return Math.sqrt(Math.max(0, 1 - within / free / (all / (ranks.length - 1))))
}
