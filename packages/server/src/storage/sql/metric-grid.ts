/** Buckets along x: each begins at a whole multiple of `width`. */
export interface Grid {
  readonly width: number
  /** Which multiple of `width` the first bucket begins at. */
  readonly first: number
  /** How many buckets there are. */
  readonly count: number
}

/**
 * At most `buckets` buckets over all x from `low` to `high`. They lie at multiples of one of eight widths an octave and not
 * at `low`: a range that grows or moves a little keeps its buckets, so that what was read of a curve stays true. That
 * takes up to an eighth of their number. Over whole numbers (`isWhole`) the width is one too.
 */
export function gridOver(low: number, high: number, buckets: number, isWhole: boolean): Grid {
  // Divided first, as the range may be too great for a double.
  let width = niceWidth(high / buckets - low / buckets || 1, isWhole)
  let grid = gridOf(width)
  while (grid.count > buckets) {
    width = niceWidth(width * (1 + 1e-9), isWhole)
    grid = gridOf(width)
  }
  return grid

  function gridOf(each: number): Grid {
    const first = Math.floor(low / each)
    return { width: each, first, count: Math.floor(high / each) - first + 1 }
  }
}

/** Of what is smaller, an eighth may be nothing. */
const smallest = 1e-300

/** The least width that is not less: 8 to 16 times a power of two, so that multiples are exact. */
function niceWidth(least: number, isWhole: boolean): number {
  if (isWhole && least <= 8) return Math.ceil(least)
  const power = 2 ** Math.floor(Math.log2(Math.max(least, smallest) / 8))
  return Math.ceil(least / power) * power
}
