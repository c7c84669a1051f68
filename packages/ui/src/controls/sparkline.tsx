import styles from './sparkline.module.css'

const width = 72
const height = 18

/** A line of a few values, in the order of time. What it says must stand beside it as text. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) return null
  const least = Math.min(...values)
  const range = Math.max(...values) - least || 1
  const points = values.map((value, index) => {
    const x = 2 + (index / (values.length - 1)) * (width - 4)
    const y = height - 2 - ((value - least) / range) * (height - 4)
    return [x, y] as const
  })
  const [lastX, lastY] = points.at(-1) ?? [0, 0]
  return (
    <svg className={styles['sparkline']} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <polyline points={points.map((point) => point.join(',')).join(' ')} />
      <circle cx={lastX} cy={lastY} r="1.8" />
    </svg>
  )
}
