import type { Run } from './run-data.ts'
import styles from './run-datasets.module.css'

/** The data that a run used. */
export function RunDatasets({ run }: { run: Run }) {
  const inputs = run.inputs.dataset_inputs ?? []
  if (inputs.length === 0) return null
  return (
    <section>
      <h2>Datasets</h2>
      <ul className={styles['datasets']}>
        {inputs.map(({ dataset, tags }, index) => {
          const context = tags?.find(({ key }) => key === 'mlflow.data.context')?.value
          return (
            <li key={index}>
              <details>
                <summary>
                  <bdi className="cut" title={dataset.name}>
                    {dataset.name}
                  </bdi>
                  <code className="quiet">{dataset.digest}</code>
                  {context !== undefined && <span className="quiet">{context}</span>}
                </summary>
                <dl>
                  <dt>Source</dt>
                  <dd dir="auto">
                    {dataset.source_type} {sourceText(dataset.source)}
                  </dd>
                  {dataset.schema && (
                    <>
                      <dt>Schema</dt>
                      <dd>
                        <pre tabIndex={0} role="region" aria-label={`Schema of ${dataset.name}`}>
                          {indented(dataset.schema)}
                        </pre>
                      </dd>
                    </>
                  )}
                  {dataset.profile && (
                    <>
                      <dt>Profile</dt>
                      <dd>
                        <pre tabIndex={0} role="region" aria-label={`Profile of ${dataset.name}`}>
                          {indented(dataset.profile)}
                        </pre>
                      </dd>
                    </>
                  )}
                </dl>
              </details>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** A source is JSON, mostly of one address. */
function sourceText(source: string): string {
  try {
    const value = JSON.parse(source) as unknown
    if (typeof value === 'object' && value !== null) {
      const [only, ...others] = Object.values(value)
      if (typeof only === 'string' && others.length === 0) return only
    }
  } catch {
    // Then it is shown as it is.
  }
  return source
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2)
  } catch {
    return json
  }
}
