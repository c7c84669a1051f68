import { type ReactNode, useDeferredValue, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { TextField } from '../controls/text-field.tsx'
import styles from './fact-table.module.css'

interface FactTableProps<T> {
  readonly title: string
  /** What one row is, for counts. */
  readonly noun: string
  readonly rows: readonly T[]
  /** What a search looks at. */
  readonly textOf: (row: T) => string
  readonly empty: string
  readonly head: ReactNode
  readonly renderRow: (row: T) => ReactNode
}

/** How many rows are shown before somebody asks for all, and from how many on they can be searched. */
const shownAtFirst = 100
const searchedFrom = 10

/** A titled table of what a run has many of. */
export function FactTable<T>({ title, noun, rows, textOf, empty, head, renderRow }: FactTableProps<T>) {
  const [sought, setSought] = useState('')
  const [most, setMost] = useState(shownAtFirst)
  const words = useDeferredValue(sought).toLowerCase()
  const found = words === '' ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(words))
  return (
    <section className={styles['facts']} aria-label={title}>
      <header className={styles['head']}>
        <h2>
          {title} {rows.length > 0 && <span className="quiet">{rows.length.toLocaleString('en')}</span>}
        </h2>
        {rows.length > searchedFrom && (
          <TextField
            label={`Search ${noun}s`}
            isBare
            placeholder="Search"
            className={styles['search'] ?? ''}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        )}
      </header>
      {rows.length === 0 && <p className={styles['empty']}>{empty}</p>}
      {rows.length > 0 && found.length === 0 && (
        <p className={styles['empty']} role="status">
          No {noun} contains this.
        </p>
      )}
      {found.length > 0 && (
        <table className={styles['table']}>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody>{found.slice(0, most).map(renderRow)}</tbody>
        </table>
      )}
      {found.length > most && (
        <Button className={styles['more']} onClick={() => setMost(most + 400)}>
          Show more of {countText(found.length, noun)}
        </Button>
      )}
    </section>
  )
}
