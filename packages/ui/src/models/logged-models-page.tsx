import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { LoggedModel } from '@trackway/sdk'
import { useState } from 'react'
import { metricText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { TextField } from '../controls/text-field.tsx'
import { Ago } from '../controls/time.tsx'
import { useCrumbs } from '../shell/crumbs.tsx'
import { headlineMetric } from '@trackway/sdk'
import { loggedModelFilter, useExperimentName, useLoggedModelPages } from './logged-model-queries.ts'
import { LoggedModelStatus } from './logged-model-status.tsx'
import styles from './models.module.css'
import { useSourceRuns } from './source-runs.ts'

const route = getRouteApi('/experiments/$experimentId/models')
const mostMetrics = 4

/** The models that the runs of an experiment logged. */
export function LoggedModelsPage() {
  const { experimentId } = route.useParams()
  const { q = '' } = route.useSearch()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(q)
  const name = useExperimentName(experimentId)
  useCrumbs([
    { label: 'Experiments', to: '/experiments' },
    { label: name.data ?? experimentId, to: `/experiments/${experimentId}/runs` },
    { label: 'Logged models' },
  ])
  const pages = useLoggedModelPages(experimentId, loggedModelFilter(q))
  const models = pages.data?.pages.flatMap((page) => page.models ?? []) ?? []
  return (
    <div className="page">
      <header className="page-head">
        <h1>Logged models</h1>
      </header>
      <form
        className={styles['search']}
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          const search = typed.trim() === '' ? {} : { q: typed.trim() }
          void navigate({ to: '/experiments/$experimentId/models', params: { experimentId }, search })
        }}
      >
        <TextField
          label="Search logged models"
          isBare
          type="search"
          value={typed}
          placeholder="Part of a name, or a filter: metrics.accuracy > 0.9"
          onChange={(event) => setTyped(event.target.value)}
          onBlur={(event) => event.currentTarget.form?.requestSubmit()}
        />
      </form>
      {pages.isPending && <Loading what="logged models" />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The logged models could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && models.length === 0 && (
        <EmptyState title={q === '' ? 'No models were logged here yet' : 'No logged model matches'}>
          {q === '' && (
            <p>
              <code>mlflow.sklearn.log_model(model, name="model")</code> within a run logs one; so does autologging.
            </p>
          )}
        </EmptyState>
      )}
      {models.length > 0 && (
        <>
          <LoggedModelsTable models={models} />
          <LoadMore pages={pages} what="logged models" />
        </>
      )}
    </div>
  )
}

function LoggedModelsTable({ models }: { models: readonly LoggedModel[] }) {
  const runs = useSourceRuns(models.map(({ info }) => info.source_run_id ?? ''))
  const metrics = commonKeys(models.map(({ data }) => (data.metrics ?? []).map(({ key }) => key)))
  const params = commonKeys(models.map(({ data }) => (data.params ?? []).map(({ key }) => key)))
  return (
    <div className={styles['scroll']}>
      <table className="table" aria-label="Logged models">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Status</th>
            <th scope="col">Source run</th>
            {metrics.map((key) => (
              <th key={key} scope="col" className="number">
                <bdi>{key}</bdi>
              </th>
            ))}
            {params.map((key) => (
              <th key={key} scope="col">
                <bdi>{key}</bdi>
              </th>
            ))}
            <th scope="col">Data</th>
            <th scope="col">Registered as</th>
            <th scope="col">Logged</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => {
            const { info, data } = model
            const run = runs.data?.get(info.source_run_id ?? '')
            return (
              <tr key={info.model_id}>
                <th scope="row">
                  <div className={styles['name']}>
                    <Link
                      to="/logged-models/$modelId"
                      params={{ modelId: info.model_id }}
                      className="cut"
                      title={info.name}
                    >
                      <bdi>{info.name}</bdi>
                    </Link>
                    {info.model_type !== undefined && info.model_type !== '' && (
                      <small className="cut" dir="auto">
                        {info.model_type}
                      </small>
                    )}
                  </div>
                </th>
                <td>
                  <LoggedModelStatus status={info.status} />
                </td>
                <td>
                  {run && (
                    <Link
                      to="/experiments/$experimentId/runs/$runId"
                      params={{ experimentId: run.experimentId, runId: run.id }}
                      className={`cut ${styles['run'] ?? ''}`}
                      title={run.name}
                    >
                      <bdi>{run.name}</bdi>
                    </Link>
                  )}
                </td>
                {metrics.map((key) => {
                  const value = (data.metrics ?? []).findLast((metric) => metric.key === key)?.value
                  return (
                    <td key={key} className="number" title={value === undefined ? undefined : String(value)}>
                      {value !== undefined && metricText(Number(value))}
                    </td>
                  )
                })}
                {params.map((key) => {
                  const value = (data.params ?? []).find((param) => param.key === key)?.value ?? ''
                  return (
                    <td key={key} title={value.slice(0, 1000)}>
                      <bdi className={`cut ${styles['run'] ?? ''}`}>{value.slice(0, 200)}</bdi>
                    </td>
                  )
                })}
                <td>
                  <span className={styles['chips']}>
                    {[...new Set((data.metrics ?? []).map(({ dataset_name: name }) => name ?? ''))]
                      .filter((name) => name !== '')
                      .map((name) => (
                        <bdi key={name}>{name}</bdi>
                      ))}
                  </span>
                </td>
                <td>
                  <Registrations model={model} />
                </td>
                <td className={styles['metric']}>
                  <Ago ms={info.creation_timestamp_ms} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** The versions as which a logged model is registered. */
export function Registrations({ model }: { model: LoggedModel }) {
  return (
    <span className={styles['chips']}>
      {(model.info.registrations ?? []).map(({ name, version }) => (
        <Link key={`${name} ${version}`} to="/models/$name/versions/$version" params={{ name, version }}>
          <bdi>{name}</bdi> v{version}
        </Link>
      ))}
    </span>
  )
}

/** The keys that most have, the most telling first. */
function commonKeys(lists: readonly (readonly string[])[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const list of lists) for (const key of new Set(list)) counts.set(key, (counts.get(key) ?? 0) + 1)
  const common = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([key]) => key)
  const first = headlineMetric(common)
  return [...(first === undefined ? [] : [first]), ...common.filter((key) => key !== first)].slice(0, mostMetrics)
}
