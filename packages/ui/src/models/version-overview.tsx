import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ModelVersion } from '@trackway/sdk'
import { lazy, Suspense, useState } from 'react'
import { metricText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { SelectField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { DescriptionSection } from './description-section.tsx'
import styles from './models.module.css'
import { useSourceRuns } from './source-runs.ts'
import { SourceLink } from './versions-table.tsx'

// With a parser of YAML.
const MlmodelSection = lazy(async () => ({ default: (await import('./mlmodel-section.tsx')).MlmodelSection }))

/** What a version is: described, measured, signed, and how it is loaded. */
export function VersionOverview({ version }: { version: ModelVersion }) {
  const { name } = version
  const queries = useQueryClient()
  const aliases = version.aliases ?? []
  const [chosen, setChosen] = useState('')
  const alias = aliases.find((one) => one === chosen)
  return (
    <>
      <DescriptionSection
        text={version.description}
        onSave={async (description) => {
          await server.updateModelVersion({ name, version: version.version, description })
          await queries.invalidateQueries({ queryKey: ['version', name] })
        }}
      />
      <div className={styles['columns']}>
        <div className={styles['stack']}>
          <SourceSection version={version} />
        </div>
        <div className={styles['stack']}>
          {aliases.length > 0 && (
            <div className={styles['fields']}>
              <SelectField
                label="Load by"
                value={alias ?? ''}
                choices={[
                  { value: '', label: `Version ${version.version}` },
                  ...aliases.map((one) => ({ value: one, label: `Alias ${one}` })),
                ]}
                onChoose={setChosen}
              />
            </div>
          )}
          <Suspense fallback={<Loading what="the model's description" />}>
            <MlmodelSection name={name} version={version.version} alias={alias} />
          </Suspense>
        </div>
      </div>
    </>
  )
}

function SourceSection({ version }: { version: ModelVersion }) {
  const runs = useSourceRuns([version.run_id])
  const run = runs.data?.get(version.run_id)
  return (
    <>
      <section className={styles['section']} aria-labelledby="source">
        <h2 id="source">Source</h2>
        <dl className={styles['pairs']}>
          <dt>Run</dt>
          <dd>
            <SourceLink version={version} run={run} />
          </dd>
          {version.model_id !== undefined && version.model_id !== '' && (
            <>
              <dt>Logged model</dt>
              <dd>
                <Link
                  to="/logged-models/$modelId"
                  params={{ modelId: version.model_id }}
                  className={styles['mono'] ?? ''}
                >
                  {version.model_id}
                </Link>
              </dd>
            </>
          )}
          <dt>Files from</dt>
          <dd className={styles['mono']}>
            <bdi>{version.source}</bdi>
          </dd>
          {version.run_link !== '' && (
            <>
              <dt>Run elsewhere</dt>
              <dd className={styles['mono']}>
                <OutsideLink address={version.run_link} />
              </dd>
            </>
          )}
        </dl>
        {runs.isError && <Failure what="The source run could not be loaded." error={runs.error} retry={runs.refetch} />}
        {version.run_id !== '' && runs.isSuccess && !run && (
          <p className="quiet">The run is not on this server: it was deleted for good, or another server tracks it.</p>
        )}
      </section>
      {run && run.metrics.size > 0 && (
        <section className={styles['section']} aria-labelledby="metrics">
          <h2 id="metrics">Metrics of the source run</h2>
          <Values
            label="Metrics"
            values={[...run.metrics].map(([key, value]) => ({ key, text: metricText(value), full: String(value) }))}
            isNumeric
          />
        </section>
      )}
      {run && run.params.size > 0 && (
        <section className={styles['section']} aria-labelledby="params">
          <h2 id="params">Params of the source run</h2>
          <Values label="Params" values={[...run.params].map(([key, value]) => ({ key, text: value, full: value }))} />
        </section>
      )}
    </>
  )
}

interface ValuesProps {
  readonly label: string
  readonly values: readonly { readonly key: string; readonly text: string; readonly full: string }[]
  readonly isNumeric?: boolean
}

export function Values({ label, values, isNumeric = false }: ValuesProps) {
  return (
    <div className={styles['scroll']}>
      <table className={`table ${styles['values'] ?? ''}`} aria-label={label}>
        <tbody>
          {values.map(({ key, text, full }) => (
            <tr key={key}>
              <th scope="row" className="cut" title={key}>
                <bdi>{key}</bdi>
              </th>
              <td className={isNumeric ? 'number' : 'cut'} title={full}>
                <bdi>{text.slice(0, 500)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Only an address of the web is a link: what clients write may be anything. */
function OutsideLink({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return <bdi>{address}</bdi>
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      <bdi>{address}</bdi>
    </a>
  )
}
