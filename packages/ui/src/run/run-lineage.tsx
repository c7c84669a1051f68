import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { RunStatus } from '../controls/run-status.tsx'
import { type LoggedModel, type ModelVersion, useRunModels } from './model-data.ts'
import type { Run } from './run-data.ts'
import styles from './run-lineage.module.css'

/** What went into a run and what came of it, from left to right: a list within a list, drawn with lines. */
export function RunLineage({ run }: { run: Run }) {
  const { models, versions } = useRunModels(run)
  const { info, inputs } = run
  const datasets = inputs.dataset_inputs ?? []
  const given = inputs.model_inputs ?? []
  const direct = versions.filter(({ model_id: id }) => !models.some((model) => model.info.model_id === id))
  const sources = datasets.length + given.length
  const results = models.length + direct.length
  return (
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label="Lineage of the run">
      <div className={styles['lineage']}>
        <section className={styles['column']} aria-label="What the run used">
          <h2>Used</h2>
          {sources === 0 && <p className="quiet">No dataset or model was noted.</p>}
          <ul className={styles['sources']}>
            {datasets.map(({ dataset, tags }, index) => (
              <li key={index}>
                <Box
                  kind="Dataset"
                  note={[tags?.find(({ key }) => key === 'mlflow.data.context')?.value, dataset.digest]
                    .filter(Boolean)
                    .join(' · ')}
                >
                  <bdi className="cut" title={dataset.name}>
                    {dataset.name}
                  </bdi>
                </Box>
              </li>
            ))}
            {given.map(({ model_id: id }) => (
              <li key={id}>
                <Box kind="Model">
                  <Link to="/logged-models/$modelId" params={{ modelId: id }} className="cut">
                    {id}
                  </Link>
                </Box>
              </li>
            ))}
          </ul>
        </section>
        <section className={styles['column']} aria-label="The run" data-from={sources > 0} data-to={results > 0}>
          <h2>Run</h2>
          <Box kind="This run" isMain note={<RunStatus status={info.status} />}>
            <bdi className="cut" title={info.run_name}>
              {info.run_name}
            </bdi>
          </Box>
        </section>
        <section className={styles['column']} aria-label="What came of it">
          <h2>Made</h2>
          {results === 0 && <p className="quiet">No model was logged or registered.</p>}
          <ul className={styles['results']}>
            {models.map((model) => (
              <li key={model.info.model_id}>
                <ModelBranch
                  model={model}
                  versions={versions.filter(({ model_id: id }) => id === model.info.model_id)}
                />
              </li>
            ))}
            {direct.map((version) => (
              <li key={`${version.name} ${version.version}`}>
                <VersionBox version={version} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  )
}

function ModelBranch({ model: { info }, versions }: { model: LoggedModel; versions: readonly ModelVersion[] }) {
  return (
    <div className={styles['branch']}>
      <Box kind="Logged model" note={info.model_type || info.model_id}>
        <Link to="/logged-models/$modelId" params={{ modelId: info.model_id }} className="cut" title={info.name}>
          <bdi>{info.name}</bdi>
        </Link>
      </Box>
      {versions.length > 0 && (
        <ul className={styles['results']} aria-label={`Versions of ${info.name}`}>
          {versions.map((version) => (
            <li key={`${version.name} ${version.version}`}>
              <VersionBox version={version} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function VersionBox({ version: { name, version, aliases = [], current_stage: stage } }: { version: ModelVersion }) {
  const marks = [...aliases.map((alias) => `@${alias}`), ...(stage === 'None' ? [] : [stage])]
  return (
    <Box kind="Version" note={marks.join(' ')}>
      <Link to="/models/$name/versions/$version" params={{ name, version }} className="cut" title={name}>
        <bdi>{name}</bdi> v{version}
      </Link>
    </Box>
  )
}

interface BoxProps {
  readonly kind: string
  readonly note?: ReactNode
  readonly isMain?: boolean
  readonly children: ReactNode
}

function Box({ kind, note, isMain = false, children }: BoxProps) {
  return (
    <div className={styles['box']} data-main={isMain}>
      <span className={styles['kind']}>{kind}</span>
      <span className={styles['name']}>{children}</span>
      {note !== undefined && note !== '' && <span className={styles['note']}>{note}</span>}
    </div>
  )
}
