import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ApiError } from '@trackway/sdk'
import { lazy, Suspense, useEffect } from 'react'
import { Failure, Loading } from '../controls/notices.tsx'
import { useCrumbs } from '../shell/crumbs.tsx'
import { DeletedBanner } from './deleted-banner.tsx'
import { useExperimentName } from './experiment-name.ts'
import { MissingRun } from './missing-run.tsx'
import { useRun } from './run-data.ts'
import { RunHead } from './run-head.tsx'
import { RunOverview } from './run-overview.tsx'
import styles from './run-page.module.css'

const RunCharts = lazy(async () => ({ default: (await import('./run-charts.tsx')).RunCharts }))
const RunLogs = lazy(async () => ({ default: (await import('./run-logs.tsx')).RunLogs }))
const RunLineage = lazy(async () => ({ default: (await import('./run-lineage.tsx')).RunLineage }))
const RunChildren = lazy(async () => ({ default: (await import('./run-children.tsx')).RunChildren }))
const ArtifactBrowser = lazy(async () => ({
  default: (await import('../artifacts/artifact-browser.tsx')).ArtifactBrowser,
}))

const tabs = [
  ['overview', 'Overview'],
  ['charts', 'Charts'],
  ['system', 'System'],
  ['logs', 'Logs'],
  ['artifacts', 'Artifacts'],
  ['lineage', 'Lineage'],
  ['children', 'Children'],
] as const
type Tab = (typeof tabs)[number][0]

/** Everything of one run. */
export function RunPage() {
  const { experimentId = '', runId = '', tab: asked = 'overview', _splat: rest = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const { data: run, error, refetch } = useRun(runId)
  const experimentName = useExperimentName(experimentId)
  const name = run?.info.run_name ?? runId
  useCrumbs([
    { label: 'Experiments', to: '/experiments' },
    { label: experimentName, to: `/experiments/${experimentId}/runs` },
    { label: name },
  ])

  const tab: Tab = tabs.find(([id]) => id === asked)?.[0] ?? 'overview'
  // A run may have been moved since the link was made.
  const home = run?.info.experiment_id ?? experimentId
  useEffect(() => {
    if (home === experimentId) return
    void navigate({
      to: '/experiments/$experimentId/runs/$runId/$tab/$',
      params: { experimentId: home, runId, tab, _splat: rest },
      replace: true,
    })
  }, [home, experimentId, runId, tab, rest, navigate])

  if (!run) {
    if (!error) return <Loading what="the run" />
    const isMissing = error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST'
    return isMissing ? (
      <MissingRun runId={runId} experimentId={experimentId} />
    ) : (
      <Failure what="The run could not be loaded." error={error} retry={refetch} />
    )
  }
  const open = (path: string): void => {
    void navigate({
      to: '/experiments/$experimentId/runs/$runId/$tab/$',
      params: { experimentId, runId, tab, _splat: path },
      resetScroll: false,
    })
  }
  const isTall = tab === 'artifacts' || tab === 'logs'
  return (
    <div className={styles['run']} data-tall={isTall}>
      <RunHead run={run} />
      <DeletedBanner run={run} />
      {error && (
        <p className={styles['notice']} role="alert">
          What is shown may be out of date: {error.message}
        </p>
      )}
      <nav className={styles['tabs']} aria-label="Parts of the run">
        {tabs.map(([id, label]) =>
          id === 'overview' ? (
            <Link
              key={id}
              to="/experiments/$experimentId/runs/$runId"
              params={{ experimentId, runId }}
              activeOptions={{ exact: true }}
              resetScroll={false}
            >
              {label}
            </Link>
          ) : (
            <Link
              key={id}
              to="/experiments/$experimentId/runs/$runId/$tab/$"
              params={{ experimentId, runId, tab: id, _splat: '' }}
              resetScroll={false}
            >
              {label}
            </Link>
          ),
        )}
      </nav>
      {tab !== asked && (
        <p className={styles['notice']} role="status">
          A run has no part <q dir="auto">{asked}</q>. This is its overview.
        </p>
      )}
      <div className={styles['content']}>
        <Suspense fallback={<Loading what="the page" />}>
          {tab === 'overview' && <RunOverview run={run} />}
          {(tab === 'charts' || tab === 'system') && <RunCharts run={run} isSystem={tab === 'system'} />}
          {tab === 'logs' && <RunLogs run={run} path={rest} onOpen={open} />}
          {tab === 'artifacts' && <ArtifactBrowser root={{ runId }} path={rest} onOpen={open} isEditable />}
          {tab === 'lineage' && <RunLineage run={run} />}
          {tab === 'children' && <RunChildren run={run} />}
        </Suspense>
      </div>
    </div>
  )
}
