import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { folderQuery } from '../artifacts/artifact-folders.ts'
import { previewUrl } from '../artifacts/artifact-root.ts'
import { isLog } from '../artifacts/media-kind.ts'
import { TextPane } from '../artifacts/viewers/text-pane.tsx'
import { useTextReading } from '../artifacts/viewers/text-reading.ts'
import { CodeBlock } from '../controls/code-block.tsx'
import { sizeText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { serverUrl } from '../server.ts'
import type { Run } from './run-data.ts'
import styles from './run-logs.module.css'

interface RunLogsProps {
  readonly run: Run
  /** The log that is open; the first one when empty. */
  readonly path: string
  readonly onOpen: (path: string) => void
}

/** How often, in ms, the folders of a running run are looked at for new logs. */
const lookMs = 10_000
/** More would be a list too long to choose from. */
const mostLogs = 200

/** What a run writes while it runs: its logs from their ends, which are followed. */
export function RunLogs({ run, path, onOpen }: RunLogsProps) {
  const { run_id: runId, status } = run.info
  const isLive = status === 'RUNNING'
  const root = useMemo(() => ({ runId }), [runId])
  const folders = useQueries({
    queries: ['', 'logs', 'log'].map((folder) => ({
      ...folderQuery(root, folder),
      refetchInterval: isLive ? lookMs : (false as const),
    })),
  })
  const logs = folders
    .flatMap(({ data }) => data?.entries ?? [])
    .filter((entry) => !entry.isFolder && isLog(entry.path))
    .slice(0, mostLogs)
  const failed = folders.find(({ error, data }) => error && !data)
  if (failed?.error) return <Failure what="The logs could not be listed." error={failed.error} retry={failed.refetch} />
  if (folders.some(({ isPending }) => isPending)) return <Loading what="the logs" />
  const open = path === '' ? logs[0]?.path : path
  if (open === undefined) {
    return (
      <EmptyState title="There are no logs">
        <p>
          Files below <code>logs/</code>, and those named <code>*.log</code>, <code>*.txt</code>, <code>stdout</code> or{' '}
          <code>stderr</code> are shown here, and followed while the run writes them.
        </p>
        <CodeBlock
          label="how to log a file of text"
          code={`import mlflow

mlflow.set_tracking_uri("${serverUrl}")
with mlflow.start_run(run_id="${runId}"):
    mlflow.log_artifact("train.log", artifact_path="logs")
`}
        />
      </EmptyState>
    )
  }
  return (
    <div className={styles['logs']}>
      <nav className={styles['files']} aria-label="Logs">
        <ul>
          {logs.map((log) => (
            <li key={log.path}>
              <button
                type="button"
                aria-current={log.path === open ? 'true' : undefined}
                title={log.path}
                onClick={() => onOpen(log.path)}
              >
                <bdi className="cut">{log.path}</bdi>
                <span className="quiet">{sizeText(log.size ?? 0)}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <section className={styles['log']} aria-label={open}>
        <Log key={open} url={previewUrl(root, open)} name={open} isLive={isLive} />
      </section>
    </div>
  )
}

function Log({ url, name, isLive }: { url: string; name: string; isLive: boolean }) {
  const reading = useTextReading(url, 'tail', isLive)
  if (reading.window)
    return <TextPane reading={{ ...reading, window: reading.window }} name={name} isLive={isLive} fromEnd />
  if (reading.error) return <Failure what="The log could not be read." error={reading.error} retry={reading.retry} />
  return <Loading what="the log" />
}
