/** An SVG path of a small curve that fills its box; null values are gaps. Empty where nothing can be drawn. */
export function sparkPath(x: readonly number[], y: readonly (number | null)[], width: number, height: number): string {
  const values = y.filter((value) => value !== null)
  if (values.length === 0) return ''
  const low = Math.min(...values)
  const high = Math.max(...values)
  const first = x[0] ?? 0
  const last = x.at(-1) ?? first
  const inset = 1.5
  const place = (value: number, from: number, to: number): number => (to > from ? (value - from) / (to - from) : 0.5)
  let isDown = false
  return y
    .map((value, index) => {
      if (value === null) {
        isDown = false
        return ''
      }
      const across = place(x[index] ?? 0, first, last) * width
      // Halves first: the distance between two finite numbers may be infinite.
      const up = place(value / 2, low / 2, high / 2)
      const command = isDown ? 'L' : 'M'
      isDown = true
      return `${command}${across.toFixed(1)} ${(inset + (1 - up) * (height - 2 * inset)).toFixed(1)}`
    })
    .join('')
}
