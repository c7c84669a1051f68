import { Link } from '@tanstack/react-router'
import type { Experiment } from '@trackway/sdk'
import { Star } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { countText, metricText } from '../controls/display-text.ts'
import { RunStatus } from '../controls/run-status.tsx'
import { Sparkline } from '../controls/sparkline.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { Ago } from '../controls/time.tsx'
import { noteTag } from '../controls/client-tags.ts'
import { ExperimentMenu } from './experiment-menu.tsx'
import { type ExperimentSummary, type Headline, useHeadlines } from './experiment-queries.ts'
import styles from './experiments.module.css'
import { folderParts, leafName } from './folders.ts'
import { toggleStar } from './stars.ts'

const atOnce = 100

interface ExperimentTableProps {
  readonly experiments: readonly Experiment[]
  readonly summaries: ReadonlyMap<string, ExperimentSummary> | undefined
  readonly stars: ReadonlySet<string>
  /** The open folder, which names need not repeat. */
  readonly folder: string
}

export function ExperimentTable({ experiments, summaries, stars, folder }: ExperimentTableProps) {
  const [limit, setLimit] = useState(atOnce)
  const shown = experiments.slice(0, limit)
  const headlines = useHeadlines(shown.map(({ experiment_id: id }) => id))
  return (
    <>
      {/* A keyboard must be able to scroll it. */}
      <div className={styles['frame']} role="region" aria-label="Experiments" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Star</span>
              </th>
              <th scope="col">Name</th>
              <th scope="col" className="number">
                Runs
              </th>
              <th scope="col">Running</th>
              <th scope="col">Best</th>
              <th scope="col">Last activity</th>
              <th scope="col">Tags</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((experiment) => (
              <ExperimentRow
                key={experiment.experiment_id}
                experiment={experiment}
                headline={headlines.data?.get(experiment.experiment_id)}
                summary={summaries?.get(experiment.experiment_id)}
                isStarred={stars.has(experiment.experiment_id)}
                folder={folder}
              />
            ))}
          </tbody>
        </table>
      </div>
      {experiments.length > limit && (
        <Button onClick={() => setLimit(limit + atOnce * 5)}>
          {`Show more of ${countText(experiments.length, 'experiment')}`}
        </Button>
      )}
    </>
  )
}

interface ExperimentRowProps {
  readonly experiment: Experiment
  readonly headline: Headline | undefined
  readonly summary: ExperimentSummary | undefined
  readonly isStarred: boolean
  readonly folder: string
}

function ExperimentRow({ experiment, headline, summary, isStarred, folder }: ExperimentRowProps) {
  const { experiment_id: id, name, tags } = experiment
  const above = folderParts(name).join('/').slice(folder.length).replace(/^\//, '')
  const note = tags?.find(({ key }) => key === noteTag)?.value
  return (
    <tr>
      <td>
        <IconButton
          label={`Star ${name}`}
          aria-pressed={isStarred}
          className={styles['star']}
          onClick={() => toggleStar(id)}
        >
          <Star />
        </IconButton>
      </td>
      <th scope="row" className={styles['name']}>
        <Link to="/experiments/$experimentId/runs" params={{ experimentId: id }} title={name}>
          {above !== '' && <bdi className="quiet">{above}/</bdi>}
          <bdi>{leafName(name)}</bdi>
        </Link>
        {note && (
          <p className="quiet cut" dir="auto" title={note}>
            {firstLine(note)}
          </p>
        )}
      </th>
      <td className="number">{summary?.runs.toLocaleString('en')}</td>
      <td>
        {summary !== undefined && summary.running > 0 && (
          <span className={styles['running']}>
            <RunStatus status="RUNNING" isDot /> {summary.running}
          </span>
        )}
      </td>
      <td>{headline && <HeadlineCell headline={headline} />}</td>
      <td className={styles['time']}>
        <Ago ms={summary?.lastActivity ?? experiment.last_update_time} />
      </td>
      <td className={styles['tags']}>
        <TagList tags={userTags(tags).slice(0, 3)} />
      </td>
      <td>
        <ExperimentMenu experiment={experiment} />
      </td>
    </tr>
  )
}

/** The best value of what the experiment is about, linked to its run, with the last runs' values as a line. */
function HeadlineCell({ headline }: { headline: Headline }) {
  const { experiment_id: experimentId, best_run_id: runId, metric, best, recent } = headline
  return (
    <span className={styles['headline']}>
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId, runId }}
        title={`Best ${metric} of the newest 200 runs: ${best}`}
      >
        {metricText(best)}
      </Link>
      <bdi className="quiet cut">{metric}</bdi>
      <Sparkline values={recent as readonly number[]} />
    </span>
  )
}

/** What a description begins with, without the marks of Markdown. */
function firstLine(note: string): string {
  const line = note.split('\n').find((one) => one.trim() !== '') ?? ''
  return line.replace(/^[#>\-*\s]+/, '').replaceAll(/[*_`]/g, '')
}
