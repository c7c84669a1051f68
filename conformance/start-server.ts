import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const command = join(import.meta.dirname, '../packages/server/bin/trackway.js')

/** A server under test: the built command on a store of its own, or the one that CONFORMANCE_TRACKING_URI names. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** What the server has written to its terminal so far. */
  output(): string
}

/**
 * Starts `trackway server` as a user does, in a new empty folder, and resolves once it answers. Disposing sends
 * SIGTERM, throws unless the server then ends by itself with status 0, and removes the folder.
 */
export async function startServer(flags: readonly string[] = []): Promise<TestServer> {
  const running = process.env['CONFORMANCE_TRACKING_URI']
  if (running !== undefined) return { url: running, output: () => '', [Symbol.asyncDispose]: async () => {} }

  const folder = mkdtempSync(join(tmpdir(), 'trackway-conformance-'))
  const server = spawn(process.execPath, [command, 'server', '--port', '0', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(server, 'exit')
  let written = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (written += String(chunk)))

  let url: string | undefined
  const deadline = Date.now() + 20_000
  while (url === undefined || !(await isHealthy(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      server.kill('SIGKILL')
      throw new Error(`The server did not start. It wrote:\n${written}`)
    }
    await sleep(50)
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(written)?.[0]
  }
  return {
    url,
    output: () => written,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM')
      const killer = setTimeout(() => server.kill('SIGKILL'), 20_000)
      await exited
      clearTimeout(killer)
      rmSync(folder, { recursive: true, force: true })
      if (server.exitCode !== 0) {
        throw new Error(
          `The server did not shut down cleanly (${server.exitCode ?? server.signalCode}). It wrote:\n${written}`,
        )
      }
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
