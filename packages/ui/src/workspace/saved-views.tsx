import { useQueryClient } from '@tanstack/react-query'
import type { Response } from '@trackway/sdk'
import { Bookmark, Link2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { copyText } from '../controls/copy-button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { PopoverButton } from './popover-button.tsx'
import { useViews } from './views.ts'
import { parseWorkspaceSearch, type WorkspaceSearch } from './workspace-state.ts'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'
import { messageOf } from '../controls/thrown.ts'

type View = NonNullable<Response<'listViews'>['views']>[number]

/** What of a workspace a view keeps: all but where one is just looking. */
function keptState({
  v: _v,
  peek: _peek,
  experiments: _experiments,
  sel: _sel,
  ...kept
}: WorkspaceSearch): WorkspaceSearch {
  return kept
}

/** The views kept under a name, the way to keep one, and the link to what is shown. */
export function SavedViews({ workspace, experimentId }: { workspace: Workspace; experimentId: string | undefined }) {
  const { state, change } = workspace
  const queries = useQueryClient()
  // Asked for where the address is about one of them; else with the list that shows them.
  const views = useViews(experimentId, state.v !== undefined || saysNothing(state))
  const [naming, setNaming] = useState<View | 'new'>()
  const open = (view: View): void => {
    const kept = parseWorkspaceSearch(view.state as Record<string, unknown>)
    const none = Object.fromEntries(Object.keys(keptState(state)).map((key) => [key, undefined]))
    change({ ...none, sel: undefined, ...kept, v: view.view_id })
  }
  useOpenedView(workspace, views.data, experimentId, open)
  const current = views.data?.find(({ view_id }) => view_id === state.v)
  const isChanged = current !== undefined && text(current.state as WorkspaceSearch) !== text(keptState(state))

  const act = async (what: string, doIt: () => Promise<unknown>): Promise<boolean> => {
    try {
      await doIt()
      return true
    } catch (error) {
      toastFailure(what, error)
      return false
    } finally {
      await queries.invalidateQueries({ queryKey: ['views'] })
    }
  }
  const share = async (): Promise<void> => {
    const address =
      current && !isChanged
        ? `${location.href.split('?', 1)[0]}?v=${encodeURIComponent(current.view_id)}`
        : location.href
    if (await copyText(address))
      toast({ text: `The link to ${current && !isChanged ? `the view ${current.name}` : 'what is shown'} was copied.` })
  }
  const remove = async (view: View): Promise<void> => {
    if (!(await act('The view was not deleted.', () => server.deleteView({ view_id: view.view_id })))) return
    if (state.v === view.view_id) change({ v: undefined }, { replace: true })
    toast({
      text: `The view ${view.name} was deleted.`,
      undo: () =>
        act('The view was not brought back.', () =>
          server.createView({
            name: view.name,
            state: view.state,
            ...(view.is_default !== undefined && { is_default: view.is_default }),
            ...(view.experiment_id !== undefined && { experiment_id: view.experiment_id }),
          }),
        ),
    })
  }
  return (
    <>
      <PopoverButton
        label={current ? `${current.name}${isChanged ? ' *' : ''}: saved views` : 'Saved views'}
        face={
          <>
            <Bookmark />{' '}
            <bdi className="cut" style={{ maxWidth: 160 }}>
              {current ? current.name : 'Views'}
            </bdi>
            {isChanged && <span title="Changed since it was saved"> *</span>}
          </>
        }
      >
        {(close) => {
          const then = (doIt: () => unknown) => () => {
            close()
            void doIt()
          }
          return (
            <div className={styles['options']}>
              <ViewList experimentId={experimentId} current={current} onOpen={(view) => then(() => open(view))()} />
              {current && (
                <>
                  <h3>{current.name}</h3>
                  {isChanged && (
                    <button
                      type="button"
                      onClick={then(() =>
                        act('The view was not saved.', () =>
                          server.updateView({ view_id: current.view_id, state: keptState(state) }),
                        ),
                      )}
                    >
                      Save changes
                    </button>
                  )}
                  <button type="button" onClick={then(() => setNaming(current))}>
                    Rename…
                  </button>
                  {experimentId !== undefined && (
                    <button
                      type="button"
                      onClick={then(() =>
                        act('The view was not made the default.', () =>
                          server.updateView({ view_id: current.view_id, is_default: current.is_default !== true }),
                        ),
                      )}
                    >
                      {current.is_default === true
                        ? 'No longer open the experiment with it'
                        : 'Open the experiment with it'}
                    </button>
                  )}
                  <button type="button" data-kind="danger" onClick={then(() => remove(current))}>
                    Delete
                  </button>
                </>
              )}
              <h3>What is shown</h3>
              <button type="button" onClick={then(() => setNaming('new'))}>
                Save as a view…
              </button>
            </div>
          )
        }}
      </PopoverButton>
      <IconButton label="Copy a link to this view" onClick={() => void share()}>
        <Link2 />
      </IconButton>
      {naming !== undefined && (
        <ViewNameDialog
          name={naming === 'new' ? '' : naming.name}
          onClose={() => setNaming(undefined)}
          onSave={async (name) => {
            if (naming === 'new') {
              const { view } = await server.createView({
                name,
                state: keptState(state),
                ...(experimentId !== undefined && { experiment_id: experimentId }),
              })
              change({ v: view.view_id }, { replace: true })
            } else await server.updateView({ view_id: naming.view_id, name })
            await queries.invalidateQueries({ queryKey: ['views'] })
          }}
        />
      )}
    </>
  )
}

interface ViewListProps {
  readonly experimentId: string | undefined
  readonly current: View | undefined
  readonly onOpen: (view: View) => void
}

function ViewList({ experimentId, current, onOpen }: ViewListProps) {
  const { data } = useViews(experimentId)
  return (
    <ul aria-label="Views">
      {data?.map((view) => (
        <li key={view.view_id}>
          <button
            type="button"
            aria-current={view.view_id === current?.view_id}
            title={view.name}
            onClick={() => onOpen(view)}
          >
            <bdi className="cut">{view.name}</bdi>
            <span className={styles['end']}>{view.is_default === true ? 'default' : ''}</span>
          </button>
        </li>
      ))}
      {data?.length === 0 && (
        <li className="quiet" style={{ padding: '4px 8px' }}>
          No views are saved yet
        </li>
      )}
    </ul>
  )
}

/** Whether an address describes no state of its own, and so may be a view's. */
function saysNothing(state: WorkspaceSearch): boolean {
  return Object.keys(state).every((key) => key === 'v' || key === 'experiments' || key === 'peek')
}

/** An address that names a view, or says nothing where there is a default one, becomes that view's. Once: then one is free. */
function useOpenedView(
  { state }: Workspace,
  views: readonly View[] | undefined,
  experimentId: string | undefined,
  open: (view: View) => void,
): void {
  const isDone = useRef(!saysNothing(state))
  const latest = useRef(open)
  useEffect(() => {
    latest.current = open
  })
  useEffect(() => {
    if (isDone.current || views === undefined) return
    isDone.current = true
    const named =
      state.v ?? (experimentId === undefined ? undefined : views.find((view) => view.is_default === true)?.view_id)
    if (named === undefined) return
    const known = views.find((view) => view.view_id === named)
    if (known) latest.current(known)
    else toast({ text: 'The view of this link is gone.', kind: 'failed' })
  }, [views, state.v, experimentId])
}

function text(state: WorkspaceSearch): string {
  return JSON.stringify(Object.entries(state).toSorted(([a], [b]) => a.localeCompare(b)))
}

interface ViewNameDialogProps {
  readonly name: string
  readonly onSave: (name: string) => Promise<unknown>
  readonly onClose: () => void
}

function ViewNameDialog({ name, onSave, onClose }: ViewNameDialogProps) {
  const [typed, setTyped] = useState(name)
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await onSave(typed.trim())
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title={name === '' ? 'Save as a view' : 'Rename the view'}
      onClose={onClose}
      action={{ label: 'Save', onAction: save, disabled: typed.trim() === '' }}
    >
      <TextField
        label="Name"
        hint="Everyone who uses this server sees it."
        value={typed}
        error={error}
        onChange={({ target }) => setTyped(target.value)}
        autoFocus
      />
    </Dialog>
  )
}
