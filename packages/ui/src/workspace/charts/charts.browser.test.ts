import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../../test-server.ts'

let server: TestServer
let experimentId: string
let spiky: string
let running: string
const hostile = '<img src=x onerror=alert(1)> ‮🙂'

async function createRun(name: string, isDone = true): Promise<string> {
  const { run } = await server.client.createRun({ experiment_id: experimentId, run_name: name, start_time: Date.now() })
  if (isDone) await server.client.updateRun({ run_id: run.info.run_id, status: 'FINISHED', end_time: Date.now() })
  return run.info.run_id
}

async function log(runId: string, key: string, values: readonly number[], firstStep = 0): Promise<void> {
  for (let from = 0; from < values.length; from += 1000) {
    const metrics = values
      .slice(from, from + 1000)
      .map((value, at) => ({ key, value, timestamp: Date.now(), step: firstStep + from + at }))
    await server.client.logBatch({ run_id: runId, metrics })
  }
}

beforeAll(async () => {
  server = await startTestServer()
  const created = await server.client.createExperiment({ name: 'charts' })
  experimentId = created.experiment_id
  spiky = await createRun('spiky')
  running = await createRun(hostile, false)
  await log(
    spiky,
    'train/loss',
    Array.from({ length: 10_000 }, (_, at) => (at === 4321 ? 100 : 1 / (1 + at))),
  )
  await log(running, 'train/loss', [0.5, 0.4, 0.3])
  await log(spiky, 'val.acc', [0.1, 0.5, 0.9])
  await log(spiky, 'nothing', [Number.NaN, Number.NaN])
  await log(spiky, 'system/cpu', [1, 2])
})

function chart(page: Page, key: string) {
  return page.locator(`[data-chart="${key}"]`)
}

function openCharts(theme: 'light' | 'dark' = 'light'): Promise<Page> {
  return openPage(`${server.url}/experiments/${experimentId}/runs?lens=charts`, { theme })
}

function seriesRequests(page: Page): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/metrics/series')) found.push(request.postDataJSON() as Record<string, unknown>)
  })
  return found
}

describe('the charts', () => {
  test('tell a spike among 10,000 points, how many of them are drawn, and where there is nothing but NaN', async () => {
    const page = await openCharts()
    const summary = await chart(page, 'train/loss').getAttribute('aria-label')
    expect(summary).toMatch(
      /2 lines, [\d,]+ of 10,003 points, from step 0 to step 9,999, values between 0\.0001 and 100$/,
    )
    await page.getByText('Only NaN or infinite values').waitFor()
    await page.getByRole('button', { name: /^system/ }).click()
    await chart(page, 'system/cpu').waitFor()
  })

  test('list the runs under the cursor by their values, hostile names as text', async () => {
    const page = await openCharts()
    const box = await chart(page, 'train/loss').boundingBox()
    if (!box) throw new Error('The chart is not there.')
    await page.mouse.move(box.x + 60, box.y + 80)
    const rows = page.locator('[data-tooltip] tr')
    await rows.first().waitFor()
    expect(await page.locator('[data-tooltip] th').allTextContents()).toContain('spiky')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
  })

  test('select the run whose line is clicked', async () => {
    const page = await openCharts()
    await chart(page, 'val.acc').scrollIntoViewIfNeeded()
    const box = await chart(page, 'val.acc').boundingBox()
    if (!box) throw new Error('The chart is not there.')
    const middle = { x: box.x + (46 + box.width - 10) / 2, y: box.y + (8 + box.height - 22) / 2 }
    await page.mouse.click(middle.x, middle.y)
    await expect.poll(() => new URL(page.url()).search).toContain(spiky)
  })

  test('ask for the range that was dragged over, and show all again', async () => {
    const page = await openCharts()
    await chart(page, 'train/loss').waitFor()
    const requests = seriesRequests(page)
    const box = await chart(page, 'train/loss').boundingBox()
    if (!box) throw new Error('The chart is not there.')
    await page.mouse.move(box.x + 100, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + 160, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'All of x', exact: true }).waitFor()
    await expect
      .poll(() => requests.find(({ from }) => from !== undefined))
      .toMatchObject({ keys: expect.arrayContaining(['train/loss']) })
    await page.getByRole('button', { name: 'All of x', exact: true }).click()
    await expect.poll(() => chart(page, 'train/loss').getAttribute('aria-label')).toContain('step 9,999')
  })

  test('walk from point to point by the arrows, and have each value said', async () => {
    const page = await openCharts()
    await chart(page, 'val.acc').focus()
    await page.keyboard.press('Home')
    await chart(page, 'val.acc').getByRole('status').getByText('spiky: 0.1 at step 0').waitFor()
    await page.keyboard.press('ArrowRight')
    await chart(page, 'val.acc').getByRole('status').getByText('spiky: 0.5 at step 1').waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).search).toContain(spiky)
  })

  test('have a twin in numbers', async () => {
    const page = await openCharts()
    await page.getByRole('button', { name: 'Values of train/loss' }).click()
    const row = page.getByRole('dialog').getByRole('row', { name: 'spiky' })
    await row.waitFor()
    expect(await row.getByRole('cell').allTextContents()).toContain('100')
  })

  test('draw new points of a run that goes on without reading the others again', async () => {
    const page = await openCharts()
    await chart(page, 'train/loss').waitFor()
    const requests = seriesRequests(page)
    await log(running, 'train/loss', [0.2, -7], 3)
    await expect
      .poll(() => chart(page, 'train/loss').getAttribute('aria-label'), { timeout: 9000 })
      .toContain('between -7 and 100')
    expect(requests.length).toBeGreaterThan(0)
    for (const request of requests) {
      expect(request['run_ids']).toEqual([running])
      expect(request['changed_since']).toBeGreaterThan(0)
    }
  })

  test('say in their place what failed, and try again', async () => {
    const page = await openPage(`${server.url}/experiments`)
    await page.route('**/metrics/series', (route) =>
      route.fulfill({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'out of order' } }),
    )
    await page.goto(`${server.url}/experiments/${experimentId}/runs?lens=charts`)
    await page.getByText('This chart’s points could not be loaded.').first().waitFor()
    await page.unroute('**/metrics/series')
    await page.getByRole('button', { name: 'Retry' }).first().click()
    await expect.poll(() => chart(page, 'train/loss').count()).toBe(1)
  })

  test.for(['light', 'dark'] as const)('break no rule of axe in the %s theme', async (theme) => {
    const page = await openCharts(theme)
    await chart(page, 'train/loss').waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'How lines are drawn' }).click()
    expect(await brokenRules(page)).toEqual([])
  })
})
