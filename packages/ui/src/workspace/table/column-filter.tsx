import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { metricText, timeText } from '../../controls/display-text.ts'
import { TextField } from '../../controls/text-field.tsx'
import { server } from '../../server.ts'
import type { Column } from '../column.ts'
import { type Facet, scopeRequest } from '../run-queries.ts'
import type { Brush } from '../workspace-state.ts'
import type { Workspace } from '../workspace.ts'
import styles from './header-menu.module.css'

interface ColumnFilterProps {
  readonly column: Column
  readonly facet: Facet
  readonly workspace: Workspace
  readonly onDone: () => void
}

/** Narrows the runs by a column: numbers by a range of their histogram, texts by a choice of their values. */
export function ColumnFilter({ column, facet, workspace, onDone }: ColumnFilterProps) {
  const { field } = column
  const { brush = [] } = workspace.state
  const set = (next: Omit<Brush, 'field'> | undefined): void => {
    const rest = brush.filter((one) => one.field !== field)
    workspace.change({ brush: next ? [...rest, { field, ...next }] : rest })
    onDone()
  }
  const now = brush.find((one) => one.field === field)
  const isRange = facet.min !== undefined && facet.max !== undefined && column.kind !== 'param' && column.kind !== 'tag'
  return (
    <div className={styles['filter']}>
      {isRange ? (
        <RangeFilter facet={facet} isTime={column.key === 'start_time'} now={now} onSet={set} />
      ) : (
        <ValueFilter facet={facet} workspace={workspace} now={now} onSet={set} />
      )}
    </div>
  )
}

interface FilterProps {
  readonly facet: Facet
  readonly now: Brush | undefined
  readonly onSet: (brush: Omit<Brush, 'field'> | undefined) => void
}

function RangeFilter({ facet, isTime, now, onSet }: FilterProps & { readonly isTime: boolean }) {
  const [least, greatest] = [Number(facet.min), Number(facet.max)]
  const [fromText, setFromText] = useState(String(now?.from ?? ''))
  const [toText, setToText] = useState(String(now?.to ?? ''))
  const [from, to] = [numberOf(fromText), numberOf(toText)]
  const counts = (facet.histogram ?? []).map(Number)
  const most = Math.max(1, ...counts)
  const edge = (bin: number): number => least + ((greatest - least) * bin) / counts.length
  const text = (value: number): string => (isTime ? timeText(Math.round(value)) : metricText(value))
  const isIn = (bin: number): boolean =>
    (from !== undefined || to !== undefined) &&
    edge(bin) >= (from ?? -Infinity) - 1e-12 &&
    edge(bin + 1) <= (to ?? Infinity) + 1e-12
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSet(
          from === undefined && to === undefined
            ? undefined
            : { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
        )
      }}
    >
      {least < greatest && (
        <>
          <div
            className={styles['bars']}
            role="group"
            aria-label="Histogram: choose a part, with Shift as far as another"
          >
            {counts.map((count, bin) => (
              <button
                key={bin}
                type="button"
                aria-pressed={isIn(bin)}
                aria-label={`${text(edge(bin))} to ${text(edge(bin + 1))}: ${count}`}
                title={`${text(edge(bin))} – ${text(edge(bin + 1))}: ${count}`}
                onClick={(event) => {
                  setFromText(rounded(event.shiftKey ? Math.min(from ?? edge(bin), edge(bin)) : edge(bin)))
                  setToText(rounded(event.shiftKey ? Math.max(to ?? edge(bin + 1), edge(bin + 1)) : edge(bin + 1)))
                }}
              >
                <span style={{ height: `${(100 * count) / most}%` }} />
              </button>
            ))}
          </div>
          <p className={styles['ends']}>
            <span>{text(least)}</span>
            <span>{text(greatest)}</span>
          </p>
        </>
      )}
      <div className={styles['range']}>
        {isTime ? (
          <span className="quiet" style={{ flex: 1 }}>
            {from === undefined ? 'Choose a time above' : `${text(from)} – ${text(to ?? greatest)}`}
          </span>
        ) : (
          <>
            <TextField
              label="From"
              isBare
              placeholder="From"
              inputMode="decimal"
              value={fromText}
              onChange={({ target }) => setFromText(target.value)}
            />
            –
            <TextField
              label="To"
              isBare
              placeholder="To"
              inputMode="decimal"
              value={toText}
              onChange={({ target }) => setToText(target.value)}
            />
          </>
        )}
        <Button type="submit">Filter</Button>
        {now && (
          <Button kind="quiet" onClick={() => onSet(undefined)}>
            Clear
          </Button>
        )}
      </div>
    </form>
  )

  function rounded(value: number): string {
    return String(isTime ? Math.round(value) : value)
  }
}

function ValueFilter({ facet, workspace, now, onSet }: FilterProps & { readonly workspace: Workspace }) {
  const [chosen, setChosen] = useState<readonly string[]>(now?.values ?? [])
  const { scope } = workspace
  const all = useQuery({
    queryKey: ['runs', 'facet', scope.experimentIds, scope.filter, scope.viewType, facet.field],
    queryFn: ({ signal }) => server.runFacets({ ...scopeRequest(scope), fields: [facet.field] }, { signal }),
    staleTime: 30_000,
  })
  const values = all.data?.facets?.[0]?.values ?? facet.values ?? []
  const texts = [...new Set([...values.map(({ value }) => value), ...chosen])]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSet(chosen.length > 0 ? { values: chosen } : undefined)
      }}
    >
      <div className={styles['values']} role="group" aria-label="Values">
        {texts.map((text) => (
          <label key={text} title={text}>
            <input
              type="checkbox"
              checked={chosen.includes(text)}
              onChange={() =>
                setChosen(chosen.includes(text) ? chosen.filter((one) => one !== text) : [...chosen, text])
              }
            />
            <bdi className="cut">{text.slice(0, 200) || '“”'}</bdi>
            <span>{Number(values.find(({ value }) => value === text)?.runs ?? 0) || ''}</span>
          </label>
        ))}
        {texts.length === 0 && <p className="quiet">Its values are too long to be listed.</p>}
      </div>
      <div className={styles['range']}>
        <Button type="submit">Filter</Button>
        {now && (
          <Button kind="quiet" onClick={() => onSet(undefined)}>
            Clear
          </Button>
        )}
      </div>
    </form>
  )
}

function numberOf(text: string): number | undefined {
  const value = Number(text)
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value
}
