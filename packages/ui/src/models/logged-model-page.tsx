import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { LoggedModel } from '@trackway/sdk'
import { useState } from 'react'
import { ArtifactBrowser } from '../artifacts/artifact-browser.tsx'
import { Button } from '../controls/button.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { metricText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { toastFailure } from '../shell/toasts.tsx'
import lineage from './lineage.module.css'
import { useExperimentName, useLoggedModel } from './logged-model-queries.ts'
import { LoggedModelStatus } from './logged-model-status.tsx'
import { Registrations } from './logged-models-page.tsx'
import styles from './models.module.css'
import { RegisterDialog } from './register-dialog.tsx'
import { useSourceRuns } from './source-runs.ts'
import { TabLinks } from './tab-links.tsx'
import { Values } from './version-overview.tsx'

const route = getRouteApi('/logged-models/$modelId')

/** A model that a run logged, registered or not. */
export function LoggedModelPage() {
  const { modelId } = route.useParams()
  const { tab = 'overview', path = '' } = route.useSearch()
  const navigate = useNavigate()
  const model = useLoggedModel(modelId)
  const experimentId = model.data?.info.experiment_id
  const experiment = useExperimentName(experimentId)
  useCrumbs([
    { label: 'Experiments', to: '/experiments' },
    ...(experimentId === undefined
      ? []
      : [
          { label: experiment.data ?? experimentId, to: `/experiments/${experimentId}/runs` },
          { label: 'Logged models', to: `/experiments/${experimentId}/models` },
        ]),
    { label: model.data?.info.name ?? modelId },
  ])
  if (model.isPending) return <Loading what="the logged model" />
  if (model.isError) {
    return <Failure what="The logged model could not be loaded." error={model.error} retry={model.refetch} />
  }
  return (
    <div className="page">
      <LoggedModelHead model={model.data} />
      <TabLinks
        label="Parts of the logged model"
        current={tab}
        tabs={[
          { id: 'overview', label: 'Overview' },
          { id: 'files', label: 'Files' },
          { id: 'lineage', label: 'Lineage' },
        ]}
      />
      {tab === 'overview' && <Overview model={model.data} />}
      {tab === 'files' && (
        <ArtifactBrowser
          root={{ modelId }}
          path={path}
          onOpen={(opened) =>
            void navigate({
              to: '/logged-models/$modelId',
              params: { modelId },
              search: opened === '' ? { tab: 'files' } : { tab: 'files', path: opened },
            })
          }
        />
      )}
      {tab === 'lineage' && <Lineage model={model.data} />}
    </div>
  )
}

function LoggedModelHead({ model }: { model: LoggedModel }) {
  const { info } = model
  const { model_id } = info
  const [isRegistering, setRegistering] = useState(false)
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: ['run', 'logged-model', model_id] })
  return (
    <>
      <header className="page-head">
        <div className={styles['page-title']}>
          <h1 dir="auto">{info.name}</h1>
          <LoggedModelStatus status={info.status} />
        </div>
        <Button kind="primary" onClick={() => setRegistering(true)}>
          Register
        </Button>
      </header>
      <div className={styles['facts']}>
        <span>
          <code>{model_id}</code>
          <CopyButton text={model_id} label="Copy the model id" />
        </span>
        <span>
          Logged <Ago ms={info.creation_timestamp_ms} />
        </span>
        {info.model_type !== undefined && info.model_type !== '' && (
          <span>
            Type <b dir="auto">{info.model_type}</b>
          </span>
        )}
        {(info.registrations ?? []).length > 0 && (
          <span>
            Registered as <Registrations model={model} />
          </span>
        )}
        <TagList
          tags={userTags(info.tags)}
          onSet={async (key, value) => {
            await server.setLoggedModelTags({ model_id, tags: [{ key, value }] })
            await changed()
          }}
          onDelete={async (key) => {
            await server
              .deleteLoggedModelTag({ model_id, tag_key: key })
              .catch((error: unknown) => toastFailure('The tag was not deleted.', error))
            await changed()
          }}
        />
      </div>
      {info.status_message !== undefined && info.status_message !== '' && (
        <p className={styles['notice']} dir="auto">
          {info.status_message}
        </p>
      )}
      {isRegistering && <RegisterDialog model={model} onClose={() => setRegistering(false)} />}
    </>
  )
}

function Overview({ model }: { model: LoggedModel }) {
  const { metrics = [], params = [] } = model.data
  if (metrics.length === 0 && params.length === 0) {
    return <EmptyState title="No metrics and no params were logged for this model" />
  }
  return (
    <div className={styles['columns']}>
      {metrics.length > 0 && (
        <section className={styles['section']} aria-labelledby="metrics">
          <h2 id="metrics">Metrics</h2>
          <div className={styles['scroll']}>
            <table className="table" aria-label="Metrics">
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  <th scope="col">Data</th>
                  <th scope="col" className="number">
                    Step
                  </th>
                  <th scope="col" className="number">
                    Value
                  </th>
                </tr>
              </thead>
              <tbody>
                {metrics.map((metric, index) => (
                  <tr key={index}>
                    <th scope="row">
                      <bdi>{metric.key}</bdi>
                    </th>
                    <td>
                      <bdi>{metric.dataset_name}</bdi>
                    </td>
                    <td className="number">{String(metric.step ?? 0)}</td>
                    <td className="number" title={String(metric.value)}>
                      {metricText(Number(metric.value))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {params.length > 0 && (
        <section className={styles['section']} aria-labelledby="params">
          <h2 id="params">Params</h2>
          <Values label="Params" values={params.map(({ key, value }) => ({ key, text: value, full: value }))} />
        </section>
      )}
    </div>
  )
}

function Lineage({ model: { info, data } }: { model: LoggedModel }) {
  const runs = useSourceRuns([info.source_run_id ?? ''])
  const run = runs.data?.get(info.source_run_id ?? '')
  const datasets = [...new Set((data.metrics ?? []).map(({ dataset_name: name }) => name ?? ''))].filter(Boolean)
  return (
    <ol className={lineage['chain']} aria-label="Lineage">
      {run && (
        <li className={lineage['step']}>
          <h3>Run</h3>
          <Link
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: run.experimentId, runId: run.id }}
            className={lineage['main'] ?? ''}
          >
            <bdi>{run.name}</bdi>
          </Link>
        </li>
      )}
      <li className={lineage['step']} data-last={(info.registrations ?? []).length === 0}>
        <h3>Logged model</h3>
        <span className={lineage['main']}>
          <bdi>{info.name}</bdi>
        </span>
        {datasets.length > 0 && (
          <p className="quiet">
            measured on <bdi>{datasets.join(', ')}</bdi>
          </p>
        )}
        <p className={lineage['mono']}>
          <bdi>{info.artifact_uri}</bdi>
        </p>
      </li>
      {(info.registrations ?? []).length > 0 && (
        <li className={lineage['step']} data-last="true">
          <h3>Versions</h3>
          {(info.registrations ?? []).map(({ name, version }) => (
            <Link
              key={`${name} ${version}`}
              to="/models/$name/versions/$version"
              params={{ name, version }}
              className={lineage['main'] ?? ''}
            >
              <bdi>{name}</bdi> version {version}
            </Link>
          ))}
        </li>
      )}
    </ol>
  )
}
