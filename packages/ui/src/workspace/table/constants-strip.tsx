import { useState } from 'react'
import type { AutoColumns } from './auto-columns.ts'
import styles from './runs-table.module.css'

/** Params and tags that all runs have with one value: told once instead of in a column. */
export function ConstantsStrip({ constants, total }: { constants: AutoColumns['constants']; total: number }) {
  const [isOpen, setOpen] = useState(false)
  const [wasShown, setShown] = useState(false)
  if (constants.length > 0 && !wasShown) setShown(true)
  // A strip that goes would move the rows that somebody reads.
  if (total === 0 || (constants.length === 0 && !wasShown)) return null
  return (
    <div className={styles['constants']} data-open={isOpen}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Same for all {total.toLocaleString('en')}
      </button>
      <ul tabIndex={isOpen ? 0 : -1} aria-label="Same for all runs">
        {constants.slice(0, isOpen ? 500 : 24).map(({ field, key, value }) => (
          <li key={field} title={`${field}: ${value}`}>
            <bdi className="quiet">{key.slice(0, 80)}</bdi> <bdi>{value.slice(0, 80) || '“”'}</bdi>
          </li>
        ))}
        {constants.length === 0 && <li className="quiet">nothing</li>}
      </ul>
    </div>
  )
}
