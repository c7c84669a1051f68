/** Makes the pictures of docs/images: each screen, light and dark, of the built server with the data of `trackway demo`. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@trackway/sdk'
import type { Page } from 'playwright-core'
import { startServer } from '../../../conformance/start-server.ts'
import { launchChromium } from '../src/test-chromium.ts'

const folder = join(import.meta.dirname, '../../../docs/images')
const trackway = join(import.meta.dirname, '../../server/bin/trackway.js')
/** The address that readers will have. */
const usual = 'http://127.0.0.1:5000'

interface Place {
  readonly experimentId: string
  readonly runId: string
  /** Runs to compare. */
  readonly few: readonly string[]
}

interface Screen {
  readonly name: string
  readonly path: (place: Place) => string
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>
}

const list = (ids: readonly string[]): string => encodeURIComponent(JSON.stringify(ids))

const screens: readonly Screen[] = [
  { name: 'experiments', path: () => '/experiments' },
  {
    name: 'runs',
    path: ({ experimentId }) => `/experiments/${experimentId}/runs?lens=split&order=metrics.%60val/acc%60%20DESC`,
  },
  { name: 'table', path: ({ experimentId }) => `/experiments/${experimentId}/runs?lens=table` },
  { name: 'charts', path: ({ experimentId }) => `/experiments/${experimentId}/runs?lens=charts` },
  {
    name: 'compare',
    path: ({ experimentId, few }) =>
      `/experiments/${experimentId}/runs?lens=compare&sel=${list(few)}&base=${few[0] ?? ''}`,
  },
  { name: 'plots', path: ({ experimentId }) => `/experiments/${experimentId}/runs?lens=plots` },
  { name: 'images', path: ({ experimentId }) => `/experiments/${experimentId}/runs?lens=images` },
  { name: 'run', path: ({ experimentId, runId }) => `/experiments/${experimentId}/runs/${runId}` },
  {
    name: 'artifacts',
    path: ({ experimentId, runId }) =>
      `/experiments/${experimentId}/runs/${runId}/artifacts/evaluation/predictions.csv`,
  },
  { name: 'models', path: () => '/models' },
  { name: 'model', path: () => '/models/product-image-classifier' },
  { name: 'version', path: () => '/models/product-image-classifier/versions/4' },
  { name: 'versions', path: () => `/models/product-image-classifier/compare?v=${list(['4', '5'])}` },
  { name: 'requests', path: () => '/requests' },
  {
    name: 'palette',
    path: () => '/experiments',
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Name of' }).fill('se')
      await page.getByRole('option', { name: 'sentiment' }).first().waitFor()
    },
  },
]

/** The best finished run of the demo's images, and a few to compare it with. */
async function findPlace(client: Client): Promise<Place> {
  const { experiment } = await client.getExperimentByName({ experiment_name: 'vision/image-classification' })
  const { runs = [] } = await client.queryRuns({
    experiment_ids: [experiment.experiment_id],
    filter: "attributes.status = 'FINISHED'",
    order_by: ['metrics.`test/acc` DESC'],
    max_results: 4,
  })
  const few = runs.map((run) => run.run_id)
  return { experimentId: experiment.experiment_id, runId: few[0] ?? '', few }
}

await using server = await startServer()
const demo = spawnSync(process.execPath, [trackway, 'demo', '--tracking-uri', server.url], { stdio: 'inherit' })
if (demo.status !== 0) throw new Error('The demo could not be made.')
const place = await findPlace(createClient({ baseUrl: server.url }))
const browser = await launchChromium()
try {
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) rmSync(join(folder, old))
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, colorScheme, locale: 'en-US' })
    await page.route(`${usual}/**`, async (route) => {
      const response = await route.fetch({ url: route.request().url().replace(usual, server.url) })
      await route.fulfill({ response })
    })
    // It never ends, so it cannot be passed on whole.
    await page.route('**/events/stream', (route) => route.abort())
    for (const { name, path, prepare } of screens) {
      await page.goto(usual + path(place))
      await page.waitForLoadState('networkidle')
      await prepare?.(page)
      await page.waitForTimeout(500)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
    }
    await page.close()
  }
} finally {
  await browser.close()
}
