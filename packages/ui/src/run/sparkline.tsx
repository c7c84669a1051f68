import type { MetricFacts } from './metric-facts.ts'
import styles from './sparkline.module.css'
import { sparkPath } from './spark-path.ts'

const width = 82
const height = 20

/** A curve as small as a word. What it tells stands in figures beside it. */
export function Sparkline({ facts }: { facts: MetricFacts }) {
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${facts.points.toLocaleString('en')} points`}
    >
      <title>{`${facts.points.toLocaleString('en')} points`}</title>
      <path d={sparkPath(facts.x, facts.values, width, height)} />
    </svg>
  )
}
