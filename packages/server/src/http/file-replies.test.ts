import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createClient } from '@trackway/sdk'
import type { Client } from '@trackway/sdk'
import papaparse from 'papaparse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createApp } from '../app.ts'
import type { TrackwayApp } from '../app.ts'
import { parseServerConfig } from '../config.ts'

const points = 60_000

let folder: string
let app: TrackwayApp
let url: string
let client: Client
let run: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-files-'))
  app = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent'], {}, folder))
  url = (await app.listen()).url
  client = createClient({ baseUrl: url, retries: 0 })
  const made = await client.createRun({ experiment_id: '0', run_name: 'long', start_time: 1 })
  run = made.run?.info.run_id ?? ''
  for (let start = 0; start < points; start += 1000) {
    const steps = Array.from({ length: 1000 }, (_, place) => start + place)
    await client.logBatch({
      run_id: run,
      metrics: steps.map((step) => ({ key: 'loss', value: step / 7, timestamp: step, step })),
    })
  }
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true })
})

describe('a reply that is a file', () => {
  test('has its type and name, by GET for links and by POST for long lists of runs', async () => {
    const query = `experiment_ids=0&run_ids=${run}&columns=metrics.loss&columns=${encodeURIComponent('max(metrics.loss)')}`
    const byGet = await fetch(`${url}/api/trackway/v1/runs/export?${query}`)
    expect(byGet.status).toBe(200)
    expect(Object.fromEntries(byGet.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename=Default-runs.csv',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    const unknown = Array.from({ length: 2000 }, (_, place) => `${place}`.padStart(32, '0'))
    const byPost = await client.exportRuns({
      experiment_ids: ['0'],
      run_ids: [run, ...unknown],
      columns: ['metrics.loss', 'max(metrics.loss)'],
    })
    const text = await byPost.text()
    expect(text).toBe(await byGet.text())
    expect(text.split('\r\n')[1]).toMatch(/,8571\.285714285714,8571\.285714285714$/)
  })

  test('is JSON that says what is wrong where the request is', async () => {
    const reply = await fetch(`${url}/api/trackway/v1/runs/export?experiment_ids=0&filter=nonsense`)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, expect.stringMatching('application/json')])
    expect(reply.headers.has('content-disposition')).toBe(false)
    expect(await reply.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' })
    const format = await fetch(`${url}/api/trackway/v1/metrics/export?run_ids=${run}&format=XLSX`)
    expect([format.status, await format.text()]).toEqual([400, expect.stringContaining('CSV, JSON, PARQUET')])
  })

  test('comes whole in parts', async () => {
    const reply = await client.exportMetrics({ run_ids: [run], keys: ['loss'] })
    const text = await reply.text()
    expect(text.length).toBeGreaterThan(3 * 1024 * 1024)
    const { data } = papaparse.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
    expect(data).toHaveLength(points)
    expect(data.every(({ step, value }, place) => Number(step) === place && Number(value) === place / 7)).toBe(true)
  })

  test('is stopped by a client that goes away: the server still closes at once', async () => {
    const other = await createApp(
      parseServerConfig(['--port', '0', '--log-level', 'silent'], {}, mkdtempSync(join(folder, 'other-'))),
    )
    const at = (await other.listen()).url
    const filling = createClient({ baseUrl: at, retries: 0 })
    const made = await filling.createRun({ experiment_id: '0', start_time: 1 })
    const id = made.run?.info.run_id ?? ''
    for (let start = 0; start < 40_000; start += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, place) => ({
        key: 'loss',
        value: place,
        timestamp: start + place,
        step: start + place,
      }))
      await filling.logBatch({ run_id: id, metrics })
    }
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(`${at}/api/trackway/v1/metrics/export?run_ids=${id}`, resolve).on('error', reject).end()
    })
    await new Promise((resolve) => reply.once('data', resolve))
    reply.destroy()
    // It would wait for a reply that is under way, and for the thread that reads it.
    const begun = Date.now()
    await other.close()
    expect(Date.now() - begun).toBeLessThan(5000)
  })
})
