import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Pencil } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { parentTag } from '../controls/client-tags.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { durationText } from '../controls/display-text.ts'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { useShortcuts } from '../shell/shortcuts.ts'
import { RunActions } from './run-actions.tsx'
import { type Run, tagOf } from './run-data.ts'
import styles from './run-head.module.css'
import { RunName } from './run-name.tsx'
import { RunningTime } from './running-time.tsx'

/** What a run is, in two lines, and what can be done with it. */
export function RunHead({ run }: { run: Run }) {
  const { info } = run
  const [isRenaming, setRenaming] = useState(false)
  const parentId = tagOf(run, parentTag)
  const user = info.user_id || tagOf(run, 'mlflow.user')
  return (
    <header className={styles['head']}>
      <div className={styles['title']}>
        {isRenaming ? (
          <RunName run={run} onClose={() => setRenaming(false)} />
        ) : (
          <>
            <h1 className="cut" dir="auto" title={info.run_name}>
              {info.run_name || info.run_id}
            </h1>
            <IconButton label="Rename run" onClick={() => setRenaming(true)}>
              <Pencil />
            </IconButton>
          </>
        )}
        <span className={styles['actions']}>
          <Neighbours run={run} />
          <RunActions run={run} onRename={() => setRenaming(true)} />
        </span>
      </div>
      <ul className={styles['facts']}>
        <li>
          <RunStatus status={info.status} />
        </li>
        <li>
          started <Ago ms={info.start_time} />
        </li>
        <li>
          {info.end_time === undefined
            ? info.status === 'RUNNING' && <RunningTime startMs={info.start_time} />
            : `took ${durationText(info.start_time, info.end_time)}`}
        </li>
        {user && (
          <li>
            by <bdi>{user}</bdi>
          </li>
        )}
        {parentId !== undefined && (
          <li>
            part of{' '}
            <Link to="/open-run/$runId" params={{ runId: parentId }}>
              <ParentName runId={parentId} />
            </Link>
          </li>
        )}
        <li className={styles['id']}>
          <code>{info.run_id}</code>
          <CopyButton text={info.run_id} label="Copy run id" />
        </li>
      </ul>
    </header>
  )
}

function ParentName({ runId }: { runId: string }) {
  const { data } = useQuery({
    queryKey: ['run', runId, 'name'],
    queryFn: async ({ signal }) => (await server.getRun({ run_id: runId }, { signal })).run.info.run_name,
    staleTime: 60_000,
  })
  return <bdi>{data ?? 'its parent run'}</bdi>
}

/** The runs of the experiment that began before and after this one. */
function Neighbours({ run: { info } }: { run: Run }) {
  const navigate = useNavigate()
  const { data } = useQuery({
    queryKey: ['runs', 'neighbours', info.experiment_id, info.run_id],
    queryFn: async ({ signal }) => {
      const find = async (sign: '<' | '>', order: 'DESC' | 'ASC') => {
        const { runs = [] } = await server.queryRuns(
          {
            experiment_ids: [info.experiment_id],
            filter: `attributes.start_time ${sign} ${info.start_time}`,
            order_by: [`attributes.start_time ${order}`],
            max_results: 1,
          },
          { signal },
        )
        return runs[0]
      }
      const [previous, next] = await Promise.all([find('<', 'DESC'), find('>', 'ASC')])
      return { previous, next }
    },
    staleTime: 30_000,
  })
  const go = (to: { run_id: string } | undefined): void => {
    if (to === undefined) return
    void navigate({
      to: '.',
      params: ((before: Record<string, unknown>) => ({ ...before, runId: to.run_id, _splat: '' })) as never,
    })
  }
  useShortcuts({ '[': () => go(data?.previous), ']': () => go(data?.next) })
  return (
    <>
      <IconButton
        label={data?.previous ? `Run before this: ${data.previous.run_name} ([)` : 'No run before this'}
        disabled={!data?.previous}
        onClick={() => go(data?.previous)}
      >
        <ChevronLeft />
      </IconButton>
      <IconButton
        label={data?.next ? `Run after this: ${data.next.run_name} (])` : 'No run after this'}
        disabled={!data?.next}
        onClick={() => go(data?.next)}
      >
        <ChevronRight />
      </IconButton>
    </>
  )
}
