import { endpoints } from '@trackway/api'
import type { Endpoint } from '@trackway/api'

import type { Operations } from '../operations.ts'
import type { RawReply, RawRequest } from './executor.ts'
import type { ThreadOptions } from './messages.ts'
import { perform } from './perform.ts'
import type { ReportFault } from './perform.ts'

/** Experiments that a search may look at on the main thread: about 0.2 ms of work. */
const fewExperiments = 2000
const shortPage = 200

/**
 * Answers requests that read a handful of rows on the main thread: to hand them to another thread and back would take
 * several times as long as the answer (docs/decisions/0003-threads-over-sqlite.md). The contract says which they are.
 */
export interface LightReader {
  /** The reply, or undefined where the request is for a reader thread. */
  answer(request: RawRequest): Promise<RawReply | undefined>
  readonly operations: Operations
  close(): void
}

export async function openLightReader(
  options: Omit<ThreadOptions, 'role'> & { readonly database: { readonly engine: 'sqlite' } },
  report: ReportFault,
): Promise<LightReader> {
  // Loaded with the first request that needs it: an idle server does without.
  const { openDataService } = await import('../data-service.ts')
  const { parseFilter } = await import('../search/parser.ts')
  const { isCondition } = await import('../search/filter.ts')
  const service = openDataService({ ...options, role: 'reader' })
  const { database, store, operations } = service

  /** A search that asks for a model by its name reads one model, whatever else it asks. */
  function namesOneModel({ query }: RawRequest): boolean {
    try {
      const filter = parseFilter('registeredModels', new URLSearchParams(query).get('filter') ?? '')
      return filter
        .filter(isCondition)
        .some(({ on, key, comparator }) => on === 'attribute' && key === 'name' && comparator === '=')
    } catch {
      // Whoever answers tells what is wrong with it.
      return false
    }
  }

  async function isSmall(request: RawRequest): Promise<boolean> {
    if (request.endpoint === 'searchRegisteredModels') return namesOneModel(request)
    if (request.endpoint !== 'searchExperiments') return true
    const maxResults = /"max_results"\s*:\s*"?(\d+)/.exec(request.body ?? '')?.[1]
    return Number(maxResults) <= shortPage && (await store.countExperiments()) <= fewExperiments
  }

  return {
    async answer(request) {
      if (!(await isSmall(request))) return undefined
      const { status, body } = await perform(service, request, report)
      return typeof body === 'string' ? { status, body } : undefined
    },
    operations,
    close: () => database.close(),
  }
}

/** Whether the contract says that an endpoint reads a handful of rows. */
export function isLight(request: RawRequest): boolean {
  const endpoint: Endpoint = endpoints[request.endpoint]
  return endpoint.cost === 'light'
}
