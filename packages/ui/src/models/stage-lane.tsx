import { Link } from '@tanstack/react-router'
import type { ModelVersion, RegisteredModelSettings, TransitionRequest } from '@trackway/sdk'
import { LockKeyhole } from 'lucide-react'
import { metricText } from '../controls/display-text.ts'
import { Ago } from '../controls/time.tsx'
import { headlineMetric } from '@trackway/sdk'
import { MoveMenu } from './move-menu.tsx'
import type { SourceRuns } from './source-runs.ts'
import styles from './stage-lane.module.css'
import { StageMark } from './stage-mark.tsx'
import { stages } from './stages.ts'

interface StageLaneProps {
  readonly name: string
  readonly versions: readonly ModelVersion[]
  readonly runs: SourceRuns | undefined
  readonly settings: RegisteredModelSettings | undefined
  /** The open requests of the model. */
  readonly requests: readonly TransitionRequest[]
}

/** How many versions of a stage are drawn; the table has all. */
const mostShown = 4

/** The way of a version from None to Archived, with the versions that stand at each place. */
export function StageLane({ name, versions, runs, settings, requests }: StageLaneProps) {
  return (
    <ol className={styles['lane']} aria-label="Stages">
      {stages.map((stage) => {
        const standing = versions.filter((version) => version.current_stage === stage)
        const hasRule = (settings?.approvals ?? []).some((rule) => rule.to_stage === stage)
        const rest = standing.length - mostShown
        return (
          <li key={stage} className={styles['stage']} data-stage={stage}>
            <h3 className={styles['head']}>
              <StageMark stage={stage} />
              <span className="quiet">{standing.length}</span>
              {hasRule && (
                <span className={styles['lock']} title="Moves to here need an approval">
                  <LockKeyhole aria-hidden="true" />
                  <span className="visually-hidden">(needs approval)</span>
                </span>
              )}
            </h3>
            <ul>
              {standing.slice(0, mostShown).map((version) => (
                <li key={version.version} className={styles['card']}>
                  <Standing name={name} version={version} run={runs?.get(version.run_id)} />
                  <MoveMenu name={name} version={version.version} stage={stage} settings={settings} />
                  {requests
                    .filter((request) => request.version === version.version)
                    .map((request) => (
                      <Link
                        key={request.id}
                        to="/models/$name/versions/$version"
                        params={{ name, version: version.version }}
                        search={{ tab: 'requests' }}
                        className={styles['asked'] ?? ''}
                      >
                        asked → {request.to_stage}
                      </Link>
                    ))}
                </li>
              ))}
              {standing.length === 0 && <li className={styles['none']}>–</li>}
              {rest > 0 && <li className={styles['none']}>and {rest} more below</li>}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}

interface StandingProps {
  readonly name: string
  readonly version: ModelVersion
  readonly run: ReturnType<SourceRuns['get']>
}

function Standing({ name, version, run }: StandingProps) {
  const metric = run && headlineMetric([...run.metrics.keys()])
  return (
    <div className={styles['standing']}>
      <p>
        <Link to="/models/$name/versions/$version" params={{ name, version: version.version }}>
          v{version.version}
        </Link>
        {(version.aliases ?? []).map((alias) => (
          <bdi key={alias} title={`Alias ${alias}`}>
            @{alias}
          </bdi>
        ))}
      </p>
      <small>
        {run && metric !== undefined && (
          <span title={String(run.metrics.get(metric))}>
            {metric} <b>{metricText(run.metrics.get(metric) ?? NaN)}</b>
          </span>
        )}
        <Ago ms={version.last_updated_timestamp} />
      </small>
    </div>
  )
}
