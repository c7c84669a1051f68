import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'
import { quoted } from '../workspace/workspace-state.ts'

/** What was typed as a filter: a filter as it stands, and anything else as a part of a name. */
export function modelFilter(typed: string): string {
  const text = typed.trim()
  if (text === '' || /(=|<|>|\b(?:LIKE|ILIKE|IN|IS)\b)/i.test(text)) return text
  return `name ILIKE ${quoted(`%${text}%`)}`
}

export function useModelPages(filter: string, order: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['models', 'pages', filter, order],
    queryFn: ({ pageParam, signal }) =>
      server.searchRegisteredModels(
        {
          max_results: 100,
          ...(filter !== '' && { filter }),
          ...(order !== undefined && { order_by: [order] }),
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  })
}

export function useModel(name: string) {
  return useQuery({
    queryKey: ['model', name],
    queryFn: async ({ signal }) => (await server.getRegisteredModel({ name }, { signal })).registered_model,
  })
}

/** The versions of a model, the newest first. */
export function useVersionPages(name: string) {
  return useInfiniteQuery({
    queryKey: ['model', name, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      server.searchModelVersions(
        {
          filter: `name = ${quoted(name)}`,
          order_by: ['version_number DESC'],
          max_results: 200,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

export function useVersion(name: string, version: string) {
  return useQuery({
    queryKey: ['version', name, version],
    queryFn: async ({ signal }) => (await server.getModelVersion({ name, version }, { signal })).model_version,
  })
}

export function useModelSettings(name: string) {
  return useQuery({
    queryKey: ['model', name, 'settings'],
    queryFn: async ({ signal }) => (await server.getRegisteredModelSettings({ name }, { signal })).settings,
  })
}

/** The requests for transitions of one model or of all, the newest first. */
export function useRequestPages({ name, closed = false }: { readonly name?: string; readonly closed?: boolean }) {
  return useInfiniteQuery({
    queryKey: ['requests', name ?? null, closed],
    queryFn: ({ pageParam, signal }) =>
      server.searchTransitionRequests(
        {
          states: closed ? ['APPROVED', 'REJECTED', 'CANCELLED', 'OVERTAKEN'] : ['OPEN'],
          max_results: 100,
          ...(name !== undefined && { name }),
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  })
}
