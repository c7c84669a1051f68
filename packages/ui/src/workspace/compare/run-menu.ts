import type { MenuItem } from '../../controls/menu.tsx'
import type { ShownRun } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'

/** What can be done with a run of a comparison. */
export function runMenuItems({ state, change }: Workspace, run: ShownRun): readonly MenuItem[] {
  const { sel = [], pin = [], hide = [], base } = state
  const isChosen = sel.includes(run.id) || pin.includes(run.id)
  const without = (ids: readonly string[]): readonly string[] | undefined => {
    const left = ids.filter((id) => id !== run.id)
    return left.length > 0 ? left : undefined
  }
  return [
    base === run.id
      ? { id: 'base', label: 'Compare without a baseline', onAction: () => change({ base: undefined }) }
      : { id: 'base', label: 'Make this the baseline', onAction: () => change({ base: run.id }) },
    { id: 'peek', label: 'Look at the run', onAction: () => change({ peek: run.id }) },
    ...(isChosen
      ? [
          {
            id: 'remove',
            label: 'Remove from the comparison',
            onAction: () => change({ sel: without(sel), pin: without(pin) }),
          },
        ]
      : []),
    { id: 'hide', label: 'Hide', onAction: () => change({ hide: [...hide, run.id] }) },
  ]
}
