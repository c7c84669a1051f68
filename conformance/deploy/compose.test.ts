import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@trackway/sdk'
import { Client as PostgresClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { startTestPostgres } from '../../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../../packages/server/src/storage/sql/test-postgres.ts'
import { freePort } from '../../scripts/free-port.ts'
import { goProgram } from '../../scripts/go-program.ts'
import { deployFolder, readComposition, readDockerfile } from './inspect.ts'
import type { Composition, Service } from './inspect.ts'

const work = mkdtempSync(join(tmpdir(), 'trackway-compose-'))
const bin = join(work, 'bin')
const secret = (): string => randomBytes(12).toString('hex')
const password = secret()
const settings: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: password,
  STORAGE_ACCESS_KEY: secret(),
  STORAGE_SECRET_KEY: secret(),
  WEBHOOK_SECRET_KEY: randomBytes(32).toString('base64url') + '=',
  TRACKWAY_HOST: 'ml.example.com',
  TRACKWAY_SITE: ':80',
}

let composition: Composition
let postgres: TestPostgres
let imageCommand: readonly string[]
let imageSettings: Readonly<Record<string, string>>
/** Where a service's address in the composition's network is on this machine. */
const ports: Record<string, number> = {}
const running = new Map<string, { child: ChildProcess; ended: Promise<unknown>; output: () => string }>()

/** A text of the composition with its hosts, ports and folders as they are on this machine. */
function here(name: string, text: string): string {
  const moved = text
    .replaceAll(/\b(database|storage|trackway-\d):\d+/g, (_, host: string) => `127.0.0.1:${ports[host]}`)
    .replaceAll(/(?<![\w/.])\/(data|tmp)\b/g, `${join(work, name)}/$1`)
    .replaceAll(/(?<=^|\s|127\.0\.0\.1):(80|7070|2019)\b/g, (_, port: string) => `:${ports[port]}`)
  return moved.replace('/etc/caddy/Caddyfile', join(work, 'Caddyfile'))
}

/** What a service runs: the composition's command and environment over those of its image. */
function processOf(name: string, service: Service): { commandLine: string[]; env: NodeJS.ProcessEnv } {
  const isOurs = service.image.startsWith('trackway')
  const given = [...(service.entrypoint ?? []), ...(service.command ?? [])]
  const image = isOurs ? imageSettings : {}
  const env = Object.entries({ ...image, ...service.environment }).map(([key, value]) => [key, here(name, value)])
  return {
    commandLine: (given.length === 0 && isOurs ? imageCommand : given).map((part) => here(name, part)),
    env: {
      ...Object.fromEntries(env),
      PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: join(work, name),
      ...(isOurs ? { MLFLOW_PORT: String(ports[name]) } : {}),
    },
  }
}

function start(name: string): void {
  const service = composition.services[name] as Service
  const { commandLine, env } = processOf(name, service)
  mkdirSync(join(work, name, 'data'), { recursive: true })
  const [program = '', ...rest] = commandLine
  const child = spawn(program, rest, { cwd: join(work, name), env, stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (written += String(chunk)))
  running.set(name, { child, ended: once(child, 'close'), output: () => written })
}

/** Runs a service's health check: our own command as it stands; what other images bring for it is asked by fetch. */
async function isHealthy(name: string): Promise<boolean> {
  const service = composition.services[name] as Service
  const [, ...check] = service.healthcheck.test.map((part) => here(name, part))
  const url = check.find((part) => part.startsWith('http://'))
  if (url !== undefined)
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  const { env } = processOf(name, service)
  const [program = '', ...rest] = check
  const [code] = (await once(spawn(program, rest, { env, stdio: 'ignore' }), 'close')) as [number | null]
  return code === 0
}

async function untilHealthy(name: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isHealthy(name))) {
    if (Date.now() > deadline) throw new Error(`${name} is not healthy. It wrote:\n${running.get(name)?.output()}`)
    await sleep(200)
  }
}

async function stop(name: string, signal: NodeJS.Signals): Promise<void> {
  const process = running.get(name)
  process?.child.kill(signal)
  await process?.ended
}

beforeAll(async () => {
  const envFile = join(work, 'env')
  writeFileSync(
    envFile,
    Object.entries(settings)
      .map((pair) => pair.join('='))
      .join('\n'),
  )
  composition = await readComposition(join(deployFolder, 'compose.yaml'), envFile)
  const steps = (await readDockerfile(join(deployFolder, 'Dockerfile'))).at(-1)?.instructions ?? []
  imageCommand = ['ENTRYPOINT', 'CMD'].flatMap((each) => steps.findLast(({ name }) => name === each)?.command ?? [])
  imageSettings = Object.assign({}, ...steps.map(({ name, values }) => (name === 'ENV' ? values : {})))

  mkdirSync(bin)
  symlinkSync(join(deployFolder, '../packages/server/bin/trackway.js'), join(bin, 'trackway'))
  for (const [name, source] of [
    ['caddy', { package: 'github.com/caddyserver/caddy/v2/cmd/caddy', version: 'v2.11.9' }],
    ['versitygw', { package: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' }],
  ] as const) {
    symlinkSync(await goProgram(source), join(bin, name))
  }
  for (const name of ['storage', 'trackway-1', 'trackway-2', '80', '2019']) ports[name] = await freePort()
  ports['7070'] = ports['storage'] ?? 0
  const caddyfile = readFileSync(join(deployFolder, 'Caddyfile'), 'utf8')
  writeFileSync(join(work, 'Caddyfile'), caddyfile.replace('2019', String(ports['2019'])))

  // What the image of PostgreSQL does with its environment at the first start.
  postgres = await startTestPostgres()
  ports['database'] = postgres.port
  const {
    POSTGRES_USER = '',
    POSTGRES_PASSWORD = '',
    POSTGRES_DB = '',
  } = composition.services['database']?.environment ?? {}
  const client = new PostgresClient({ connectionString: postgres.url })
  await client.connect()
  await client.query(`create role "${POSTGRES_USER}" login superuser password '${POSTGRES_PASSWORD}'`)
  await client.query(`create database "${POSTGRES_DB}" owner "${POSTGRES_USER}"`)
  await client.end()

  start('storage')
  await untilHealthy('storage')
  start('trackway-1')
  start('trackway-2')
  await Promise.all([untilHealthy('trackway-1'), untilHealthy('trackway-2')])
  start('proxy')
  await untilHealthy('proxy')
}, 900_000)

afterAll(async () => {
  await Promise.all([...running.keys()].map((name) => stop(name, name === 'proxy' ? 'SIGKILL' : 'SIGTERM')))
  await postgres?.remove()
  rmSync(work, { recursive: true, force: true })
})

const address = (): string => `http://127.0.0.1:${ports['80']}`
const files = (): string => `${address()}/api/2.0/mlflow-artifacts/artifacts`

/** Bytes that come one chunk at a time, so that nobody has them at once. */
function stream(chunks: number, chunk: Uint8Array): ReadableStream<Uint8Array> {
  let left = chunks
  return new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close()
      else controller.enqueue(chunk)
    },
  })
}

describe('deploy/compose.yaml', () => {
  test('has checks and restarts for every service, and starts the proxy when the replicas are ready', () => {
    const { services } = composition
    expect(Object.keys(services).toSorted()).toEqual(['database', 'proxy', 'storage', 'trackway-1', 'trackway-2'])
    for (const [name, service] of Object.entries(services)) {
      expect(service.restart, name).toBe('unless-stopped')
      expect(service.healthcheck.test.length, name).toBeGreaterThan(1)
    }
    for (const name of ['trackway-1', 'trackway-2']) {
      expect(services['proxy']?.depends_on?.[name]?.condition).toBe('service_healthy')
    }
  })

  test('asks for the secrets that .env.example names, and for nothing else without a default', async () => {
    const example = readFileSync(join(deployFolder, '.env.example'), 'utf8')
    const named = [...example.matchAll(/^(\w+)=/gm)].map((match) => match[1] ?? '')
    expect(named.toSorted()).toEqual(Object.keys(settings).toSorted())
    const empty = readComposition(join(deployFolder, 'compose.yaml'), join(deployFolder, '.env.example'))
    await expect(empty).rejects.toThrow('set it in deploy/.env')
  })

  test('serves runs by the proxy, whichever replica answers', async () => {
    const client = createClient({ baseUrl: address() })
    const { experiment_id } = await client.createExperiment({ name: 'through the proxy' })
    const { run } = await client.createRun({ experiment_id: experiment_id, start_time: 1 })
    const run_id = run?.info?.run_id ?? ''
    await client.logBatch({ run_id, metrics: [{ key: 'loss', value: 0.5, timestamp: 1, step: 0 }] })
    for (const replica of ['trackway-1', 'trackway-2']) {
      const direct = createClient({ baseUrl: `http://127.0.0.1:${ports[replica]}` })
      const found = await direct.searchRuns({ experiment_ids: [experiment_id] })
      expect(found.runs?.[0]?.data?.metrics?.[0]?.value, replica).toBe(0.5)
    }
  })

  test('moves a file of 64 MiB to the store and back by the proxy', async () => {
    const chunk = randomBytes(1024 * 1024)
    const sent = await fetch(`${files()}/large/file.bin`, {
      method: 'PUT',
      body: stream(64, chunk),
      duplex: 'half',
    } as RequestInit)
    expect(sent.status, await sent.text()).toBe(200)
    const stored = join(work, 'storage/data/trackway/artifacts/large/file.bin')
    expect(readFileSync(stored).length).toBe(64 * chunk.length)
    const back = Buffer.from(await (await fetch(`${files()}/large/file.bin`)).arrayBuffer())
    expect(back.length).toBe(64 * chunk.length)
    expect(back.subarray(-chunk.length).equals(chunk)).toBe(true)
  })

  test('passes live events on at once', async () => {
    const ending = new AbortController()
    const client = createClient({ baseUrl: address() })
    const reply = await client.streamEvents({}, { signal: ending.signal })
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const heard = (async () => {
      while (!text.includes('live through the proxy')) text += (await reader.read()).value ?? ''
    })()
    await client.createExperiment({ name: 'live through the proxy' })
    await Promise.race([heard, sleep(5000)])
    ending.abort()
    expect(text).toContain('live through the proxy')
  })

  test('goes on without a failed request when a replica is stopped and brought up anew', async () => {
    const client = createClient({ baseUrl: address(), retries: 0 })
    const { experiment_id } = await client.createExperiment({ name: 'rolling' })
    let isOver = false
    let written = 0
    const failures: string[] = []
    const writers = [1, 2, 3, 4].map(async () => {
      while (!isOver) {
        await client.createRun({ experiment_id, start_time: 1 }).then(
          () => written++,
          (error: unknown) => failures.push(String(error)),
        )
      }
    })
    for (const name of ['trackway-1', 'trackway-2']) {
      await stop(name, 'SIGTERM')
      start(name)
      await untilHealthy(name)
      await sleep(3000)
    }
    isOver = true
    await Promise.all(writers)
    expect(failures).toEqual([])
    expect(written).toBeGreaterThan(20)
  })

  test('sends reads to the other replica when one is killed', async () => {
    const client = createClient({ baseUrl: address(), retries: 0 })
    let isOver = false
    let read = 0
    const failures: string[] = []
    const readers = [1, 2, 3, 4].map(async () => {
      while (!isOver) {
        await client.searchExperiments({ max_results: 10 }).then(
          () => read++,
          (error: unknown) => failures.push(String(error)),
        )
      }
    })
    await sleep(500)
    await stop('trackway-1', 'SIGKILL')
    await sleep(2000)
    isOver = true
    await Promise.all(readers)
    expect(failures).toEqual([])
    expect(read).toBeGreaterThan(20)
    start('trackway-1')
    await untilHealthy('trackway-1')
  }, 60_000)
})
