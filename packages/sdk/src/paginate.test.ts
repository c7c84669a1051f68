import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from './client.ts'
import { paginate } from './paginate.ts'

const pages: Record<string, string> = {
  first: '{"experiments":[{"experiment_id":"2"},{"experiment_id":"1"}],"next_page_token":"t1"}',
  t1: '{"next_page_token":"t2"}',
  t2: '{"experiments":[{"experiment_id":"0"}],"next_page_token":""}',
}
const asked: object[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const message = JSON.parse(body) as { page_token?: string }
    asked.push(message)
    response.end(pages[message.page_token ?? 'first'])
  })
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

it('paginate gives the items of every page and keeps the request', async () => {
  const client = createClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const ids: string[] = []
  for await (const experiment of paginate(client, 'searchExperiments', { max_results: 2, filter: 'x' })) {
    ids.push(experiment.experiment_id)
  }
  expect(ids).toEqual(['2', '1', '0'])
  expect(asked).toEqual([
    { max_results: 2, filter: 'x' },
    { max_results: 2, filter: 'x', page_token: 't1' },
    { max_results: 2, filter: 'x', page_token: 't2' },
  ])
})

it('paginate asks for no page that nobody reads', async () => {
  const client = createClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  asked.length = 0
  for await (const _ of paginate(client, 'searchExperiments', {})) break
  expect(asked).toHaveLength(1)
})
