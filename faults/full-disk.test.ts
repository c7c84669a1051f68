import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'

import { call, createRun, get, runData } from './api-call.ts'
import { integrityOf, serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'

const artifacts = 'api/2.0/mlflow-artifacts/artifacts'

function smallDisk(context: TestContext, folder: ServerFolder, kilobytes: number): string {
  const disk = folder.mountSmall('disk', kilobytes)
  if ('unavailable' in disk) context.skip(disk.unavailable)
  return (disk as { path: string }).path
}

/** Takes all space of a disk but some kilobytes; removing the file gives it back. */
function fill(disk: string, leaving = 0): string {
  const ballast = join(disk, 'ballast')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - leaving * 1024)))
  return ballast
}

const batch = (runId: string, n: number) => ({
  run_id: runId,
  metrics: Array.from({ length: 400 }, (_, i) => ({ key: `m${i}`, value: n, timestamp: n, step: n })),
  params: [{ key: `p${n}`, value: 'x'.repeat(1000) }],
})

describe('trackway server on a full disk', () => {
  it('refuses writes with a clear 503, reads on, keeps all it acknowledged, and writes again once space is free', async (context) => {
    await using folder = serverFolder()
    const disk = smallDisk(context, folder, 8192)
    const database = join(disk, 'store/trackway.db')
    const flags = ['--backend-store-uri', database, '--artifacts-destination', join(folder.path, 'artifacts')]
    const server = folder.launch({ flags })
    const url = await server.url
    const runId = await createRun(url)
    const acknowledged: number[] = []
    const refused: number[] = []
    const ballast = fill(disk, 1500)

    async function writeConcurrently(from: number): Promise<void> {
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          const { status, headers, body } = await call(url, 'runs/log-batch', batch(runId, from + i))
          if (status === 200) return acknowledged.push(from + i)
          expect(status).toBe(503)
          expect(headers.get('retry-after')).toBe('1')
          expect(body['error_code']).toBe('TEMPORARILY_UNAVAILABLE')
          expect(body['message']).toContain('the disk is full')
          return refused.push(from + i)
        }),
      )
    }

    for (let from = 0; refused.length < 24; from += 8) await writeConcurrently(from)
    expect(acknowledged.length).toBeGreaterThan(0)
    // What is too small to need new pages may still fit; what is answered with 200 must stay, though.
    const small = await call(url, 'runs/set-tag', { run_id: runId, key: 'while-full', value: 'x'.repeat(4000) })
    expect([200, 503]).toContain(small.status)

    const paramsWhileFull = new Set(((await runData(url, runId)).params ?? []).map(({ key }) => key))
    expect(paramsWhileFull).toEqual(new Set(acknowledged.map((n) => `p${n}`)))
    const search = await call(url, 'runs/search', { experiment_ids: ['0'], filter: 'metrics.m0 >= 0' })
    expect(search.status).toBe(200)

    rmSync(ballast)
    const afterwards = 10_000
    expect((await call(url, 'runs/log-batch', batch(runId, afterwards))).status).toBe(200)
    acknowledged.push(afterwards)

    server.child.kill('SIGKILL')
    await server.ended
    expect(integrityOf(database)).toBe('ok')
    const again = await folder.launch({ flags }).url
    const { params = [] } = await runData(again, runId)
    expect(new Set(params.map(({ key }) => key))).toEqual(new Set(acknowledged.map((n) => `p${n}`)))
    for (const key of ['m0', 'm399']) {
      const { body } = await get(again, 'metrics/get-history', { run_id: runId, metric_key: key })
      const steps = (body as { metrics: { step?: number }[] }).metrics.map(({ step = 0 }) => step)
      expect(
        steps.toSorted((a, b) => a - b),
        key,
      ).toEqual(acknowledged.toSorted((a, b) => a - b))
    }
  })

  it('refuses an upload that does not fit, leaves nothing of it, and takes it once space is free', async (context) => {
    await using folder = serverFolder()
    const disk = smallDisk(context, folder, 4096)
    const destination = join(disk, 'artifacts')
    const url = await folder.launch({ flags: ['--artifacts-destination', destination] }).url
    const put = async (name: string, kilobytes: number): Promise<Response> =>
      await fetch(`${url}/${artifacts}/${name}`, { method: 'PUT', body: new Uint8Array(kilobytes * 1024).fill(7) })
    expect((await put('kept.bin', 512)).status).toBe(200)

    const reply = await put('large.bin', 8192)
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('1')
    const { error_code, message } = (await reply.json()) as { error_code: string; message: string }
    expect(error_code).toBe('TEMPORARILY_UNAVAILABLE')
    expect(message).toContain('The disk of the artifact folder is full')
    expect(message).toContain('large.bin')
    expect(existsSync(join(destination, 'large.bin'))).toBe(false)
    expect(readdirSync(join(destination, '.trackway-uploads'))).toEqual([])

    const ballast = fill(disk)
    expect((await put('small.bin', 64)).status).toBe(503)
    expect((await (await fetch(`${url}/${artifacts}/kept.bin`)).bytes()).length).toBe(512 * 1024)
    rmSync(ballast)
    expect((await put('small.bin', 64)).status).toBe(200)
    expect((await (await fetch(`${url}/${artifacts}/small.bin`)).bytes()).length).toBe(64 * 1024)
  })

  it.for([
    ['a new database', false],
    ['its database', true],
  ] as const)('does not start on %s, with a sentence and status 1', async ([, isThere], context) => {
    await using folder = serverFolder()
    const disk = smallDisk(context, folder, 2048)
    const database = join(disk, 'trackway.db')
    const flags = ['--backend-store-uri', database, '--artifacts-destination', join(folder.path, 'artifacts')]
    if (isThere) {
      const server = folder.launch({ flags })
      await server.url
      server.child.kill('SIGTERM')
      expect(await server.ended).toBe(0)
    }
    const ballast = fill(disk)
    const full = folder.launch({ flags })
    expect(await full.ended).toBe(1)
    expect(full.output()).toBe(`trackway: Cannot open the database ${database}: the disk is full.\n`)
    rmSync(ballast)
    await folder.launch({ flags }).url
  })

  it('stops cleanly while the disk is full', async (context) => {
    await using folder = serverFolder()
    const disk = smallDisk(context, folder, 4096)
    const database = join(disk, 'trackway.db')
    const flags = ['--backend-store-uri', database, '--artifacts-destination', join(folder.path, 'artifacts')]
    const server = folder.launch({ flags })
    const url = await server.url
    const runId = await createRun(url)
    fill(disk)
    let full = false
    for (let n = 0; !full; n++) full = (await call(url, 'runs/log-batch', batch(runId, n))).status === 503
    // A run that ends makes the server write its document by itself, which cannot be stored either.
    await call(url, 'runs/update', { run_id: runId, status: 'FINISHED', end_time: 2 })
    await sleep(500)
    expect((await get(url, 'runs/get', { run_id: runId })).status).toBe(200)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(server.output()).not.toContain('    at ')
    expect(integrityOf(database)).toBe('ok')
  })
})
