import type { QueryClient } from '@tanstack/react-query'

/** Has everything read again whose query's key begins with one of the nouns, such as 'runs'; ends when it has been. */
export async function readAgain(queries: QueryClient, ...nouns: readonly string[]): Promise<void> {
  await Promise.all(nouns.map((noun) => queries.invalidateQueries({ queryKey: [noun] })))
}
