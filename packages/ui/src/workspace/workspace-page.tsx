import { getRouteApi } from '@tanstack/react-router'
import { WorkspaceView } from './workspace-view.tsx'
import { useWorkspace } from './workspace.ts'

const experimentRoute = getRouteApi('/experiments/$experimentId/runs')
const runsRoute = getRouteApi('/runs')

/** The runs of one experiment. */
export function ExperimentWorkspacePage() {
  const { experimentId } = experimentRoute.useParams()
  const workspace = useWorkspace(experimentRoute.useSearch(), [experimentId])
  return <WorkspaceView key={experimentId} workspace={workspace} experimentId={experimentId} />
}

/** The runs of several experiments, or of all. */
export function RunsWorkspacePage() {
  const search = runsRoute.useSearch()
  const workspace = useWorkspace(search, search.experiments ?? [])
  return <WorkspaceView workspace={workspace} experimentId={undefined} />
}
