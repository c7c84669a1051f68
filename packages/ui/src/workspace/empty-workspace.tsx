import { EmptyState } from '../controls/notices.tsx'
import { Snippets } from '../controls/snippets.tsx'
import { Button } from '../controls/button.tsx'
import { useExperiment } from '../experiments/experiment-queries.ts'
import { WorkspaceHead } from './workspace-head.tsx'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

/** An experiment without runs: how to log the first one. */
export function EmptyWorkspace({
  experimentId,
  workspace,
}: {
  experimentId: string | undefined
  workspace: Workspace
}) {
  const experiment = useExperiment(experimentId)
  return (
    <div className={styles['workspace']}>
      <WorkspaceHead experimentId={experimentId} workspace={workspace} />
      <div className={styles['lens']}>
        <EmptyState title={experimentId === undefined ? 'There are no runs yet' : 'No runs here yet'}>
          <p>Log a run to this server, and it is shown here while it goes on.</p>
          {!experiment.isLoading && <Snippets experimentName={experiment.data?.name ?? 'my-experiment'} />}
          <p>
            <Button kind="quiet" onClick={() => workspace.change({ view: 'deleted' })}>
              Look at deleted runs
            </Button>
          </p>
        </EmptyState>
      </div>
    </div>
  )
}
