import { type EndpointName, endpoints, type Request, type Response } from '@trackway/api'
import type { CallOptions, Client } from './client.ts'

/** Endpoints that answer page by page. */
export type PagedName = {
  [K in EndpointName]: Response<K> extends { next_page_token?: string | undefined }
    ? 'next_page_token' extends keyof Response<K>
      ? K
      : never
    : never
}[EndpointName]

type Items<R> = { [F in keyof R]-?: NonNullable<R[F]> extends readonly (infer T)[] ? T : never }[keyof R]

/**
 * Everything that a call finds, one by one, over all its pages:
 * `for await (const run of paginate(client, 'searchRuns', { experiment_ids: ['1'] }))`.
 * The request's `max_results` is the size of a page.
 */
export async function* paginate<K extends PagedName>(
  client: Client,
  name: K,
  request: Request<K>,
  options?: CallOptions,
): AsyncGenerator<Items<Response<K>>, void, undefined> {
  type Page = Record<string, unknown> & { next_page_token?: string }
  const call = client[name] as (request: object, options?: CallOptions) => Promise<Page>
  const itemsField = listField(name)
  let pageToken = (request as { page_token?: string }).page_token
  do {
    const page = await call(pageToken === undefined ? request : { ...request, page_token: pageToken }, options)
    yield* (page[itemsField] ?? []) as Items<Response<K>>[]
    pageToken = page.next_page_token || undefined
  } while (pageToken !== undefined)
}

function listField(name: PagedName): string {
  const { response } = endpoints[name]
  if (response.type !== 'message') throw new TypeError(`${name} does not reply with a message.`)
  const found = Object.entries(response.fields).find(([, field]) => field.schema.type === 'list')
  if (!found) throw new TypeError(`${name} does not reply with a list.`)
  return found[0]
}
