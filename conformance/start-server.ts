import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { sharedTeam } from './shared-team.ts'

const command = join(import.meta.dirname, '../packages/server/bin/trackway.js')

/** Webhooks of a test call receivers on this machine. */
const webhookSettings = { MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true', MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https' }

/** A process that runs `trackway server`; it need not have come up. */
export interface ServerProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** What the server has written to its terminal so far. */
  readonly output: () => string
  /** The address, once the server answers there. Rejects with what it wrote where it does not start. */
  readonly url: Promise<string>
  /** The exit code, or the signal that ended the process, once all that it wrote is read. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export interface LaunchOptions {
  readonly flags?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** A program and its arguments that runs the server's command line, as `setpriv …` does. */
  readonly through?: readonly string[]
}

/** Starts the built `trackway server` in a folder, on a free port. */
export function launchServer(
  folder: string,
  { flags = [], env = {}, through = [] }: LaunchOptions = {},
): ServerProcess {
  const [program = '', ...rest] = [...through, process.execPath, command, 'server', '--port', '0', ...flags]
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (written += String(chunk)))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)

  async function answering(): Promise<string> {
    const deadline = Date.now() + 20_000
    for (;;) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(written)?.[0]
      if (url !== undefined && (await isHealthy(url))) return url
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`The server did not start. It wrote:\n${written}`)
      }
      await sleep(20)
    }
  }

  const url = answering()
  url.catch(() => {})
  return { child, output: () => written, url, ended }
}

/** A server under test. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
}

/**
 * How the server under test is set up: `embedded` is what a first user has, SQLite and a folder, new for each; `team` is
 * two servers behind a proxy, on one PostgreSQL and one bucket, the same for all test files.
 */
export type Deployment = 'embedded' | 'team'

const running = process.env['CONFORMANCE_TRACKING_URI']

/** Both, or the one server that CONFORMANCE_TRACKING_URI names, whatever it runs on. */
export const deployments: readonly Deployment[] = running === undefined ? ['embedded', 'team'] : ['embedded']

/**
 * A server for the tests of a file, which answers: `embedded` is started and stopped for them, a `team` is running and
 * stays. With CONFORMANCE_TRACKING_URI it is the one named there.
 */
export async function startServer(deployment: Deployment = 'embedded'): Promise<TestServer> {
  const url = running ?? (deployment === 'team' ? sharedTeam().url : undefined)
  return url === undefined ? await startServerProcess() : { url, [Symbol.asyncDispose]: async () => {} }
}

/**
 * Starts `trackway server` as a user does, in a new empty folder, and resolves once it answers. Disposing sends
 * SIGTERM, throws unless the server then ends by itself with status 0, and removes the folder.
 */
export async function startServerProcess({ flags = [], env = {} }: LaunchOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-conformance-'))
  const { child, output, url, ended } = launchServer(folder, { flags, env: { ...webhookSettings, ...env } })
  return {
    url: await url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 20_000)
      const outcome = await ended
      clearTimeout(killer)
      rmSync(folder, { recursive: true, force: true })
      if (outcome !== 0) throw new Error(`The server did not shut down cleanly (${outcome}). It wrote:\n${output()}`)
    },
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok
  } catch {
    return false
  }
}
