import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import SqliteConnection from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string
let processes: ChildProcessByStdio<null, Readable, Readable>[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-server-'))
  processes = []
})
afterEach(async () => {
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly output: { stdout: string; stderr: string }
  /** The exit code, once the process has ended and all that it wrote is read. */
  readonly ended: Promise<number | null>
}

function start(args: string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['--conditions=source', main, 'server', '--port', '0', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

async function addressOf({ output, child }: Started): Promise<string> {
  for (;;) {
    const address = /MLFLOW_TRACKING_URI=(\S+)\n|"url":"([^"]+)".*\n/.exec(output.stdout)
    if (address !== null) return address[1] ?? address[2] ?? ''
    if (child.exitCode !== null) throw new Error(`The server ended: ${output.stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** An upload that has reached the server and waits for the rest of its body. */
async function beginUpload(address: string): Promise<{ upload: ClientRequest; reply: Promise<IncomingMessage> }> {
  // As the clients' pools do, this one would keep the connection after the answer.
  const agent = new Agent({ keepAlive: true, timeout: 60_000 })
  const upload = request(`${address}/api/2.0/mlflow-artifacts/artifacts/0/slow.txt`, { method: 'PUT', agent })
  const reply = once(upload, 'response').then(([response]) => response as IncomingMessage)
  reply.catch(() => {})
  upload.on('error', () => {})
  upload.write('first ')
  // The body's first part has reached the server when it answers a request that was sent after it.
  await fetch(`${address}/health`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { upload, reply }
}

describe('trackway server', () => {
  it('serves, tells where everything lies, and ends cleanly on SIGTERM', async () => {
    const server = start([])
    const address = await addressOf(server)
    expect(await (await fetch(`${address}/health`)).text()).toBe('OK')
    expect(server.output.stdout).toContain(join(folder, 'trackway-data', 'trackway.db'))
    expect(existsSync(join(folder, 'trackway-data', 'trackway.db'))).toBe(true)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(server.output.stderr).not.toContain('    at ')
  })

  it('finishes on SIGTERM what it has taken', async () => {
    const server = start([])
    const address = await addressOf(server)
    const { upload, reply } = await beginUpload(address)
    server.child.kill('SIGTERM')
    await expect.poll(() => server.output.stderr).toContain('Finishing what has been taken')
    upload.end('second')
    const response = await reply
    response.resume()
    expect(response.statusCode).toBe(200)
    expect(await server.ended).toBe(0)
    const again = start([])
    const stored = await fetch(`${await addressOf(again)}/api/2.0/mlflow-artifacts/artifacts/0/slow.txt`)
    expect(await stored.text()).toBe('first second')
  })

  it('ends at once on a second signal', async () => {
    const server = start([])
    await beginUpload(await addressOf(server))
    server.child.kill('SIGINT')
    await expect.poll(() => server.output.stderr).toContain('Finishing what has been taken')
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(130)
  })

  it('refuses requests under a foreign name', async () => {
    const address = await addressOf(start([]))
    const reply = await fetch(`${address}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{"name":"x"}',
    })
    expect(reply.status).toBe(403)
    expect(await reply.text()).toBe('Cross-origin request blocked')
  })

  it('writes lines of JSON and nothing else with --json-logs', async () => {
    const server = start(['--json-logs', '--workers', '4'])
    await addressOf(server)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    const lines = server.output.stdout.trimEnd().split('\n')
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
    expect(messages[0]).toContain('--workers 4 has no effect with SQLite')
    expect(messages.some((message) => /^Trackway .* listens on http/.test(message))).toBe(true)
    expect(server.output.stderr).toBe('')
  })
})

describe('trackway server that cannot start', () => {
  async function failure(args: string[], env: Record<string, string> = {}): Promise<string> {
    const server = start(args, env)
    expect(await server.ended).toBe(1)
    expect(server.output.stdout).toBe('')
    expect(server.output.stderr).not.toContain('    at ')
    expect(server.output.stderr.trimEnd().split('\n')).toHaveLength(1)
    return server.output.stderr
  }

  it('tells that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await failure(['--port', String(port)])).toContain(`Port ${port} on 127.0.0.1 is in use`)
    other.close()
  })

  it('tells that another server has the database', async () => {
    const first = start([])
    await addressOf(first)
    expect(await failure([])).toContain(join(folder, 'trackway-data', 'trackway.db'))
    expect(first.child.exitCode).toBeNull()
  })

  it('tells that the database is of a newer version', async () => {
    const database = new SqliteConnection(join(folder, 'newer.db'))
    database.pragma('user_version = 9999')
    database.close()
    expect(await failure(['--backend-store-uri', 'newer.db'])).toContain('newer')
  })

  it('tells that the database is none', async () => {
    writeFileSync(join(folder, 'text.db'), 'This is not a database. '.repeat(100))
    expect(await failure(['--backend-store-uri', 'text.db'])).toContain(join(folder, 'text.db'))
  })

  it('tells that the folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await failure(['--backend-store-uri', 'file/trackway.db'])).toContain(join(folder, 'file'))
    expect(await failure(['--artifacts-destination', 'file/artifacts'])).toContain(join(folder, 'file'))
  })
})
