import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerUiFiles } from './ui-files.ts'

const index = '<!doctype html><html><head><script src="./assets/index-abc.js"></script></head></html>'
const script = 'console.log("hello")'
const html = { accept: 'text/html,*/*' }

describe('registerUiFiles', () => {
  let folder: string
  let directory: string
  let app: FastifyInstance

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trackway-ui-'))
    directory = join(folder, 'ui')
    mkdirSync(join(directory, 'assets'), { recursive: true })
    writeFileSync(join(directory, 'index.html'), index)
    writeFileSync(join(directory, 'assets/index-abc.js'), script)
    writeFileSync(join(directory, 'assets/index-abc.js.gz'), gzipSync(script))
    writeFileSync(join(folder, 'secret.js'), 'secret')
    app = fastify({ exposeHeadRoutes: false })
  })

  function register(staticPrefix: string, from = directory): void {
    const answerPage = registerUiFiles(app, { directory: from, staticPrefix })
    app.setNotFoundHandler(
      (request, reply) =>
        answerPage(request, reply) ?? reply.code(404).send({ error_code: 'ENDPOINT_NOT_FOUND', path: request.url }),
    )
  }

  afterEach(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  it('serves the start page with a strict content security policy and no stale copy', async () => {
    register('')
    const reply = await app.inject('/')
    expect(reply.body).toBe(index)
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';")
    // The setting --x-frame-options decides, which a policy here would override.
    expect(reply.headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(reply.headers).not.toHaveProperty('x-frame-options')
    const again = await app.inject({ url: '/', headers: { 'if-none-match': String(reply.headers.etag) } })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
  })

  it('serves files for ever cacheable, compressed where the browser takes it', async () => {
    register('')
    const plain = await app.inject('/assets/index-abc.js')
    expect(plain.body).toBe(script)
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    })
    const packed = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'br;q=0, gzip' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.rawPayload).toString()).toBe(script)
    expect(packed.headers.etag).not.toBe(plain.headers.etag)
    const refused = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  it('answers HEAD without a body', async () => {
    register('')
    const reply = await app.inject({ method: 'HEAD', url: '/assets/index-abc.js' })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-length']).toBe(String(script.length))
    expect(reply.body).toBe('')
  })

  it('answers 304 for a file that the browser has', async () => {
    register('')
    const { headers } = await app.inject('/assets/index-abc.js')
    const again = await app.inject({
      url: '/assets/index-abc.js',
      headers: { 'if-none-match': `"other", W/${String(headers.etag)}` },
    })
    expect(again.statusCode).toBe(304)
  })

  it('gives browsers the start page for deep addresses, its files still found', async () => {
    register('')
    const reply = await app.inject({ url: '/experiments/1/runs/2', headers: html })
    expect(reply.body).toContain('<head><base href="../../../" /><script')
    expect((await app.inject({ url: '/experiments', headers: html })).body).toBe(index)
  })

  it.each(['/api/2.0/mlflow/nope', '/ajax-api/2.0/nope', '/api'])('leaves %s to the router', async (url) => {
    register('')
    const reply = await app.inject({ url, headers: html })
    expect(reply.statusCode).toBe(404)
    expect(reply.json()).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' })
  })

  it('leaves unknown paths to the router where no page is asked for', async () => {
    register('')
    expect((await app.inject('/nope')).statusCode).toBe(404)
    expect((await app.inject({ method: 'POST', url: '/nope', headers: html })).statusCode).toBe(404)
    expect(app.findRoute({ method: 'GET', url: '/nope' })).toBeNull()
    expect((await app.inject('/assets/gone-123.js')).statusCode).toBe(404)
  })

  it('lets other routes win', async () => {
    register('')
    app.get('/health', async () => 'OK')
    expect((await app.inject({ url: '/health', headers: html })).body).toBe('OK')
  })

  it.each(['/../secret.js', '/%2e%2e/secret.js', '/assets/..%2f..%2fsecret.js', '/assets/../../secret.js'])(
    'serves nothing outside its folder: %s',
    async (url) => {
      register('')
      const reply = await app.inject(url)
      expect(reply.statusCode).toBe(404)
      expect(reply.body).not.toBe('secret')
    },
  )

  it('serves all below a prefix and leads the bare prefix there', async () => {
    register('/team/ml')
    expect((await app.inject('/team/ml/')).body).toBe(index)
    expect((await app.inject('/team/ml/assets/index-abc.js')).body).toBe(script)
    expect((await app.inject('/team/ml')).headers.location).toBe('/team/ml/')
    expect((await app.inject({ url: '/team/ml/a/b', headers: html })).body).toContain('<base href="../" />')
    expect((await app.inject({ url: '/', headers: html })).statusCode).toBe(404)
  })

  it('says how to build the UI where it is not there', async () => {
    register('', join(folder, 'absent'))
    const reply = await app.inject({ url: '/', headers: html })
    expect(reply.statusCode).toBe(200)
    expect(reply.body).toContain('npm run build')
  })
})
