import { DatabaseSync } from 'node:sqlite'

import { expect, it } from 'vitest'

import { call, createRun, get, runData } from './api-call.ts'
import { serverFolder } from './server-folder.ts'

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
