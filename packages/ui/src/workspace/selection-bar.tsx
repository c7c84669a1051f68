import { useQueryClient } from '@tanstack/react-query'
import { Download, FolderInput, RotateCcw, Scale, Tag, Trash2, X } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { TagDialog } from '../controls/tag-list.tsx'
import { server } from '../server.ts'
import { useShortcuts } from '../shell/shortcuts.ts'
import { toastFailure } from '../shell/toasts.tsx'
import { exportAddress, exportFormats } from './export-address.ts'
import { PopoverButton } from './popover-button.tsx'
import { createRunActs } from './run-acts.ts'
import { scopeRequest } from './run-queries.ts'
import type { TableRows } from './table/table-rows.ts'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

const MoveRunsDialog = lazy(async () => ({ default: (await import('./move-runs-dialog.tsx')).MoveRunsDialog }))

interface SelectionBarProps {
  readonly workspace: Workspace
  readonly table: TableRows
  readonly columns: readonly string[]
  /** Runs selected beyond what an address can name. */
  readonly bulk: readonly string[]
  readonly onBulk: (runIds: readonly string[]) => void
  /** How many runs match. */
  readonly total: number
}

const none: readonly string[] = []
/** How many runs an address names: servers and chats cut addresses at about 8 KB. */
const mostInAddress = 150
const mostSelected = 10_000

/** What can be done with the runs selected. */
export function SelectionBar({ workspace, columns, bulk, onBulk, total }: SelectionBarProps) {
  const { state, scope, change } = workspace
  const queries = useQueryClient()
  const acts = useMemo(() => createRunActs(queries), [queries])
  const [dialog, setDialog] = useState<'tag' | 'move'>()
  const [isSelecting, setSelecting] = useState(false)
  const { sel = none } = state
  const chosen = bulk.length > 0 ? bulk : sel
  const clear = (): void => {
    onBulk(none)
    change({ sel: undefined }, { replace: true })
  }
  const remove = (): void => {
    clear()
    void acts.remove(chosen)
  }
  useShortcuts(chosen.length === 0 ? {} : { '#': remove, 'Shift+#': remove, Delete: remove })
  if (chosen.length === 0) return null

  const selectAll = async (): Promise<void> => {
    setSelecting(true)
    try {
      const ids = await allIds(workspace)
      if (ids.length > mostInAddress) onBulk(ids)
      else change({ sel: ids }, { replace: true })
    } catch (error) {
      toastFailure('The runs could not be selected.', error)
    }
    setSelecting(false)
  }
  const named = bulk.length > 0 ? none : sel
  return (
    <section className={styles['selection']} aria-label="Selected runs">
      <strong role="status">{chosen.length.toLocaleString('en')} selected</strong>
      {chosen.length < Math.min(total, mostSelected) && (
        <Button kind="quiet" aria-disabled={isSelecting} onClick={() => void selectAll()}>
          {isSelecting ? 'Selecting…' : `Select all ${Math.min(total, mostSelected).toLocaleString('en')}`}
        </Button>
      )}
      <Button
        aria-disabled={bulk.length > 0}
        title="Compare (c)"
        onClick={() => bulk.length === 0 && change({ lens: 'compare' })}
      >
        <Scale /> Compare
      </Button>
      <Button onClick={() => setDialog('tag')}>
        <Tag /> Tag
      </Button>
      <Button onClick={() => setDialog('move')}>
        <FolderInput /> Move
      </Button>
      <PopoverButton
        label="Export the selected runs"
        kind="plain"
        face={
          <>
            <Download /> Export
          </>
        }
      >
        {(close) => (
          <div className={styles['options']}>
            {exportFormats.map((format) => (
              <a key={format} href={exportAddress(scope, columns, format, named)} download onClick={close}>
                {format}
              </a>
            ))}
          </div>
        )}
      </PopoverButton>
      {state.view !== undefined && (
        <Button
          onClick={() => {
            clear()
            void acts.restore(chosen)
          }}
        >
          <RotateCcw /> Restore
        </Button>
      )}
      {state.view !== 'deleted' && (
        <Button kind="danger" title="Delete (#)" onClick={remove}>
          <Trash2 /> Delete
        </Button>
      )}
      <Button kind="quiet" aria-label="Clear the selection" title="Clear the selection" onClick={clear}>
        <X /> Clear
      </Button>
      {dialog === 'tag' && (
        <TagDialog
          title={`Tag ${countText(chosen.length, 'run')}`}
          tag={{ key: '', value: '' }}
          onSet={(key, value) => acts.tag(chosen, key, value)}
          onClose={() => setDialog(undefined)}
        />
      )}
      <Suspense>
        {dialog === 'move' && (
          <MoveRunsDialog
            count={chosen.length}
            from={scope.experimentIds.length === 1 ? scope.experimentIds[0] : undefined}
            onMove={(id, name) => {
              clear()
              void acts.move(chosen, id, name)
            }}
            onClose={() => setDialog(undefined)}
          />
        )}
      </Suspense>
    </section>
  )
}

/** The ids of all runs that match, as far as so many can be selected. */
async function allIds({ scope }: Workspace): Promise<string[]> {
  const ids: string[] = []
  let token = ''
  do {
    const page = await server.queryRuns({
      ...scopeRequest(scope),
      order_by: [...scope.orderBy],
      max_results: 1000,
      ...(token !== '' && { page_token: token }),
    })
    ids.push(...(page.runs ?? []).map(({ run_id }) => run_id))
    token = page.next_page_token ?? ''
  } while (token !== '' && ids.length < mostSelected)
  return ids
}
