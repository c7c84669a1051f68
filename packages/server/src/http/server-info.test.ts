import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Readiness } from '../execution/executor.ts'
import { registerProbes, serverInfo } from './server-info.ts'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
let app: FastifyInstance
let readiness: Readiness = { ready: true }

beforeAll(async () => {
  app = Fastify({ exposeHeadRoutes: false })
  registerProbes(app, '/base', () => readiness)
  app.get('/info', serverInfo(false))
  await app.ready()
})

afterAll(() => app.close())

describe('registerProbes()', () => {
  test.each([
    ['/base/health', /^OK$/],
    ['/base/version', /^3\.\d+\.\d+$/],
  ])('answers %s in plain text, to GET and HEAD', async (url, text) => {
    const got = await app.inject(url)
    expect([got.statusCode, got.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(got.body).toMatch(text)
    const head = await app.inject({ method: 'HEAD', url })
    expect([head.statusCode, head.body]).toEqual([200, ''])
  })

  test('answers /ready with what is the case now: 200, or 503 with the reason and when to ask again', async () => {
    const ready = await app.inject('/base/ready')
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'OK' }])
    expect(ready.headers['cache-control']).toBe('no-store')
    readiness = { ready: false, reason: 'The database is away.' }
    const away = await app.inject('/base/ready')
    expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '1'])
    expect(away.json()).toEqual({ error_code: 'TEMPORARILY_UNAVAILABLE', message: 'The database is away.' })
    expect((await app.inject({ method: 'HEAD', url: '/base/ready' })).statusCode).toBe(503)
    expect((await app.inject('/base/health')).statusCode).toBe(200)
    readiness = { ready: true }
  })

  test('answers below the static prefix only', async () => {
    expect((await app.inject('/health')).statusCode).toBe(404)
  })
})

describe('serverInfo()', () => {
  test('says what the clients ask for, false included', async () => {
    const info = (await app.inject('/info')).json() as Record<string, unknown>
    expect(info).toMatchObject({
      store_type: 'SqlStore',
      workspaces_enabled: false,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
      trackway_version: version,
    })
    expect(info['mlflow_version']).toBe((await app.inject('/base/version')).body)
  })
})
