import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useExperiments } from '../experiments/experiment-queries.ts'
import { server } from '../server.ts'

/** How long, in ms, somebody must pause before what is typed is searched for. */
const pauseMs = 150
const mostOfEach = 6

/** The experiments, runs and models with `text` in their names, the newest first; runs only where there is a text. */
export function usePlaces(text: string) {
  const wanted = useLate(text)
  const all = useExperiments('').data
  const experiments = (all ?? []).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
  const found = useQuery({
    queryKey: ['runs', 'places', wanted],
    queryFn: async ({ signal }) => {
      const pattern = likePattern(wanted)
      const named = wanted === '' ? {} : { filter: `name ILIKE ${pattern}` }
      const ids = (all ?? []).map(({ experiment_id: id }) => id)
      const [{ registered_models: models = [] }, { runs = [] }] = await Promise.all([
        server.searchRegisteredModels({ max_results: mostOfEach, ...named }, { signal }),
        wanted === ''
          ? { runs: [] }
          : server.queryRuns(
              { experiment_ids: ids, filter: `attributes.run_name ILIKE ${pattern}`, max_results: mostOfEach },
              { signal },
            ),
      ])
      return { models, runs }
    },
    enabled: all !== undefined,
    placeholderData: keepPreviousData,
  })
  const { models = [], runs = [] } = found.data ?? {}
  const isSearching = found.isFetching || wanted !== text
  return { experiments: experiments.slice(0, mostOfEach), models, runs, isSearching }
}

/** A pattern for texts that contain `text`. */
function likePattern(text: string): string {
  return `"%${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}%"`
}

function useLate(text: string): string {
  const [late, setLate] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setLate(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return late
}
