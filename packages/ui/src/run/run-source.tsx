import type { ReactNode } from 'react'
import { CopyButton } from '../controls/copy-button.tsx'
import { Time } from '../controls/time.tsx'
import { repositoryLinks } from './repository-links.ts'
import { type Run, tagOf } from './run-data.ts'
import styles from './run-source.module.css'

/** Where a run came from: code, commit, people, places and times. */
export function RunSource({ run }: { run: Run }) {
  const { info } = run
  const tag = (key: string): string | undefined => tagOf(run, `mlflow.${key}`) || undefined
  const commit = tag('source.git.commit')
  const { repository, commit: commitLink } = repositoryLinks(tag('source.git.repoURL'), commit)
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['Source', tag('source.name')],
    ['Kind', tag('source.type')],
    ['Entry point', tag('project.entryPoint')],
    ['Branch', tag('source.git.branch') ?? tag('project.version')],
    [
      'Commit',
      commit !== undefined && (
        <>
          <a href={commitLink} target="_blank" rel="noopener noreferrer" title={commit}>
            <code>{commit.slice(0, 10)}</code>
          </a>
          <CopyButton text={commit} label="Copy commit" />
        </>
      ),
    ],
    [
      'Repository',
      tag('source.git.repoURL') !== undefined && (
        <a href={repository} target="_blank" rel="noopener noreferrer">
          {tag('source.git.repoURL')}
        </a>
      ),
    ],
    ['Started', <Time key="start" ms={info.start_time} />],
    ['Ended', info.end_time !== undefined && <Time key="end" ms={info.end_time} />],
    [
      'Artifacts',
      <>
        <span className="cut" title={info.artifact_uri}>
          {info.artifact_uri}
        </span>
        <CopyButton text={info.artifact_uri} label="Copy artifact location" />
      </>,
    ],
  ]
  return (
    <section>
      <h2>Origin</h2>
      <dl className={styles['list']}>
        {rows
          .filter(([, value]) => value !== undefined && value !== false)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto" title={typeof value === 'string' ? value : undefined}>
                {typeof value === 'string' ? <span className="cut">{value}</span> : value}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
