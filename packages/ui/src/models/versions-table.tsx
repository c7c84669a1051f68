import { Link } from '@tanstack/react-router'
import type { ModelVersion, RegisteredModel, RegisteredModelSettings } from '@trackway/sdk'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { Button, buttonLink } from '../controls/button.tsx'
import { metricText } from '../controls/display-text.ts'
import { Menu } from '../controls/menu.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { Ago } from '../controls/time.tsx'
import { AliasList } from './alias-list.tsx'
import styles from './models.module.css'
import { MoveMenu } from './move-menu.tsx'
import { differingMetrics, metricsOf } from './shown-metrics.ts'
import type { SourceRun, SourceRuns } from './source-runs.ts'
import { StageMark } from './stage-mark.tsx'

interface VersionsTableProps {
  readonly model: RegisteredModel
  readonly versions: readonly ModelVersion[]
  readonly runs: SourceRuns | undefined
  readonly settings: RegisteredModelSettings | undefined
  /** The metrics chosen; those that differ when undefined. */
  readonly chosen: readonly string[] | undefined
  readonly onChoose: (metrics: readonly string[] | undefined) => void
}

/** The versions with what their source runs measured, to be moved, named and compared. */
export function VersionsTable({ model, versions, runs, settings, chosen, onChoose }: VersionsTableProps) {
  const [picked, setPicked] = useState<readonly string[]>([])
  const known = versions.map((version) => runs?.get(version.run_id)).filter((run) => run !== undefined)
  const all = metricsOf(known)
  const metrics = chosen?.filter((key) => all.includes(key)) ?? differingMetrics(known)
  const compared = picked.length >= 2 ? picked : []

  const toggle = (key: string): void =>
    onChoose(metrics.includes(key) ? metrics.filter((one) => one !== key) : [...metrics, key])

  return (
    <section className={styles['section']} aria-labelledby="versions">
      <div className={styles['section-head']}>
        <h2 id="versions">Versions</h2>
        {all.length > 0 && (
          <Menu
            label="Metrics"
            items={[
              {
                id: 'automatic',
                label: 'Those that differ',
                checked: chosen === undefined,
                onAction: () => onChoose(undefined),
              },
              ...all.map((key) => ({
                id: `metric ${key}`,
                label: key,
                group: 'Of the source runs',
                checked: metrics.includes(key),
                onAction: () => toggle(key),
              })),
            ]}
          >
            <SlidersHorizontal /> Metrics
          </Menu>
        )}
        {compared.length > 0 ? (
          <Link
            to="/models/$name/compare"
            params={{ name: model.name }}
            search={{ v: [...compared] }}
            className={buttonLink}
            data-kind="primary"
          >
            Compare {compared.length}
          </Link>
        ) : (
          <Button disabled title="Select two or more versions">
            Compare
          </Button>
        )}
      </div>
      <div className={styles['scroll']}>
        <table className="table" aria-label="Versions">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Selected</span>
              </th>
              <th scope="col">Version</th>
              <th scope="col">Stage</th>
              <th scope="col">Aliases</th>
              <th scope="col">Source run</th>
              {metrics.map((key) => (
                <th key={key} scope="col" className="number" title={key}>
                  <bdi>{key}</bdi>
                </th>
              ))}
              <th scope="col">Tags</th>
              <th scope="col">Created</th>
              <th scope="col">By</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => (
              <VersionRow
                key={version.version}
                model={model}
                version={version}
                run={runs?.get(version.run_id)}
                metrics={metrics}
                settings={settings}
                isPicked={picked.includes(version.version)}
                onPick={(isPicked) =>
                  setPicked((before) => [
                    ...before.filter((one) => one !== version.version),
                    ...(isPicked ? [version.version] : []),
                  ])
                }
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface VersionRowProps {
  readonly model: RegisteredModel
  readonly version: ModelVersion
  readonly run: SourceRun | undefined
  readonly metrics: readonly string[]
  readonly settings: RegisteredModelSettings | undefined
  readonly isPicked: boolean
  readonly onPick: (isPicked: boolean) => void
}

function VersionRow({ model, version, run, metrics, settings, isPicked, onPick }: VersionRowProps) {
  const { name } = model
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          className={styles['pick']}
          aria-label={`Select version ${version.version}`}
          checked={isPicked}
          onChange={(event) => onPick(event.target.checked)}
        />
      </td>
      <th scope="row">
        <Link
          to="/models/$name/versions/$version"
          params={{ name, version: version.version }}
          className={styles['strong'] ?? ''}
        >
          v{version.version}
        </Link>
        {version.status !== 'READY' && (
          <span className={styles['count']} title={version.status_message}>
            {' '}
            {version.status === 'FAILED_REGISTRATION' ? 'failed' : 'pending'}
          </span>
        )}
      </th>
      <td>
        <StageMark stage={version.current_stage} />
      </td>
      <td>
        <AliasList name={name} version={version.version} aliases={version.aliases ?? []} taken={model.aliases ?? []} />
      </td>
      <td>
        <SourceLink version={version} run={run} />
      </td>
      {metrics.map((key) => {
        const value = run?.metrics.get(key)
        return (
          <td key={key} className="number" title={value === undefined ? undefined : String(value)}>
            {value !== undefined && metricText(value)}
          </td>
        )
      })}
      <td>
        <TagList tags={userTags(version.tags).slice(0, 3)} />
      </td>
      <td className={styles['metric']}>
        <Ago ms={version.creation_timestamp} />
      </td>
      <td>
        <bdi>{version.user_id}</bdi>
      </td>
      <td>
        <MoveMenu name={name} version={version.version} stage={version.current_stage} settings={settings} />
      </td>
    </tr>
  )
}

/** The run that made a version: a link where this server has it. */
export function SourceLink({ version, run }: { version: ModelVersion; run: SourceRun | undefined }) {
  if (version.run_id === '') return <span className="quiet">–</span>
  return (
    <Link
      {...(run
        ? { to: '/experiments/$experimentId/runs/$runId', params: { experimentId: run.experimentId, runId: run.id } }
        : { to: '/open-run/$runId', params: { runId: version.run_id } })}
      className={`cut ${styles['run'] ?? ''}`}
      title={run?.name ?? version.run_id}
    >
      <bdi>{run?.name ?? version.run_id.slice(0, 8)}</bdi>
    </Link>
  )
}
