import { useMemo } from 'react'
import { Button } from '../../controls/button.tsx'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import { baselineFirst } from '../compare/comparison.ts'
import { useShownRuns } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'
import { FileCompare } from './file-compare.tsx'

/** The same file of the shown runs. */
export function ArtifactsLens({ workspace }: { workspace: Workspace }) {
  const { data, error, refetch } = useShownRuns(workspace)
  const { base, hide } = workspace.state
  const runs = useMemo(() => baselineFirst(data?.runs ?? [], base), [data, base])
  if (!data) {
    if (error) return <Failure what="The runs could not be loaded." error={error} retry={refetch} />
    return <Loading what="the runs" />
  }
  if (runs.length < 2) {
    return (
      <EmptyState title="Two runs make a comparison">
        <p>
          Tick runs in the table with the mouse or by <kbd>x</kbd>. All files of one run are on its own page.
        </p>
        <p>
          <Button onClick={() => workspace.change({ lens: 'table' })}>To the table</Button>{' '}
          {hide !== undefined && (
            <Button onClick={() => workspace.change({ hide: undefined })}>Show hidden runs</Button>
          )}
        </p>
      </EmptyState>
    )
  }
  return <FileCompare workspace={workspace} runs={runs} />
}
