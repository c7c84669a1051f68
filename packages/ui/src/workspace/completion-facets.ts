import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'
import { fieldAt } from './filter-completion.ts'
import { type Facet, scopeRequest, useFacets } from './run-queries.ts'
import type { RunScope } from './workspace.ts'

const none: readonly Facet[] = []

/** What a filter can be completed with: of all runs of the scope, and more values of the field that is compared. */
export function useCompletionFacets(
  scope: RunScope,
  text: string,
  caret: number | undefined,
  isEnabled: boolean,
): readonly Facet[] {
  const all: RunScope = { ...scope, filter: '', orderBy: [] }
  const found = useFacets(all, isEnabled).data?.facets ?? none
  const field = fieldAt(text, caret ?? text.length)
  const known = found.find((facet) => facet.field === field || facet.field === `attributes.${field}`)
  const isCut = known?.values !== undefined && Number(known.distinct) > known.values.length
  const more = useQuery({
    queryKey: ['runs', 'facet', scope.experimentIds, '', scope.viewType, known?.field],
    queryFn: ({ signal }) => server.runFacets({ ...scopeRequest(all), fields: [known?.field ?? ''] }, { signal }),
    enabled: isEnabled && isCut,
    staleTime: 30_000,
  })
  const fuller = isCut ? more.data?.facets?.[0] : undefined
  return fuller ? found.map((facet) => (facet.field === fuller.field ? fuller : facet)) : found
}
