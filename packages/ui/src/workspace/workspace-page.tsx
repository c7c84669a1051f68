import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Failure, Loading } from '../controls/notices.tsx'
import { useExperiments } from '../experiments/experiment-queries.ts'
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
  const all = useExperiments('')
  const ids = useMemo(
    () => search.experiments ?? all.data?.map(({ experiment_id }) => experiment_id),
    [search.experiments, all.data],
  )
  const workspace = useWorkspace(search, ids ?? [])
  if (ids === undefined && all.error) {
    return <Failure what="The experiments could not be loaded." error={all.error} retry={all.refetch} />
  }
  return ids === undefined ? (
    <Loading what="the runs" rows={12} />
  ) : (
    <WorkspaceView workspace={workspace} experimentId={undefined} />
  )
}
