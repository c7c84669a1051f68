import { DatabaseSync } from 'node:sqlite'

import { expect, it } from 'vitest'

import { call, createRun, get, runData } from './api-call.ts'
import { integrityOf, serverFolder } from './server-folder.ts'

/** As large as a body may be, and of many times that size once it is read: legal JSON that no small memory holds. */
const monstrous = `{"run_id":"x","metrics":[${'{},'.repeat(5_000_000)}{}]}`

it('a data thread that runs out of memory takes nobody with it: 503 with Retry-After, then the next one serves', async () => {
  await using folder = serverFolder()
  const server = folder.launch({ env: { NODE_OPTIONS: '--max-old-space-size=96' } })
  const url = await server.url
  const runId = await createRun(url)
  const acknowledged: string[] = []
  let unavailable = 0
  let done = false

  async function write(client: number): Promise<void> {
    for (let n = 0; !done; n++) {
      const key = `${client}-${n}`
      const { status, headers, body } = await call(url, 'runs/set-tag', { run_id: runId, key, value: 'set' })
      if (status === 200) acknowledged.push(key)
      else {
        expect(body).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' })
        expect(headers.get('retry-after')).toBe('1')
        unavailable++
      }
    }
  }
  const clients = [0, 1, 2, 3].map(write)
  const post = async (endpoint: string) =>
    await fetch(`${url}/api/2.0/mlflow/${endpoint}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: monstrous,
    })
  for (const endpoint of ['runs/log-batch', 'runs/search']) {
    const reply = await post(endpoint)
    expect(reply.status, endpoint).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(await reply.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' })
    await expect.poll(async () => (await call(url, 'runs/search', { experiment_ids: ['0'] })).status).toBe(200)
    await expect
      .poll(async () => (await call(url, 'runs/set-tag', { run_id: runId, key: endpoint, value: 'after' })).status)
      .toBe(200)
  }
  done = true
  await Promise.all(clients)
  expect(unavailable).toBeGreaterThan(0)
  const keys = new Set((await runData(url, runId)).tags?.map(({ key }) => key))
  expect(acknowledged.filter((key) => !keys.has(key))).toEqual([])
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect(server.output()).toContain('thread')
  expect(integrityOf(folder.databaseFile)).toBe('ok')
})

it('a database that another program has locked gives 503, and writes go on when it lets go', async () => {
  await using folder = serverFolder()
  const server = folder.launch()
  const url = await server.url
  const runId = await createRun(url)
  const other = new DatabaseSync(folder.databaseFile)
  other.exec('BEGIN IMMEDIATE')
  const tag = async (key: string) => await call(url, 'runs/set-tag', { run_id: runId, key, value: 'set' })
  for (const { status, headers, body } of await Promise.all([tag('a'), tag('b')])) {
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('1')
    expect(body['message']).toContain('Another program has locked the database')
  }
  expect((await get(url, 'runs/get', { run_id: runId })).status).toBe(200)
  other.exec('ROLLBACK')
  other.close()
  expect((await tag('c')).status).toBe(200)
  expect((await runData(url, runId)).tags?.map(({ key }) => key).filter((key) => key.length === 1)).toEqual(['c'])
})
