import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { server } from '../server.ts'

/** How long, in ms, somebody must pause before what is typed is searched for. */
const pauseMs = 150
const mostOfEach = 6

/** The experiments, runs and models with `text` in their names, the newest first; runs only where there is a text. */
export function usePlaces(text: string) {
  const wanted = useLate(text)
  const places = useQuery({
    queryKey: ['runs', 'places', wanted],
    queryFn: async ({ signal }) => {
      const pattern = likePattern(wanted)
      const named = wanted === '' ? {} : { filter: `name ILIKE ${pattern}` }
      const [experiments, models, runs] = await Promise.all([
        server.searchExperiments({ max_results: mostOfEach, ...named, order_by: ['last_update_time DESC'] }, { signal }),
        server.searchRegisteredModels({ max_results: mostOfEach, ...named }, { signal }),
        wanted === ''
          ? { runs: [] }
          : server.queryRuns({ filter: `attributes.run_name ILIKE ${pattern}`, max_results: mostOfEach }, { signal }),
      ])
      return {
        experiments: experiments.experiments ?? [],
        models: models.registered_models ?? [],
        runs: runs.runs ?? [],
      }
    },
    placeholderData: keepPreviousData,
  })
  const { experiments = [], models = [], runs = [] } = places.data ?? {}
  return { experiments, models, runs, isSearching: places.isFetching }
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
