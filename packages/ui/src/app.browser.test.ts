import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sparticuz from '@sparticuz/chromium'
import type * as Axe from 'axe-core'
import { type Client, createClient } from '@trackway/sdk'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const resolve = createRequire(import.meta.url).resolve
const uiFolder = fileURLToPath(new URL('..', import.meta.url))
const cli = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url))
const axe = readFileSync(resolve('axe-core/axe.min.js'), 'utf8')
const hostileName = '<img src=x onerror="document.title=1">'

let browser: Browser
let folder: string
let root: Server
let experimentId: string
let emptyId: string
let runId: string
const servers: ChildProcess[] = []

interface Server {
  readonly url: string
  readonly client: Client
}

/** Starts the real server as users do, on data of its own. */
async function startServer(name: string, staticPrefix = ''): Promise<Server> {
  const port = await freePort()
  const data = ['--backend-store-uri', `sqlite:///${folder}/${name}.db`]
  const artifacts = ['--artifacts-destination', join(folder, `${name}-artifacts`)]
  const prefix = staticPrefix === '' ? [] : ['--static-prefix', staticPrefix]
  const server = spawn(
    process.execPath,
    ['--conditions=source', cli, 'server', '--port', String(port), ...data, ...artifacts, ...prefix],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  servers.push(server)
  let output = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const url = `http://127.0.0.1:${port}${staticPrefix}`
  const client = createClient({ baseUrl: url, retries: 0 })
  for (let attempt = 0; ; attempt++) {
    const error = await client.getServerInfo().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    if (error === undefined) return { url, client }
    if (server.exitCode !== null || attempt === 150) {
      throw new Error(`The server did not start:\n${output}`, { cause: error })
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}

async function seed({ client }: Server): Promise<void> {
  experimentId = (await client.createExperiment({ name: `vision ${hostileName}` })).experiment_id
  emptyId = (await client.createExperiment({ name: 'nothing "yet"' })).experiment_id
  for (let index = 0; index < 60; index++) {
    const startTime = 1_700_000_000_000 + index * 60_000
    const { run } = await client.createRun({
      experiment_id: experimentId,
      run_name: index === 58 ? hostileName : `run-${index}`,
      start_time: startTime,
    })
    await client.logBatch({
      run_id: run.info.run_id,
      metrics: [{ key: 'accuracy', value: index === 59 ? NaN : index / 60, timestamp: startTime, step: 0 }],
      params: [{ key: 'rate', value: `0.${index}` }],
      tags: [{ key: 'team', value: hostileName }],
    })
    await client.updateRun({ run_id: run.info.run_id, status: 'FINISHED', end_time: startTime + 65_000 })
    runId = run.info.run_id
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-browser-'))
  const vite = join(dirname(resolve('vite/package.json')), 'bin/vite.js')
  // Vitest's NODE_ENV would build React for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: uiFolder, env })
  if (built.status !== 0) throw new Error(`The UI could not be built: ${String(built.stderr)}`)
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  browser = await chromium.launch({
    executablePath: await sparticuz.executablePath(),
    // In a single process, Chromium dies with its first page.
    args: [...sparticuz.args.filter((argument) => argument !== '--single-process'), ...quiet],
  })
  root = await startServer('root')
  await seed(root)
}, 120_000)

afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  await browser?.close()
  for (const server of servers) server.kill()
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })).newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(url)
  return page
}

describe('App', () => {
  it('lists experiments, an experiment’s runs and a run’s values', async () => {
    const page = await open(root.url)
    await page.getByRole('link', { name: 'vision' }).click()
    const row = page.getByRole('row', { name: 'run-57' })
    await row.waitFor()
    expect(await row.innerText()).toMatch(/Finished.*1 min 5 s\s+0\.95\s+0\.57/s)
    expect(await page.getByRole('row', { name: 'run-59' }).innerText()).toContain('NaN')
    await page.getByRole('link', { name: 'run-57' }).click()
    const panel = page.getByRole('complementary', { name: 'Run details' })
    await panel.getByRole('table', { name: 'Metrics' }).waitFor()
    expect(await panel.getByRole('table', { name: 'Params' }).innerText()).toMatch(/rate\s+0\.57/)
  })

  it('opens the addresses that MLflow’s clients print', async () => {
    const page = await open(`${root.url}/#/experiments/${experimentId}/runs/${runId}/artifacts`)
    await page.getByRole('heading', { name: 'run-59' }).waitFor()
    await page.goto(`${root.url}/#/experiments/${emptyId}`)
    await page.getByRole('heading', { name: 'nothing "yet"' }).waitFor()
    expect(await page.getByRole('complementary').count()).toBe(0)
  })

  it('loads further runs when asked', async () => {
    const page = await open(`${root.url}/#/experiments/${experimentId}`)
    await page.getByText('The newest 50 runs').waitFor()
    await page.getByRole('button', { name: 'Load more runs' }).click()
    await page.getByText('60 runs').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(60)
    expect(await page.getByRole('button', { name: 'Load more runs' }).count()).toBe(0)
  })

  it('shows what users wrote as text, never as HTML', async () => {
    const page = await open(`${root.url}/#/experiments/${experimentId}`)
    await page.getByRole('link', { name: hostileName, exact: true }).click()
    await page.getByRole('heading', { name: hostileName, exact: true }).waitFor()
    await page.getByRole('table', { name: 'Tags', exact: true }).getByText(hostileName).waitFor()
    expect(await page.locator('img').count()).toBe(0)
  })

  it('is used by keyboard: Enter opens a run, Escape leads back to its row', async () => {
    const page = await open(`${root.url}/#/experiments/${experimentId}`)
    await page.getByRole('link', { name: 'run-56' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').getByRole('heading', { name: 'run-56' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('run-56')
  })

  it('tells how to log a first run to this server', async () => {
    const page = await open(`${root.url}/#/experiments/${emptyId}`)
    const snippet = await page.locator('pre').innerText()
    expect(snippet).toContain(`mlflow.set_tracking_uri("${root.url}")`)
    expect(snippet).toContain('mlflow.set_experiment("nothing \\"yet\\"")')
  })

  it('shows an error in its place and tries again when asked', async () => {
    const page = await open('about:blank')
    await page.route('**/runs/search', (route) =>
      route.fulfill({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'The disk is broken.' } }),
    )
    await page.goto(`${root.url}/#/experiments/${experimentId}`)
    const failure = page.getByRole('alert')
    await failure.getByText('The disk is broken.').waitFor()
    await page.unroute('**/runs/search')
    await failure.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('link', { name: 'run-59' }).waitFor()
    expect(await failure.count()).toBe(0)
  })

  it('says what is unknown where an address leads nowhere', async () => {
    const page = await open(`${root.url}/#/experiments/${experimentId}/runs/nope`)
    const failure = page.getByRole('alert')
    expect(await failure.innerText()).toContain('Run nope could not be loaded.')
    await page.goto(`${root.url}/#/experiments/987654`)
    await failure.getByText('Experiment 987654').waitFor()
    expect(await failure.innerText()).toContain('No Experiment with id=987654 exists')
  })

  it('works below a static prefix', async () => {
    const { url, client } = await startServer('prefixed', '/team/ml')
    const { experiment_id: id } = await client.createExperiment({ name: 'below' })
    const page = await open('about:blank')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${url}/#/experiments/${id}`)
    await page.getByRole('heading', { name: 'below' }).waitFor()
    expect(await page.locator('pre').innerText()).toContain(`set_tracking_uri("${url}")`)
    expect(asked.filter((one) => !one.startsWith(`${url}/`))).toEqual([])
  })

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'dark', width: 390 },
  ] as const)('breaks no WCAG A or AA rule that axe knows: $colorScheme, $width px', async ({ colorScheme, width }) => {
    const screens = [
      `experiments/${experimentId}`,
      `experiments/${experimentId}/runs/${runId}`,
      `experiments/${emptyId}`,
    ]
    for (const screen of ['', ...screens]) {
      const page = await open(`${root.url}/#/${screen}`, { colorScheme, viewport: { width, height: 800 } })
      await page.locator('.experiments-list a').first().waitFor({ state: 'attached' })
      await page.waitForLoadState('networkidle')
      await page.evaluate(axe)
      const broken = await page.evaluate(async () => {
        const { axe: runner } = globalThis as unknown as { axe: typeof Axe }
        const { violations } = await runner.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
        return violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .map((node) => node.html)
              .join(' ')
              .slice(0, 300)}`,
        )
      })
      expect({ screen, broken }).toEqual({ screen, broken: [] })
    }
  })
})
