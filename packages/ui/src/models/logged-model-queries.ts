import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'
import { quoted } from '../workspace/workspace-state.ts'

/** What was typed as a filter: a filter as it stands, and anything else as a part of a name. */
export function loggedModelFilter(typed: string): string {
  const text = typed.trim()
  if (text === '' || /(=|<|>|\b(?:LIKE|ILIKE|IN|IS)\b)/i.test(text)) return text
  return `name ILIKE ${quoted(`%${text}%`)}`
}

export function useLoggedModelPages(experimentId: string, filter: string) {
  return useInfiniteQuery({
    queryKey: ['runs', 'logged-models', experimentId, filter],
    queryFn: ({ pageParam, signal }) =>
      server.searchLoggedModels(
        {
          experiment_ids: [experimentId],
          max_results: 100,
          ...(filter !== '' && { filter }),
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: (before) => before,
  })
}

export function useLoggedModel(modelId: string) {
  return useQuery({
    queryKey: ['run', 'logged-model', modelId],
    queryFn: async ({ signal }) => (await server.getLoggedModel({ model_id: modelId }, { signal })).model,
  })
}

export function useExperimentName(experimentId: string | undefined) {
  return useQuery({
    queryKey: ['experiment', experimentId, 'name'],
    queryFn: async ({ signal }) =>
      (await server.getExperiment({ experiment_id: experimentId ?? '' }, { signal })).experiment.name,
    enabled: experimentId !== undefined,
    staleTime: 60_000,
  })
}
