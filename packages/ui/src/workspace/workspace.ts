import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { filterOf, parseWorkspaceSearch, type WorkspaceChange, type WorkspaceSearch } from './workspace-state.ts'

/** Which runs a workspace is about: what its queries share. */
export interface RunScope {
  /** Empty for all experiments. */
  readonly experimentIds: readonly string[]
  /** The filter, with what was brushed. */
  readonly filter: string
  readonly viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
  /** As `order_by` of runs/query; newest first when empty. */
  readonly orderBy: readonly string[]
}

/** A workspace's state and the way to change it; given to every lens. */
export interface Workspace {
  readonly scope: RunScope
  readonly state: WorkspaceSearch
  /** Changes some of the state. By default Back undoes it; with `replace`, as while typing or dragging, it does not. */
  readonly change: (change: WorkspaceChange, options?: { readonly replace?: boolean }) => void
}

const viewTypes = { active: 'ACTIVE_ONLY', deleted: 'DELETED_ONLY', all: 'ALL' } as const

/** The workspace that the address describes. `experimentIds` empty is all experiments. */
export function useWorkspace(search: WorkspaceSearch, experimentIds: readonly string[]): Workspace {
  const navigate = useNavigate()
  const change = useCallback<Workspace['change']>(
    (changed, { replace = false } = {}) =>
      void navigate({
        to: '.',
        // Defaults are left out of the address.
        search: ((before: Record<string, unknown>) => parseWorkspaceSearch({ ...before, ...changed })) as never,
        replace,
      }),
    [navigate],
  )
  const ids = experimentIds.join(',')
  const filter = filterOf(search)
  const { order, view = 'active' } = search
  const scope = useMemo<RunScope>(
    () => ({
      experimentIds: ids === '' ? [] : ids.split(','),
      filter,
      viewType: viewTypes[view],
      orderBy: order === undefined ? [] : [order],
    }),
    [ids, filter, view, order],
  )
  return useMemo(() => ({ scope, state: search, change }), [scope, search, change])
}
