import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import styles from './json-tree.module.css'

interface JsonTreeProps {
  readonly value: unknown
  readonly name: string | undefined
  readonly isOpen?: boolean
}

/** How many members are on the page at first, and further ones each time. */
const membersAtOnce = 100
const longestText = 2000

/** A JSON value. What lies in lists and objects is on the page when they are opened. */
export function JsonTree({ value, name, isOpen: isOpenFirst = false }: JsonTreeProps) {
  const [isOpen, setOpen] = useState(isOpenFirst)
  const [shown, setShown] = useState(membersAtOnce)
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={styles['line']}>
        <Name name={name} />
        <Scalar value={value} />
      </div>
    )
  }
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = isOpen ? Object.entries(value) : []
  const count = isList ? value.length : Object.keys(value).length
  return (
    <div>
      <button type="button" className={styles['line']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className={styles['arrow']} aria-hidden="true" />
        <Name name={name} />
        <span className="quiet">
          {isList ? '[' : '{'}
          {count}
          {isList ? ']' : '}'}
        </span>
      </button>
      {isOpen && count > 0 && (
        <div className={styles['members']}>
          {entries.slice(0, shown).map(([key, member]) => (
            <JsonTree key={key} name={key} value={member} isOpen={isOpenFirst && count <= 20 && isSmall(member)} />
          ))}
          {count > shown && (
            <Button onClick={() => setShown(shown + 10 * membersAtOnce)}>
              Show more of {count.toLocaleString('en')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

function isSmall(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length <= 12
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <bdi className={styles['name']}>{name}:</bdi>
}

function Scalar({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  const kind = value === null ? 'null' : typeof value
  return (
    <span className={styles['value']} data-kind={kind} dir="auto">
      {text.slice(0, longestText)}
      {text.length > longestText && <span className="quiet"> … {text.length.toLocaleString('en')} characters</span>}
    </span>
  )
}
