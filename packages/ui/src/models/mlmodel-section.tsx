import { useMemo } from 'react'
import { CodeBlock } from '../controls/code-block.tsx'
import { Failure, Loading } from '../controls/notices.tsx'
import { CodeChoice } from './code-choice.tsx'
import { InputExample } from './input-example.tsx'
import { loadLanguages, loadSnippet } from './load-snippet.ts'
import { type Mlmodel, parseMlmodel } from './mlmodel.ts'
import styles from './models.module.css'
import { SignatureTables } from './signature-tables.tsx'
import { useVersionText } from './version-files.ts'
import { serverUrl } from '../server.ts'
import { errorOf } from '../controls/thrown.ts'

interface MlmodelSectionProps {
  readonly name: string
  readonly version: string
  readonly alias: string | undefined
}

/** What the files of a version say: how to load it, what goes in and comes out, what it needs. */
export function MlmodelSection({ name, version, alias }: MlmodelSectionProps) {
  const file = useVersionText(name, version, 'MLmodel')
  const parsed = useMemo((): Mlmodel | Error | undefined => {
    if (file.data === undefined || file.data === null) return undefined
    try {
      return parseMlmodel(file.data)
    } catch (error) {
      return errorOf(error)
    }
  }, [file.data])
  const model = parsed instanceof Error ? undefined : parsed
  return (
    <>
      <section className={styles['section']} aria-labelledby="load">
        <h2 id="load">Load it</h2>
        <CodeChoice
          what="Load the version"
          languages={loadLanguages}
          codeOf={(language) =>
            loadSnippet(language, {
              url: serverUrl,
              name,
              version,
              alias,
              flavors: model?.flavors.map((flavor) => flavor.name) ?? [],
            })
          }
        />
      </section>
      {file.isPending && <Loading what="the model's description" rows={4} />}
      {file.isError && <Failure what="The file MLmodel could not be read." error={file.error} retry={file.refetch} />}
      {file.data === null && (
        <p className={styles['notice']}>
          The version has no file <code>MLmodel</code>: its signature, flavours and requirements are not known.
        </p>
      )}
      {parsed instanceof Error && <Failure what="The file MLmodel is no YAML." error={parsed} />}
      {model && (
        <>
          <SignatureTables signature={model.signature} />
          {model.inputExample !== undefined && <InputExample name={name} version={version} path={model.inputExample} />}
          <Flavors model={model} />
          <Environment name={name} version={version} />
        </>
      )}
    </>
  )
}

function Flavors({ model }: { model: Mlmodel }) {
  return (
    <section className={styles['section']} aria-labelledby="flavours">
      <h2 id="flavours">Flavours</h2>
      <div className={styles['scroll']}>
        <table className="table" aria-label="Flavours">
          <tbody>
            {model.flavors.map(({ name, facts }) => (
              <tr key={name}>
                <th scope="row" className={styles['mono']}>
                  <bdi>{name}</bdi>
                </th>
                <td className={styles['mono']}>
                  {facts.map(([key, value]) => (
                    <div key={key}>
                      <span className="quiet">{key}</span> <bdi>{value}</bdi>
                    </div>
                  ))}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">Model</th>
              <td className={styles['mono']}>
                {model.facts.map(([key, value]) => (
                  <div key={key}>
                    <span className="quiet">{key}</span> <bdi>{value}</bdi>
                  </div>
                ))}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  )
}

const environmentFiles = ['requirements.txt', 'conda.yaml', 'python_env.yaml']

function Environment({ name, version }: { name: string; version: string }) {
  return (
    <section className={styles['section']} aria-labelledby="environment">
      <h2 id="environment">Environment</h2>
      {environmentFiles.map((path) => (
        <EnvironmentFile key={path} name={name} version={version} path={path} />
      ))}
    </section>
  )
}

function EnvironmentFile({ name, version, path }: { name: string; version: string; path: string }) {
  const file = useVersionText(name, version, path)
  if (typeof file.data !== 'string') return null
  return (
    <details open={path === 'requirements.txt'}>
      <summary className={styles['summary']}>{path}</summary>
      <CodeBlock label={path} code={file.data.trimEnd()} />
    </details>
  )
}
