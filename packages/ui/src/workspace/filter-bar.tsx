import { Search, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import { BrushChips } from './brush-chips.tsx'
import styles from './filter-bar.module.css'
import { FilterInput } from './filter-input.tsx'
import { isFilterRefusal, refusedPosition } from './filter-refusal.ts'
import { QuickFilters } from './quick-filters.tsx'
import type { Workspace } from './workspace.ts'

/** What narrows the runs: the filter as text, the choices made in headers and plots, and the usual ones. */
export function FilterBar({ workspace, error }: { workspace: Workspace; error: Error | null }) {
  const { state, change } = workspace
  const { q = '' } = state
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(q)
  const [known, setKnown] = useState(q)
  if (known !== q) {
    setKnown(q)
    setTyped(q)
  }
  useShortcuts({ '/': () => input.current?.focus() })
  const refusal = error && isFilterRefusal(error) ? error : undefined
  const apply = (text: string): void => {
    setTyped(text)
    if (text.trim() !== q) change({ q: text.trim() || undefined })
  }
  return (
    <search className={styles['bar']} aria-label="Filter runs">
      <div className={styles['field']} data-error={refusal !== undefined}>
        <Search aria-hidden="true" />
        <FilterInput
          ref={input}
          value={typed}
          scope={workspace.scope}
          errorId={refusal && 'filter-error'}
          onType={setTyped}
          onApply={apply}
        />
        {typed !== '' && (
          <IconButton label="Clear the filter" onClick={() => apply('')}>
            <X />
          </IconButton>
        )}
      </div>
      <BrushChips workspace={workspace} />
      <QuickFilters workspace={workspace} />
      {refusal && (
        <p id="filter-error" className={styles['error']} role="alert" dir="auto">
          <Pointed text={q} at={refusedPosition(refusal)} />
          {refusal.message}
        </p>
      )}
    </search>
  )
}

const around = 24

/** The filter near the place where it could not be read. */
function Pointed({ text, at }: { text: string; at: number | undefined }) {
  if (at === undefined || at >= text.length || text.length <= at) return null
  return (
    <code>
      {at > around ? '…' : ''}
      {text.slice(Math.max(0, at - around), at)}
      <mark>{text.slice(at, at + 1)}</mark>
      {text.slice(at + 1, at + around)}
    </code>
  )
}
