import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Response } from '@trackway/sdk'
import type { ReactNode } from 'react'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { server } from '../server.ts'
import styles from './lineage.module.css'

type Lineage = Response<'getModelVersionLineage'>

/** From what data, by what run, as which logged model a version was made. */
export function VersionLineage({ name, version }: { name: string; version: string }) {
  const lineage = useQuery({
    queryKey: ['version', name, version, 'lineage'],
    queryFn: ({ signal }) => server.getModelVersionLineage({ name, version }, { signal }),
  })
  if (lineage.isPending) return <Loading what="the lineage" />
  if (lineage.isError) {
    return <Failure what="The lineage could not be loaded." error={lineage.error} retry={lineage.refetch} />
  }
  const { run, code, logged_model: model, datasets = [], source_version: copied } = lineage.data
  if (!run && !model && !copied && datasets.length === 0) {
    return (
      <EmptyState title="Nothing is known of where it comes from">
        <p>The version was registered without a run of this server, and is no copy of another version.</p>
      </EmptyState>
    )
  }
  return (
    <ol className={styles['chain']} aria-label="Lineage">
      {datasets.length > 0 && (
        <Step title="Data">
          <Datasets datasets={datasets} />
        </Step>
      )}
      {run && (
        <Step title="Run">
          <Link
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: run.experiment_id, runId: run.run_id }}
            className={styles['main'] ?? ''}
          >
            <bdi>{run.run_name}</bdi>
          </Link>
          <p>
            <RunStatus status={run.status} /> {run.lifecycle_stage === 'deleted' && <strong>in the trash</strong>}
          </p>
          <p className="quiet">
            in{' '}
            <Link to="/experiments/$experimentId/runs" params={{ experimentId: run.experiment_id }}>
              <bdi>{run.experiment_name}</bdi>
            </Link>
            {run.user_id !== undefined && run.user_id !== '' && (
              <>
                , by <bdi>{run.user_id}</bdi>
              </>
            )}
          </p>
          {code && <Code code={code} />}
        </Step>
      )}
      {model && (
        <Step title="Logged model">
          <Link to="/logged-models/$modelId" params={{ modelId: model.model_id }} className={styles['main'] ?? ''}>
            <bdi>{model.name}</bdi>
          </Link>
          <p className={styles['mono']}>
            <bdi>{model.artifact_uri}</bdi>
          </p>
        </Step>
      )}
      {copied && (
        <Step title="Copied from">
          <Link
            to="/models/$name/versions/$version"
            params={{ name: copied.name, version: copied.version }}
            className={styles['main'] ?? ''}
          >
            <bdi>{copied.name}</bdi> version {copied.version}
          </Link>
        </Step>
      )}
      <Step title="Version" isLast>
        <span className={styles['main']}>
          <bdi>{name}</bdi> version {version}
        </span>
      </Step>
    </ol>
  )
}

function Step({ title, children, isLast = false }: { title: string; children: ReactNode; isLast?: boolean }) {
  return (
    <li className={styles['step']} data-last={isLast}>
      <h3>{title}</h3>
      {children}
    </li>
  )
}

function Datasets({ datasets }: { datasets: NonNullable<Lineage['datasets']> }) {
  return (
    <ul className={styles['list']}>
      {datasets.map(({ dataset, context }, index) => (
        <li key={index}>
          <span className={styles['main']}>
            <bdi>{dataset.name}</bdi>
          </span>
          <p className="quiet">
            {context !== undefined && context !== '' && (
              <>
                <bdi>{context}</bdi>,{' '}
              </>
            )}
            <bdi>{dataset.digest}</bdi> <bdi>{rowsText(dataset.profile)}</bdi>
          </p>
        </li>
      ))}
    </ul>
  )
}

function Code({ code }: { code: NonNullable<Lineage['code']> }) {
  return (
    <dl className={styles['code']}>
      {Object.entries({
        Code: code.source_name,
        Commit: code.git_commit,
        Branch: code.git_branch,
        Repository: code.git_repository,
      }).map(
        ([label, value]) =>
          value !== undefined &&
          value !== '' && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** How many rows a profile of pandas says there are. */
function rowsText(profile: string | undefined): string {
  try {
    const { num_rows: rows } = JSON.parse(profile ?? '') as { num_rows?: unknown }
    return typeof rows === 'number' ? `${rows.toLocaleString('en')} rows` : ''
  } catch {
    return ''
  }
}
