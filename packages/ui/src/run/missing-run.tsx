import { Link } from '@tanstack/react-router'
import { EmptyState } from '../controls/notices.tsx'

/** Says that a run is not there. */
export function MissingRun({ runId, experimentId }: { runId: string; experimentId?: string }) {
  return (
    <EmptyState title="There is no such run">
      <p>
        No run has the id <code dir="auto">{runId}</code>. It may have been deleted for good, or the link was cut.
      </p>
      <p>
        {experimentId === undefined ? (
          <Link to="/runs">All runs</Link>
        ) : (
          <Link to="/experiments/$experimentId/runs" params={{ experimentId }}>
            Runs of the experiment
          </Link>
        )}
      </p>
    </EmptyState>
  )
}
