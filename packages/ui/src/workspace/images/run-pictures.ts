import { type QueryClient, useQueries, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { folderQuery } from '../../artifacts/artifact-folders.ts'
import { runningMs } from '../run-queries.ts'
import type { ShownRun } from '../shown-runs.ts'
import { isPicture } from './image-series.ts'

/** How many folders of a run are looked into, how deep, and how many are listed at once. */
const most = { folders: 24, depth: 3, atOnce: 4 } as const
/** Folders in which there are no pictures to compare, or too many. */
const passedOver = /(^|\/)(models?|checkpoints?|data|env|\..*)$/i

let listing = 0
const waiting: (() => void)[] = []

interface RunPictures {
  readonly runId: string
  readonly paths: readonly string[]
  /** Whether there were more folders than are looked into. */
  readonly isCut: boolean
}

/** The paths of the pictures among the artifacts of runs; a few folders are listed at once, whatever the count of runs. */
export function useRunPictures(runs: readonly ShownRun[]) {
  const queries = useQueryClient()
  return useQueries({
    queries: runs.map(({ id, status }) => ({
      queryKey: ['artifacts', { run_id: id }, 'pictures'],
      queryFn: ({ signal }: { signal: AbortSignal }) => findPictures(queries, id, signal),
      staleTime: 30_000,
      refetchInterval: status === 'RUNNING' ? 3 * runningMs : (false as const),
    })),
    combine,
  })
}

/** What is known by now, by run. */
function combine(results: readonly UseQueryResult<RunPictures>[]) {
  const found = results.flatMap(({ data }) => (data ? [data] : []))
  return {
    pathsByRun: new Map(found.map(({ runId, paths }) => [runId, paths])),
    isCut: found.some(({ isCut }) => isCut),
    isLoading: results.some(({ isPending }) => isPending),
    error: results.find(({ error }) => error !== null)?.error ?? undefined,
    refetch: () => Promise.all(results.filter(({ error }) => error !== null).map(({ refetch }) => refetch())),
  }
}

async function findPictures(queries: QueryClient, runId: string, signal: AbortSignal): Promise<RunPictures> {
  const paths: string[] = []
  const folders = ['']
  for (let place = 0; place < folders.length && place < most.folders; place++) {
    const folder = folders[place] ?? ''
    const { entries } = await inTurn(
      () => queries.fetchQuery({ ...folderQuery({ runId }, folder), staleTime: 5000 }),
      signal,
    )
    for (const { path, isFolder } of entries) {
      if (!isFolder) {
        if (isPicture(path)) paths.push(path)
      } else if (path.split('/').length <= most.depth && !passedOver.test(path)) folders.push(path)
    }
  }
  return { runId, paths, isCut: folders.length > most.folders }
}

/** Does something when fewer than so many others are under way. */
async function inTurn<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (listing >= most.atOnce) await new Promise<void>((go) => waiting.push(go))
  else listing++
  try {
    signal.throwIfAborted()
    return await act()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else listing--
  }
}
