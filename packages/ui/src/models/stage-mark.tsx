import type { Stage } from '@trackway/sdk'
import styles from './stage-mark.module.css'

/** A stage as a word behind a mark: how far the circle is filled is how far the version came. `isBare` shows the mark alone. */
export function StageMark({ stage, isBare = false }: { stage: Stage; isBare?: boolean }) {
  return (
    <span className={styles['mark']} data-stage={stage} aria-hidden={isBare || undefined}>
      {!isBare && stage}
    </span>
  )
}
