import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '@trackway/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach } from 'vitest'
import { freePort } from '../../../scripts/free-port.ts'
import { launchChromium } from './test-chromium.ts'

export { brokenRules } from './test-axe.ts'

const cli = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url))

export interface TestServer {
  /** Where the UI begins, static prefix included, without a slash at the end. */
  readonly url: string
  readonly client: Client
  /** Ends the server, and starts it again on its data and port after `meanwhile`. */
  restart(meanwhile: () => Promise<void>): Promise<void>
  /** Ends the server and removes its data; the end of the test file does so, too. */
  close(): Promise<void>
}

const open = new Set<TestServer>()
let browser: Promise<Browser> | undefined

afterEach(async () => {
  for (const context of (await browser)?.contexts() ?? []) await context.close()
})

afterAll(async () => {
  await (await browser)?.close()
  await Promise.all([...open].map((server) => server.close()))
})

/** Starts the real server with the built UI, as users do, on data of its own. */
export async function startTestServer({ staticPrefix = '' } = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-browser-'))
  const port = await freePort()
  const data = ['--backend-store-uri', `sqlite:///${folder}/test.db`]
  const artifacts = ['--artifacts-destination', join(folder, 'artifacts')]
  const prefix = staticPrefix === '' ? [] : ['--static-prefix', staticPrefix]
  const command = ['--conditions=source', cli, 'server', '--port', String(port), ...data, ...artifacts, ...prefix]
  const start = (): ChildProcess => spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let child = start()
  const url = `http://127.0.0.1:${port}${staticPrefix}`
  const server: TestServer = {
    url,
    client: createClient({ baseUrl: url, retries: 0 }),
    async restart(meanwhile) {
      await ended(child)
      await meanwhile()
      child = start()
      await answering(server, child)
    },
    async close() {
      open.delete(server)
      await ended(child)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  open.add(server)
  await answering(server, child)
  return server
}

async function answering({ client }: TestServer, child: ChildProcess): Promise<void> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  for (let attempt = 0; ; attempt++) {
    const error = await client.getServerInfo().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    if (error === undefined) return
    if (child.exitCode !== null || attempt === 150) {
      throw new Error(`The server did not start:\n${output}`, { cause: error })
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((done) => child.once('exit', done))
  child.kill()
  await exit
}

/**
 * Opens a page in a browser session of its own, which ends with the test.
 * @param options `width` and `height` in pixels; a call waits for 10 s before it fails.
 */
export async function openPage(
  url: string,
  { theme = 'light', width = 1280, height = 800 }: { theme?: 'light' | 'dark'; width?: number; height?: number } = {},
): Promise<Page> {
  browser ??= launchChromium()
  const context = await (await browser).newContext({ viewport: { width, height }, colorScheme: theme, locale: 'en-US' })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(url)
  return page
}
