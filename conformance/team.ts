import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort } from '../scripts/free-port.ts'
import { goProgram } from '../scripts/go-program.ts'

/** What the servers of a team share, as flags and environment of each. */
export interface SharedStores {
  /** `postgresql://…` of a database of their own. */
  readonly database: string
  /** `s3://…`, a folder of their own in a bucket. */
  readonly artifacts: string
  /** What the S3 client of a server needs. */
  readonly storeEnv: Readonly<Record<string, string>>
}

/** The command line and environment of each server; the key of webhooks' secrets is the database's, so to say. */
export function teamLaunch({ database, artifacts, storeEnv }: SharedStores): {
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
} {
  const key = `${randomBytes(32).toString('base64url')}=`
  return {
    flags: ['--backend-store-uri', database, '--artifacts-destination', artifacts],
    env: { ...storeEnv, MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: key },
  }
}

export interface Balancer extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts the proxy that deploy/ brings, with its configuration, in front of servers that are up. But it sends each
 * request to the server whose turn it is: one client's next request meets the other server, also on the same connection.
 */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const program = await goProgram({ package: 'github.com/caddyserver/caddy/v2/cmd/caddy', version: 'v2.11.9' })
  const folder = mkdtempSync(join(tmpdir(), 'trackway-balancer-'))
  const [port, healthPort] = [await freePort(), await freePort()]
  const shipped = readFileSync(join(import.meta.dirname, '../deploy/Caddyfile'), 'utf8')
  const inTurn = shipped.replace('lb_policy least_conn', 'lb_policy round_robin')
  if (inTurn === shipped) throw new Error('deploy/Caddyfile no longer names its lb_policy as this expects.')
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, inTurn.replace('2019', String(healthPort)))
  const child = spawn(program, ['run', '--config', file, '--adapter', 'caddyfile'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      HOME: folder,
      TRACKWAY_SITE: `:${port}`,
      TRACKWAY_REPLICAS: urls.map((url) => new URL(url).host).join(' '),
    },
  })
  let written = ''
  child.stderr.on('data', (chunk) => (written += String(chunk)))
  const ended = once(child, 'close')
  const url = `http://127.0.0.1:${port}`
  async function stop(): Promise<void> {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const deadline = Date.now() + 20_000
  while (
    !(await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop()
      throw new Error(`The proxy does not reach the servers. It wrote:\n${written}`)
    }
    await sleep(50)
  }
  return { url, [Symbol.asyncDispose]: stop }
}
