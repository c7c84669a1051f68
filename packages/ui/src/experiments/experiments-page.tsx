import { getRouteApi } from '@tanstack/react-router'
import { Plus, Search } from 'lucide-react'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { Snippets } from '../controls/snippets.tsx'
import { SelectField, TextField } from '../controls/text-field.tsx'
import { useCrumbs } from '../shell/crumbs.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import { CreateExperimentDialog } from './experiment-dialogs.tsx'
import { useExperiments, useSummaries } from './experiment-queries.ts'
import { ExperimentTable } from './experiment-table.tsx'
import styles from './experiments.module.css'
import { type ExperimentOrder, isFilter } from './experiments-search.ts'
import { FolderTree } from './folder-tree.tsx'
import { foldersOf, isInFolder } from './folders.ts'
import { ordered } from './experiment-order.ts'
import { useStars } from './stars.ts'

const route = getRouteApi('/experiments')

const orders: readonly { value: ExperimentOrder; label: string }[] = [
  { value: 'activity', label: 'Last activity' },
  { value: 'name', label: 'Name' },
  { value: 'created', label: 'Newest' },
  { value: 'runs', label: 'Most runs' },
]

/** All experiments, in the folders that their names make. */
export function ExperimentsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { q = '', folder = '', sort = 'activity' } = search
  const [typed, setTyped] = useState(q)
  const [isCreating, setCreating] = useState(false)
  const field = useRef<HTMLDivElement>(null)
  const wanted = useDeferredValue(typed.trim())
  const filter = isFilter(wanted) ? wanted : ''
  const experiments = useExperiments(filter)
  const summaries = useSummaries()
  const stars = useStars()
  const all = experiments.data
  const root = useMemo(() => foldersOf(all ?? []), [all])
  const shown = useMemo(() => {
    const part = filter === '' ? wanted.toLowerCase() : ''
    const found = (all ?? []).filter(({ name }) => isInFolder(name, folder) && name.toLowerCase().includes(part))
    return ordered(found, sort, summaries.data, stars)
  }, [all, folder, filter, wanted, sort, summaries.data, stars])

  useCrumbs([
    { label: 'Experiments', ...(folder !== '' && { to: '/experiments' }) },
    ...(folder === '' ? [] : [{ label: folder }]),
  ])
  useShortcuts({ '/': () => field.current?.querySelector('input')?.focus() })
  useEffect(() => {
    // What is typed comes into the address when one pauses, without a step for Back.
    const timer = setTimeout(() => {
      if (wanted !== q) void navigate({ search: (before) => ({ ...before, q: wanted }), replace: true })
    }, 300)
    return () => clearTimeout(timer)
  }, [wanted, q, navigate])

  if (experiments.isPending) return <Loading what="experiments" rows={10} />
  const hasFolders = root.folders.length > 0
  return (
    <div className={styles['layout']} data-folders={hasFolders}>
      {hasFolders && <FolderTree root={root} open={folder} />}
      <div className="page">
        <header className="page-head">
          <h1>{folder === '' ? 'Experiments' : <bdi>{folder}</bdi>}</h1>
          <div ref={field} className={styles['search']}>
            <Search aria-hidden="true" />
            <TextField
              label="Search experiments"
              isBare
              type="search"
              placeholder="Name, or tags.team = 'vision'"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
          <SelectField
            label="Order"
            isBare
            value={sort}
            choices={orders}
            onChoose={(value) => void navigate({ search: (before) => ({ ...before, sort: value }) })}
          />
          <Button kind="primary" onClick={() => setCreating(true)}>
            <Plus /> New experiment
          </Button>
        </header>
        {experiments.isError && (
          <Failure what="Experiments could not be loaded." error={experiments.error} retry={experiments.refetch} />
        )}
        {experiments.isSuccess && all?.length === 0 && filter === '' ? (
          <EmptyState title="No experiments yet">
            <p>An experiment is made by its first run. Any MLflow client can log here:</p>
            <Snippets experimentName="my-experiment" />
          </EmptyState>
        ) : (
          <>
            <p className="quiet" role="status">
              {countText(shown.length, 'experiment')}
              {wanted !== '' && ' found'}
            </p>
            {shown.length > 0 ? (
              <ExperimentTable experiments={shown} summaries={summaries.data} stars={stars} folder={folder} />
            ) : (
              experiments.isSuccess && (
                <EmptyState title="No experiment matches">
                  <Button onClick={() => setTyped('')}>Clear the search</Button>
                </EmptyState>
              )
            )}
          </>
        )}
      </div>
      {isCreating && <CreateExperimentDialog folder={folder} onClose={() => setCreating(false)} />}
    </div>
  )
}
