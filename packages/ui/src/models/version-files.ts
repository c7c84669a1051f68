import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@trackway/sdk'
import { server } from '../server.ts'

/** Files of a model that say what it is are small; longer ones are something else. */
const mostCharacters = 1_000_000

/** A text file of a version: null where there is none. */
export function useVersionText(name: string, version: string, path: string) {
  return useQuery({
    queryKey: ['version-file', name, version, path],
    queryFn: ({ signal }) => readVersionText(name, version, path, signal),
    // What a version consists of does not change.
    staleTime: 300_000,
  })
}

export async function readVersionText(
  name: string,
  version: string,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const reply = await server.getModelVersionArtifact({ name, version, path }, { signal })
    const text = await reply.text()
    return text.length > mostCharacters ? text.slice(0, mostCharacters) : text
  } catch (error) {
    if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return null
    throw error
  }
}
