import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { compareNames } from '../../controls/display-text.ts'
import { TextField } from '../../controls/text-field.tsx'
import { attributeNames, columnName, parseColumn } from '../column.ts'
import type { Facet } from '../run-queries.ts'
import type { Workspace } from '../workspace.ts'
import styles from './column-picker.module.css'

interface ColumnPickerProps {
  readonly workspace: Workspace
  /** Ids of the columns shown. */
  readonly columns: readonly string[]
  readonly facets: readonly Facet[]
}

const kinds = [
  ['METRIC', 'Metrics'],
  ['PARAM', 'Params'],
  ['TAG', 'Tags'],
  ['ATTRIBUTE', 'Attributes'],
] as const
/** How many columns a server gives values for at once. */
const mostColumns = 100
const mostListed = 200

/** Chooses the columns and their order. */
export function ColumnPicker({ workspace, columns, facets }: ColumnPickerProps) {
  const [part, setPart] = useState('')
  const { state, change } = workspace
  const set = (cols: readonly string[] | undefined): void =>
    change({ cols: cols?.slice(0, mostColumns) }, { replace: true })
  const fieldOf = (id: string): string => parseColumn(id)?.field ?? id
  const shown = new Set(columns.map(fieldOf))
  const wanted = part.toLowerCase()
  const groups = kinds.map(([kind, title]) => ({
    title,
    fields: (kind === 'ATTRIBUTE'
      ? Object.entries(attributeNames).map(([key, name]) => ({ field: `attributes.${key}`, name, runs: '' }))
      : facets
          .filter((facet) => facet.kind === kind)
          .map(({ field, key, runs }) => ({ field, name: key, runs: Number(runs).toLocaleString('en') }))
          .toSorted((a, b) => compareNames(a.name, b.name))
    ).filter(({ field, name }) => field.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted)),
  }))
  const toggle = (fields: readonly string[], isOn: boolean): void => {
    const rest = columns.filter((id) => !fields.includes(fieldOf(id)))
    set(isOn ? [...columns, ...fields.filter((field) => !shown.has(field))] : rest)
  }
  return (
    <div className={styles['picker']}>
      <TextField
        label="Find a column"
        isBare
        type="search"
        placeholder="Find a column…"
        value={part}
        onChange={({ target }) => setPart(target.value)}
      />
      <div className={styles['groups']}>
        {wanted === '' && columns.length > 0 && (
          <section aria-label="Shown columns">
            <header>
              <h3>Shown, in order</h3>
              {state.cols && (
                <Button kind="quiet" onClick={() => set(undefined)}>
                  Automatic
                </Button>
              )}
            </header>
            <ol>
              {columns.map((id, index) => (
                <Shown key={id} id={id} index={index} columns={columns} onSet={set} />
              ))}
            </ol>
          </section>
        )}
        {groups
          .filter(({ fields }) => fields.length > 0)
          .map(({ title, fields }) => (
            <section key={title} aria-label={title}>
              <header>
                <h3>{title}</h3>
                <Button
                  kind="quiet"
                  onClick={() =>
                    toggle(
                      fields.map(({ field }) => field),
                      true,
                    )
                  }
                >
                  All
                </Button>
                <Button
                  kind="quiet"
                  onClick={() =>
                    toggle(
                      fields.map(({ field }) => field),
                      false,
                    )
                  }
                >
                  None
                </Button>
              </header>
              {fields.slice(0, mostListed).map(({ field, name, runs }) => (
                <label key={field} title={field}>
                  <input
                    type="checkbox"
                    checked={shown.has(field)}
                    onChange={() => toggle([field], !shown.has(field))}
                  />
                  <bdi className="cut">{name}</bdi>
                  <span>{runs}</span>
                </label>
              ))}
              {fields.length > mostListed && (
                <p className="quiet">{fields.length - mostListed} more: find them by their name.</p>
              )}
            </section>
          ))}
      </div>
    </div>
  )
}

interface ShownProps {
  readonly id: string
  readonly index: number
  readonly columns: readonly string[]
  readonly onSet: (columns: readonly string[]) => void
}

function Shown({ id, index, columns, onSet }: ShownProps) {
  const column = parseColumn(id)
  const name = column ? columnName(column) : id
  const move = (step: number): void => {
    const rest = columns.filter((one) => one !== id)
    onSet(rest.toSpliced(index + step, 0, id))
  }
  return (
    <li title={id}>
      <input
        type="checkbox"
        checked
        aria-label={`Show ${name}`}
        onChange={() => onSet(columns.filter((one) => one !== id))}
      />
      <bdi className="cut">{name}</bdi>
      <button type="button" aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => move(-1)}>
        <ArrowUp />
      </button>
      <button
        type="button"
        aria-label={`Move ${name} down`}
        disabled={index === columns.length - 1}
        onClick={() => move(1)}
      >
        <ArrowDown />
      </button>
    </li>
  )
}
