import { useState } from 'react'
import { parentTag } from '../../controls/client-tags.ts'
import { TextField } from '../../controls/text-field.tsx'
import { compareNames } from '../../controls/display-text.ts'
import type { Facet } from '../run-queries.ts'
import styles from '../workspace.module.css'
import type { Workspace } from '../workspace.ts'

interface GroupPickerProps {
  readonly workspace: Workspace
  readonly facets: readonly Facet[]
  readonly onDone: () => void
}

const most = 5

/** Chooses a field to group runs by: those first that make few groups. */
export function GroupPicker({ workspace, facets, onDone }: GroupPickerProps) {
  const { group = [] } = workspace.state
  const [part, setPart] = useState('')
  const fields = [
    { field: 'attributes.status', key: 'status', distinct: undefined },
    { field: 'attributes.user_id', key: 'user', distinct: undefined },
    ...facets
      .filter(
        ({ kind, key }) =>
          kind === 'PARAM' ||
          (kind === 'TAG' && (!key.startsWith('mlflow.') || key === parentTag || key === 'mlflow.source.name')),
      )
      .map(({ field, key, distinct }) => ({ field, key, distinct: Number(distinct) }))
      .toSorted(
        (a, b) =>
          Number(a.distinct < 2) - Number(b.distinct < 2) ||
          Number(a.distinct > 50) - Number(b.distinct > 50) ||
          compareNames(a.key, b.key),
      ),
  ].filter(({ field }) => !group.includes(field) && field.toLowerCase().includes(part.toLowerCase()))
  const choose = (field: string): void => {
    onDone()
    workspace.change({ group: [...group, field].slice(-most), open: undefined })
  }
  return (
    <>
      <TextField
        label="Find a field"
        isBare
        type="search"
        placeholder="Group by…"
        value={part}
        onChange={({ target }) => setPart(target.value)}
      />
      <ul className={styles['options']}>
        {fields.slice(0, 200).map(({ field, key, distinct }) => (
          <li key={field}>
            <button type="button" title={field} onClick={() => choose(field)}>
              <bdi className="cut">{key}</bdi>
              {distinct !== undefined && (
                <span className={styles['end']}>{distinct >= 1000 ? '1,000+' : distinct}</span>
              )}
            </button>
          </li>
        ))}
        {fields.length === 0 && <li className="quiet">No such field</li>}
      </ul>
    </>
  )
}
