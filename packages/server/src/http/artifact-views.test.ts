import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

import { createClient } from '@trackway/sdk'
import type { Client } from '@trackway/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createApp } from '../app.ts'
import type { TrackwayApp } from '../app.ts'
import { parseServerConfig } from '../config.ts'

const views = '/api/trackway/v1/artifacts'

let folder: string
let app: TrackwayApp
let open: TrackwayApp
let url: string
let openUrl: string
let client: Client
let run: string

function start(name: string, ...flags: string[]): Promise<TrackwayApp> {
  const data = ['--backend-store-uri', join(folder, `${name}.db`), '--artifacts-destination', join(folder, name)]
  return createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data, ...flags], {}, folder))
}

async function newRun(of: Client): Promise<string> {
  const { run: made } = await of.createRun({ experiment_id: '0', start_time: 1 })
  return made?.info.run_id ?? ''
}

/** Puts a file where the run's artifacts lie, so that names may be what no client sends. */
function place(path: string, content: string | Buffer): void {
  const file = join(folder, 'first', '0', run, 'artifacts', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-views-'))
  app = await start('first', '--x-frame-options', 'DENY')
  open = await start('second', '--x-frame-options', 'NONE')
  url = (await app.listen()).url
  openUrl = (await open.listen()).url
  client = createClient({ baseUrl: url, retries: 0 })
  run = await newRun(client)
})
afterAll(async () => {
  await Promise.all([app.close(), open.close()])
  rmSync(folder, { recursive: true })
})

interface Reply {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
  readonly text: string
}

/** Sends the address as it is; fetch would tidy it up. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', at = url): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(at)
    const sent = httpRequest({ method, path, hostname, port, headers }, (reply) => {
      buffer(reply).then((bytes) => {
        resolve({ status: reply.statusCode, headers: reply.headers, bytes, text: bytes.toString() })
      }, reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}

const preview = (path: string, more = '', headers = {}): Promise<Reply> =>
  ask(`${views}/preview?run_id=${run}&path=${encodeURIComponent(path)}${more}`, headers)

describe('previewArtifact', () => {
  test.each([
    ['a.png', 'image/png', 'sandbox'],
    ['a.svg', 'image/svg+xml', 'sandbox'],
    ['a.html', 'text/html; charset=utf-8', 'sandbox'],
    ['a.mp4', 'video/mp4', 'sandbox'],
    ['a.mp3', 'audio/mpeg', 'sandbox'],
    ['a.pdf', 'application/pdf', undefined],
    ['MLmodel', 'text/plain; charset=utf-8', 'sandbox'],
    ['a.json', 'text/plain; charset=utf-8', 'sandbox'],
    ['a.js', 'text/plain; charset=utf-8', 'sandbox'],
    ['a.pkl', 'application/octet-stream', 'sandbox'],
  ])('shows %s in place as %s, without the rights of the page', async (name, type, sandbox) => {
    place(name, 'content')
    const { status, headers, text } = await preview(name)
    expect([status, text]).toEqual([200, 'content'])
    expect(headers).toMatchObject({
      'content-type': type,
      'content-disposition': `inline; filename=${name}`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'accept-ranges': 'bytes',
      'content-length': '7',
    })
    const directives = String(headers['content-security-policy']).split('; ')
    expect(directives).toEqual(expect.arrayContaining(["form-action 'none'", "frame-ancestors 'self'"]))
    expect(directives.includes("default-src 'none'")).toBe(type !== 'application/pdf')
    expect(directives.find((directive) => directive.startsWith('sandbox'))).toBe(sandbox)
    expect(directives.some((directive) => directive.startsWith('script-src'))).toBe(false)
  })

  test('lets scripts run in HTML alone, where it is asked for, in an origin of their own', async () => {
    place('plot.html', '<script>1</script>')
    place('a.svg', '<svg/>')
    const policy = String((await preview('plot.html', '&scripts=allow')).headers['content-security-policy'])
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", 'connect-src data: blob:', 'sandbox allow-scripts']),
    )
    expect(policy).toContain("script-src 'unsafe-inline'")
    expect(policy).not.toMatch(/allow-same-origin|allow-top|allow-popups|http/)
    const svg = String((await preview('a.svg', '&scripts=allow')).headers['content-security-policy'])
    expect(svg).toMatch(/; sandbox;/)
    expect(svg).not.toContain('script')
    expect((await preview('plot.html', '&scripts=yes')).status).toBe(400)
  })

  test('may be framed by anyone only where the whole server may be', async () => {
    const other = createClient({ baseUrl: openUrl, retries: 0 })
    const id = await newRun(other)
    await other.uploadArtifact({ run_id: id, path: 'a.txt' }, 'x')
    const { headers } = await ask(`${views}/preview?run_id=${id}&path=a.txt`, {}, 'GET', openUrl)
    expect(headers).not.toHaveProperty('x-frame-options')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'((?!frame-ancestors).)*$/)
  })

  test('gives parts, and nothing anew of what is known', async () => {
    place('long.mp4', '0123456789')
    const part = await preview('long.mp4', '', { range: 'bytes=2-4' })
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10'])
    expect((await preview('long.mp4', '', { range: 'bytes=20-' })).status).toBe(416)
    const etag = String(part.headers.etag)
    expect((await preview('long.mp4', '', { 'if-none-match': etag })).status).toBe(304)
    const since = String(part.headers['last-modified'])
    expect((await preview('long.mp4', '', { 'if-modified-since': since })).status).toBe(304)
  })

  test('says any name in its header without breaking it', async () => {
    const name = 'a "b"; x=y\u00e9\u4e2d😀.txt'
    place(name, 'odd')
    const { status, headers, text } = await preview(name)
    expect([status, text]).toEqual([200, 'odd'])
    const disposition = Buffer.from(String(headers['content-disposition']), 'latin1').toString()
    expect(disposition).toBe(`inline; filename="a \\"b\\"; x=y___.txt"; filename*=UTF-8''${encodeURIComponent(name)}`)
    expect((await preview('a\r\nset-cookie: x.txt')).status).toBe(400)
  })

  test.each([
    ['../../../../etc/passwd', 400, /Invalid path/],
    ['%2e%2e/%2e%2e/x', 400, /Invalid path/],
    ['/etc/passwd', 400, /Invalid path/],
    ['none.txt', 404, /none\.txt/],
    ['sub', 400, /directory/],
    ['', 400, /path/],
  ])('refuses %j', async (path, status, message) => {
    place('sub/file.txt', 'x')
    const reply = await preview(path)
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      status,
      { error_code: expect.any(String), message: expect.stringMatching(message) },
    ])
    expect(reply.headers['content-type']).toMatch(/^application\/json/)
  })

  test('finds the artifacts of a logged model and of a version, and wants one of them', async () => {
    place('model/MLmodel', 'flavors')
    await client.createRegisteredModel({ name: 'm' })
    await client.createModelVersion({ name: 'm', source: `runs:/${run}/model`, run_id: run })
    expect((await ask(`${views}/preview?name=m&version=1&path=MLmodel`)).text).toBe('flavors')
    const { model } = await client.createLoggedModel({ experiment_id: '0', name: 'l' })
    const id = model?.info.model_id ?? ''
    const put = { artifact_path: `0/models/${id}/artifacts/data.txt` }
    await client.uploadProxiedArtifact(put, 'of the model')
    expect((await ask(`${views}/preview?model_id=${id}&path=data.txt`)).text).toBe('of the model')
    for (const owner of ['', `run_id=${run}&model_id=${id}&`, 'name=m&']) {
      const reply = await ask(`${views}/preview?${owner}path=data.txt`)
      expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('Say whose artifacts')])
    }
    expect((await ask(`${views}/preview?run_id=none&path=a`)).status).toBe(404)
  })
})

describe('archiveArtifacts', () => {
  const archive = (path: string): Promise<Reply> =>
    ask(`${views}/archive?run_id=${run}&path=${encodeURIComponent(path)}`)

  /** The files that Python's reader finds after it has checked all sums, with their lengths. */
  function unzip(bytes: Buffer): Record<string, string> {
    const file = join(folder, 'test.zip')
    writeFileSync(file, bytes)
    const script =
      'import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
      'print(json.dumps({i.filename: z.read(i)[:40].decode("latin1") for i in z.infolist()}))'
    return JSON.parse(execFileSync('python3', ['-c', script, file], { encoding: 'utf8' })) as Record<string, string>
  }

  test('gives a folder with all in it as a ZIP file', async () => {
    const large = randomBytes(3 * 1024 * 1024)
    place('tree/top.txt', 'top')
    place('tree/empty.txt', '')
    place('tree/deep/er/naïve 😀.bin', large)
    mkdirSync(join(folder, 'first', '0', run, 'artifacts', 'tree', 'nothing'))
    const { status, headers, bytes } = await archive('tree/')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename=tree.zip',
      'x-content-type-options': 'nosniff',
    })
    expect(unzip(bytes)).toEqual({
      'tree/top.txt': 'top',
      'tree/empty.txt': '',
      'tree/deep/er/naïve 😀.bin': large.subarray(0, 40).toString('latin1'),
      'tree/nothing/': '',
    })
    const all = await archive('')
    expect(all.headers['content-disposition']).toBe('attachment; filename=artifacts.zip')
    expect(unzip(all.bytes)).toHaveProperty(['artifacts/tree/top.txt'], 'top')
  })

  test.each([
    ['none', 404, /no artifacts in the folder 'none'/],
    ['void', 404, /no artifacts in the folder 'void'/],
    ['file.txt', 400, /'file.txt' is a file/],
    ['../..', 400, /Invalid path/],
  ])('refuses %j', async (path, status, message) => {
    place('file.txt', 'x')
    mkdirSync(join(folder, 'first', '0', run, 'artifacts', 'void'), { recursive: true })
    const reply = await archive(path)
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(message)])
  })

  test('closes what it has open when the client goes away', async () => {
    place('big/one.bin', randomBytes(30 * 1024 * 1024))
    const openFiles = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).endsWith('one.bin')
        } catch {
          return false
        }
      }).length
    await new Promise<void>((resolve, reject) => {
      const { hostname, port } = new URL(url)
      const sent = httpRequest({ hostname, port, path: `${views}/archive?run_id=${run}&path=big` }, (reply) => {
        reply.once('data', () => {
          expect(openFiles()).toBe(1)
          reply.destroy()
          resolve()
        })
      })
      sent.on('error', reject)
      sent.end()
    })
    for (let attempt = 0; attempt < 100 && openFiles() > 0; attempt++) await sleep(20)
    expect(openFiles()).toBe(0)
  })
})

describe('uploadArtifact and deleteRunArtifact', () => {
  test('put a file among a run’s artifacts and take a file or a folder away', async () => {
    const id = await newRun(client)
    await client.uploadArtifact({ run_id: id, path: 'notes/a b.txt' }, 'one')
    await client.uploadArtifact({ run_id: id, path: 'notes/two.txt' }, 'two')
    const names = async (path: string): Promise<string[]> =>
      ((await client.listArtifacts({ run_id: id, path })).files ?? []).map((file) => file.path)
    expect(await names('notes')).toEqual(['notes/a b.txt', 'notes/two.txt'])
    await client.deleteRunArtifact({ run_id: id, artifact_path: 'notes/a b.txt' })
    expect(await names('notes')).toEqual(['notes/two.txt'])
    await client.deleteRunArtifact({ run_id: id, artifact_path: 'notes' })
    expect(await names('')).toEqual([])
  })

  test.each(['', '%2e', '..%2f..', '%2e%2e/%2e%2e/x'])('delete refuses %j', async (path) => {
    place('stays.txt', 'x')
    const reply = await ask(`/api/trackway/v1/runs/${run}/artifacts/${path}`, {}, 'DELETE')
    expect([400, 404]).toContain(reply.status)
    expect((await preview('stays.txt')).status).toBe(200)
  })
})
