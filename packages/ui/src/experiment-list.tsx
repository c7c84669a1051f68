import type { Experiment } from '@trackway/sdk'
import { useEffect, useRef } from 'react'
import { addressOf } from './address.ts'
import { type ExperimentPages, type RunCounts, useRunCounts } from './experiments.ts'
import { Failure, Loading, LoadMore } from './notices.tsx'

interface ExperimentListProps {
  readonly experiments: ExperimentPages
  readonly list: readonly Experiment[]
  readonly selected: string | undefined
}

export function ExperimentList({ experiments, list, selected }: ExperimentListProps) {
  const items = useRef<HTMLUListElement>(null)
  const counts = useRunCounts()
  const isListed = list.some(({ experiment_id: id }) => id === selected)

  useEffect(() => {
    if (isListed) items.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [selected, isListed])

  return (
    <nav className="experiments" aria-label="Experiments">
      <h2 className="experiments-title">Experiments</h2>
      {experiments.isPending && <Loading what="experiments" rows={6} />}
      {experiments.isLoadingError && (
        <Failure what="Experiments could not be loaded." error={experiments.error} retry={experiments.refetch} />
      )}
      {experiments.isSuccess && list.length === 0 && <p className="quiet">None yet.</p>}
      <ul ref={items} className="experiments-list">
        {list.map(({ experiment_id: id, name }) => (
          <li key={id}>
            <a href={addressOf({ experimentId: id })} aria-current={id === selected ? 'page' : undefined} title={name}>
              <bdi className="experiment-name">{name}</bdi>
              <Counts counts={counts.data?.get(id)} />
            </a>
          </li>
        ))}
      </ul>
      <LoadMore pages={experiments} what="experiments" />
    </nav>
  )
}

function Counts({ counts }: { counts: RunCounts | undefined }) {
  if (counts === undefined) return null
  const { runs, running } = counts
  return (
    <span className="experiment-counts">
      {running > 0 && (
        <span className="experiment-running" title={`${running} running`}>
          <span className="visually-hidden">{running} running, </span>
        </span>
      )}
      {runs}
      <span className="visually-hidden">{runs === 1 ? ' run' : ' runs'}</span>
    </span>
  )
}
