import { fastify } from 'fastify'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'

import { createHostGuard } from './host-guard.ts'
import type { HostGuardConfig } from './host-guard.ts'

const defaults: HostGuardConfig = {
  allowedHosts: [],
  corsAllowedOrigins: [],
  disableSecurityMiddleware: false,
  host: '127.0.0.1',
  staticPrefix: '',
  xFrameOptions: 'SAMEORIGIN',
}
const write = '/api/2.0/mlflow/runs/create'
const apps: FastifyInstance[] = []

function serve(
  config: Partial<HostGuardConfig> = {},
): (request: InjectOptions) => ReturnType<FastifyInstance['inject']> {
  const app = fastify()
  apps.push(app)
  app.addHook('onRequest', createHostGuard({ ...defaults, ...config }))
  app.all('/*', (_request, reply) => reply.send('served'))
  return (request) => app.inject({ ...request, headers: { host: 'localhost:5000', ...request.headers } })
}

const statusOf = async (request: InjectOptions, config?: Partial<HostGuardConfig>): Promise<number> =>
  (await serve(config)(request)).statusCode

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

describe('createHostGuard: Host', () => {
  it.each([
    ['localhost'],
    ['localhost:5000'],
    ['LocalHost:1'],
    ['127.0.0.1:5001'],
    ['[::1]:5000'],
    ['0.0.0.0:5000'],
    ['10.1.2.3'],
    ['192.168.0.5:5000'],
    ['172.16.0.1'],
    ['172.31.255.1:80'],
    ['[fd12:3456::1]:5000'],
    ['[fc00::1]'],
  ])('lets %s in by default', async (host) => {
    const send = serve()
    expect((await send({ url: '/', headers: { host } })).statusCode).toBe(200)
    expect((await send({ url: '/', headers: { host } })).statusCode).toBe(200)
  })

  it.each([
    ['evil.example'],
    ['evil.example:5000'],
    ['localhost.evil.example'],
    ['10.evil.example'],
    ['192.168.1.evil.example'],
    ['172.32.0.1'],
    ['172.15.0.1'],
    ['11.0.0.1'],
    ['8.8.8.8:5000'],
    ['[2001:db8::1]:5000'],
    ['[fc00:evil]'],
    ['localhost:evil'],
    ['localhost.'],
    [`${'a'.repeat(300)}.localhost`],
  ])('refuses %s by default', async (host) => {
    const send = serve()
    await send({ url: '/', headers: { host: 'localhost:5000' } })
    const reply = await send({ url: '/', headers: { host } })
    expect(reply.statusCode).toBe(403)
    expect(reply.headers['content-type']).toMatch(/^text\/plain/)
    expect(reply.body).toBe('Invalid Host header - possible DNS rebinding attack detected')
  })

  it('answers /health, /ready and /version whatever the Host', async () => {
    const headers = { host: 'evil.example' }
    expect(await statusOf({ url: '/health', headers })).toBe(200)
    expect(await statusOf({ url: '/ready', headers })).toBe(200)
    expect(await statusOf({ url: '/version?x=1', headers })).toBe(200)
    expect(await statusOf({ url: '/health/x', headers })).toBe(403)
    expect(await statusOf({ url: '/p/health', headers }, { staticPrefix: '/p' })).toBe(200)
    expect(await statusOf({ url: '/health', headers }, { staticPrefix: '/p' })).toBe(403)
  })

  it('lets the name in under which the server listens', async () => {
    const headers = { host: 'ml.example.com:5000' }
    expect(await statusOf({ url: '/', headers }, { host: 'ml.example.com' })).toBe(200)
    expect(await statusOf({ url: '/', headers }, { host: '0.0.0.0' })).toBe(403)
    expect(await statusOf({ url: '/', headers: { host: '[2001:db8::1]:1' } }, { host: '2001:db8::1' })).toBe(200)
  })

  it.each([
    ['ml.example.com', 'ml.example.com:8080', 200],
    ['ml.example.com', 'ML.example.com', 200],
    ['ml.example.com', 'x.ml.example.com', 403],
    ['ml.example.com:8080', 'ml.example.com:8080', 200],
    ['ml.example.com:8080', 'ml.example.com:8081', 403],
    ['*.example.com', 'a.b.example.com:5000', 200],
    ['*.example.com', 'example.com', 403],
    ['*.example.com', 'aexample.com', 403],
    ['app-*.internal:*', 'app-7.internal:81', 200],
    ['192.168.*', '192.168.7.7:5000', 200],
    ['192.168.*', '192.168.evil.example', 403],
    ['*', 'evil.example', 200],
    ['ml.example.com', 'localhost:5000', 403],
  ])('with --allowed-hosts %s answers %s with %i', async (pattern, host, status) => {
    expect(await statusOf({ url: '/', headers: { host } }, { allowedHosts: [pattern] })).toBe(status)
  })
})

describe('createHostGuard: Origin', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('refuses %s of a foreign page', async (method) => {
    const reply = await serve()({ method, url: write, headers: { origin: 'https://evil.example' } })
    expect(reply.statusCode).toBe(403)
    expect(reply.headers['content-type']).toMatch(/^text\/plain/)
    expect(reply.body).toBe('Cross-origin request blocked')
  })

  it('lets a foreign page GET, without the headers that would let it read', async () => {
    const reply = await serve()({ url: '/', headers: { origin: 'https://evil.example' } })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it.each([
    ['http://localhost', 200],
    ['http://localhost:3000', 200],
    ['https://127.0.0.1:8443', 200],
    ['http://[::1]:9', 200],
    ['null', 403],
    ['http://localhost.evil.example', 403],
    ['http://localhost:1, https://evil.example', 403],
    ['http://user@localhost', 403],
    ['file://', 403],
  ])('answers a write of the origin %s with %i', async (origin, status) => {
    expect(await statusOf({ method: 'POST', url: write, headers: { origin } })).toBe(status)
  })

  it("lets the server's own pages write under every allowed name", async () => {
    const headers = { host: '192.168.1.5:5000', origin: 'http://192.168.1.5:5000' }
    expect(await statusOf({ method: 'POST', url: write, headers })).toBe(200)
    expect(await statusOf({ method: 'POST', url: write, headers: { ...headers, host: '192.168.1.6:5000' } })).toBe(403)
  })

  it('lets the allowed origins write and read the answer', async () => {
    const send = serve({ corsAllowedOrigins: ['https://app.example.com', 'https://*.example.org'] })
    for (const origin of ['https://app.example.com', 'https://x.example.org']) {
      const reply = await send({ method: 'POST', url: write, headers: { origin } })
      expect(reply.statusCode).toBe(200)
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      })
    }
    for (const origin of ['http://app.example.com', 'https://example.org', 'https://app.example.com.evil.example']) {
      expect((await send({ method: 'POST', url: write, headers: { origin } })).statusCode).toBe(403)
    }
  })

  it('lets every origin write without credentials where * is allowed', async () => {
    const send = serve({ corsAllowedOrigins: ['*'] })
    const reply = await send({ method: 'POST', url: write, headers: { origin: 'https://any.example' } })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['access-control-allow-origin']).toBe('*')
    expect(reply.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('answers preflights', async () => {
    const headers = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    const send = serve()
    const allowed = await send({
      method: 'OPTIONS',
      url: write,
      headers: { ...headers, origin: 'http://localhost:3000' },
    })
    expect(allowed.statusCode).toBe(200)
    expect(allowed.body).toBe('OK')
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS, PATCH',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '600',
    })
    const refused = await send({
      method: 'OPTIONS',
      url: write,
      headers: { ...headers, origin: 'https://evil.example' },
    })
    expect(refused.statusCode).toBe(400)
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('createHostGuard: security headers', () => {
  it('forbids sniffing and framing on every reply, refusals too', async () => {
    for (const host of ['localhost', 'evil.example']) {
      const { headers } = await serve()({ url: '/', headers: { host } })
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' })
    }
    expect((await serve({ xFrameOptions: 'DENY' })({ url: '/' })).headers['x-frame-options']).toBe('DENY')
    expect((await serve({ xFrameOptions: 'NONE' })({ url: '/' })).headers).not.toHaveProperty('x-frame-options')
  })

  it('does nothing when it is switched off', async () => {
    const send = serve({ disableSecurityMiddleware: true })
    const headers = { host: 'evil.example', origin: 'https://evil.example' }
    const reply = await send({ method: 'POST', url: write, headers })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers).not.toHaveProperty('x-frame-options')
  })
})
