import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Experiment, Response } from '@trackway/sdk'
import { server } from '../server.ts'

/** More than people list by hand; a page of the API. */
const pageSize = 1000
const mostPages = 20

/** What a table of experiments shows of each beside the experiment itself. */
export interface ExperimentSummary {
  readonly runs: number
  readonly running: number
  /** Milliseconds since the epoch. */
  readonly lastActivity: number | undefined
}

/** Experiments by a filter in MLflow's language, all of them: folders are made of their names. */
export function useExperiments(filter: string, viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' = 'ACTIVE_ONLY') {
  return useQuery({
    queryKey: [viewType === 'DELETED_ONLY' ? 'trash' : 'experiments', 'list', filter, viewType],
    queryFn: async ({ signal }): Promise<readonly Experiment[]> => {
      const found: Experiment[] = []
      let token = ''
      for (let page = 0; page < mostPages; page++) {
        const { experiments = [], next_page_token: next } = await server.searchExperiments(
          {
            max_results: pageSize,
            view_type: viewType,
            ...(filter !== '' && { filter }),
            ...(token !== '' && { page_token: token }),
          },
          { signal },
        )
        found.push(...experiments)
        if (!next) break
        token = next
      }
      return found
    },
    placeholderData: keepPreviousData,
  })
}

/** An experiment, active or deleted; nothing is asked where there is none. */
export function useExperiment(id: string | undefined) {
  return useQuery({
    queryKey: ['experiment', id],
    queryFn: async ({ signal }) => (await server.getExperiment({ experiment_id: id ?? '' }, { signal })).experiment,
    enabled: id !== undefined,
    staleTime: 30_000,
  })
}

/** The summaries of all active experiments, by id. */
export function useSummaries() {
  return useQuery({
    queryKey: ['summaries'],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, ExperimentSummary>> => {
      const { summaries = [] } = await server.summarizeExperiments({}, { signal })
      return new Map(
        summaries.map(({ experiment_id: id, runs, running, last_activity: last }) => [
          id,
          { runs: Number(runs), running: Number(running), lastActivity: last === undefined ? undefined : Number(last) },
        ]),
      )
    },
  })
}

/** The metric that an experiment is about. */
export type Headline = NonNullable<Response<'experimentHeadlines'>['headlines']>[number]

/** As many as the endpoint takes. */
const mostHeadlines = 100

/** The headline metrics of the experiments in sight, by id. */
export function useHeadlines(ids: readonly string[]) {
  const asked = ids.slice(0, mostHeadlines)
  return useQuery({
    queryKey: ['summaries', 'headlines', asked],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Headline>> => {
      const { headlines = [] } = await server.experimentHeadlines({ experiment_ids: [...asked] }, { signal })
      return new Map(headlines.map((headline) => [headline.experiment_id, headline]))
    },
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
  })
}
