import { Link } from '@tanstack/react-router'
import { useRunModels } from './model-data.ts'
import type { Run } from './run-data.ts'
import styles from './run-models.module.css'

/** The models that a run made, and the versions that they are registered as. */
export function RunModels({ run }: { run: Run }) {
  const { models, versions } = useRunModels(run)
  const others = versions.filter(({ model_id: id }) => !models.some(({ info }) => info.model_id === id))
  if (models.length === 0 && others.length === 0) return null
  return (
    <section>
      <h2>Models</h2>
      <ul className={styles['models']}>
        {models.map(({ info }) => (
          <li key={info.model_id}>
            <Link to="/logged-models/$modelId" params={{ modelId: info.model_id }} className="cut" title={info.name}>
              <bdi>{info.name}</bdi>
            </Link>
            {versions
              .filter(({ model_id: id }) => id === info.model_id)
              .map(({ name, version }) => (
                <VersionLink key={`${name} ${version}`} name={name} version={version} />
              ))}
          </li>
        ))}
        {others.map(({ name, version }) => (
          <li key={`${name} ${version}`}>
            <VersionLink name={name} version={version} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function VersionLink({ name, version }: { name: string; version: string }) {
  return (
    <Link
      to="/models/$name/versions/$version"
      params={{ name, version }}
      className={styles['version'] ?? ''}
      title={name}
    >
      <bdi className="cut">{name}</bdi> v{version}
    </Link>
  )
}
