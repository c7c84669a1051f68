import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { brokenRules } from '../packages/ui/src/test-axe.ts'
import { launchChromium } from '../packages/ui/src/test-chromium.ts'
import { pythonEnvironment } from './python-environment.ts'
import { startServer } from './start-server.ts'
import type { TestServer } from './start-server.ts'

const run = promisify(execFile)

interface Filled {
  readonly experiment: string
  readonly run: string
  readonly parent: string
  /** Its name is HTML, its values are as long as they may be. */
  readonly hostile: string
  readonly few: readonly string[]
}

const list = (ids: readonly string[]): string => encodeURIComponent(JSON.stringify(ids))

/** Every screen: its address, and what must be on it when the official client has filled the server. */
const screens: readonly (readonly [string, (filled: Filled) => string, readonly string[]])[] = [
  ['experiments', () => '/experiments', ['iris', 'val/acc']],
  ['folder', () => '/experiments?folder=flowers', ['1 experiment']],
  [
    'table',
    ({ experiment }) => `/experiments/${experiment}/runs?lens=table&tree=false`,
    ['9 runs', 'ridge-3', 'child-2'],
  ],
  ['split', ({ experiment }) => `/experiments/${experiment}/runs?lens=split`, ['9 runs', 'val/loss', 'only_nan']],
  ['charts', ({ experiment }) => `/experiments/${experiment}/runs?lens=charts`, ['val/loss', 'val/acc', 'one_point']],
  [
    'compare',
    ({ experiment, few }) => `/experiments/${experiment}/runs?lens=compare&sel=${list(few)}&base=${few[0] ?? ''}`,
    ['ridge-0', 'ridge-1', 'Baseline', 'solver'],
  ],
  ['plots', ({ experiment }) => `/experiments/${experiment}/runs?lens=plots`, ['val/acc']],
  ['images', ({ experiment }) => `/experiments/${experiment}/runs?lens=images`, []],
  ['files', ({ experiment, few }) => `/experiments/${experiment}/runs?lens=artifacts&sel=${list(few)}`, ['table.csv']],
  ['all runs', () => '/runs?lens=table&tree=false', ['9 runs']],
  [
    'run',
    ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}`,
    ['val/acc', 'saga', 'iris', 'NaN', '∞'],
  ],
  [
    'hostile run',
    ({ experiment, hostile }) => `/experiments/${experiment}/runs/${hostile}`,
    ['<img src=x', '🚀', 'xxxxxxxx', 'yyyyyyyy'],
  ],
  ['run’s charts', ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/charts`, ['val/loss']],
  ['run’s log', ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/logs`, ['epoch 2']],
  [
    'artifact',
    ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/artifacts/table.csv`,
    ['value', 'b'],
  ],
  ['notes', ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/artifacts/notes.md`, ['Notes']],
  ['page', ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/artifacts/report.html`, ['report.html']],
  [
    'lineage',
    ({ experiment, run: id }) => `/experiments/${experiment}/runs/${id}/lineage`,
    ['iris', 'iris classifier'],
  ],
  [
    'children',
    ({ experiment, parent }) => `/experiments/${experiment}/runs/${parent}/children`,
    ['child-0', 'child-2'],
  ],
  ['logged models', ({ experiment }) => `/experiments/${experiment}/models`, ['model', 'ridge-2']],
  ['models', () => '/models', ['iris classifier', 'champion', 'Staging']],
  ['model', () => '/models/iris%20classifier', ['v4', 'champion', 'ridge-1']],
  ['version', () => '/models/iris%20classifier/versions/2', ['champion', 'Signature', 'sepal length (cm)', 'sklearn']],
  ['versions', () => `/models/iris%20classifier/compare?v=${list(['1', '2'])}`, ['ridge-0', 'ridge-1', 'val/acc']],
  ['requests', () => '/requests', ['Requests']],
  ['trash', () => '/trash', ['Nothing was deleted']],
  ['settings', () => '/settings', ['Theme']],
  ['nowhere', () => '/no/such/page', ['There is no such page']],
]

/** What the official client logged is on every page, in a real browser. */
describe('pages', () => {
  let server: TestServer
  let filled: Filled
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let missing: string | undefined

  beforeAll(async () => {
    const python = await pythonEnvironment('python')
    if ('unavailable' in python) {
      missing = python.unavailable
      return
    }
    server = await startServer()
    browser = await launchChromium()
    const env = {
      ...process.env,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
    }
    const { stdout } = await run(join(python.bin, 'python'), [join(import.meta.dirname, 'pages/fill.py')], { env })
    filled = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Filled
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
    test.for(screens)(
      '%s shows what was logged, breaks no rule and runs nothing',
      async ([, path, texts], { skip }) => {
        if (missing !== undefined) return skip(missing)
        const context = await browser.newContext({
          viewport: { width: 1440, height: 900 },
          colorScheme,
          locale: 'en-US',
        })
        try {
          const page = await context.newPage()
          const faults: string[] = []
          page.on('pageerror', (error) => faults.push(error.message))
          page.on('console', (message) => {
            // A file may try what it likes in its frame; the browser says that it was kept from it.
            const isOfFile = [message.text(), message.location().url].some((text) =>
              text.includes('/artifacts/preview'),
            )
            if (message.type() === 'error' && !isOfFile) faults.push(message.text())
          })
          await page.goto(server.url + path(filled))
          for (const text of texts) {
            await page
              .locator(`:text(${JSON.stringify(text)}):visible`)
              .first()
              .waitFor({ timeout: 20_000 })
          }
          // What comes late may break a rule, too.
          await page.waitForTimeout(500)
          expect(await brokenRules(page)).toEqual([])
          expect(faults).toEqual([])
          expect(await page.title()).toContain('Trackway')
        } finally {
          await context.close()
        }
      },
    )
  })
})
