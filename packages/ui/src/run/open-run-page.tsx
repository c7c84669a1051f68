import { useNavigate, useParams } from '@tanstack/react-router'
import { ApiError } from '@trackway/sdk'
import { useEffect } from 'react'
import { Failure, Loading } from '../controls/notices.tsx'
import { useCrumbs } from '../shell/crumbs.tsx'
import { MissingRun } from './missing-run.tsx'
import { useRun } from './run-data.ts'

/** Finds the experiment of a run that an address names alone, and goes there. */
export function OpenRunPage() {
  const { runId } = useParams({ from: '/open-run/$runId' })
  const navigate = useNavigate()
  const { data, error, refetch } = useRun(runId)
  useCrumbs([{ label: 'Experiments', to: '/experiments' }, { label: runId }])
  const experimentId = data?.info.experiment_id
  useEffect(() => {
    if (experimentId === undefined) return
    void navigate({ to: '/experiments/$experimentId/runs/$runId', params: { experimentId, runId }, replace: true })
  }, [experimentId, runId, navigate])
  if (!error) return <Loading what="the run" />
  if (!(error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST')) {
    return <Failure what="The run could not be loaded." error={error} retry={refetch} />
  }
  return <MissingRun runId={runId} />
}
