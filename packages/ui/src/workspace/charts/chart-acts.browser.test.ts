import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../../test-server.ts'

let server: TestServer
let experimentId: string
const runs = new Map<string, string>()
const begun = Date.UTC(2026, 0, 5, 12)

async function createRun(name: string, model: string): Promise<string> {
  const { client } = server
  // The first is the newest.
  const { run } = await client.createRun({
    experiment_id: experimentId,
    run_name: name,
    start_time: begun - runs.size,
  })
  const id = run.info.run_id
  await client.logBatch({ run_id: id, params: [{ key: 'model', value: model }] })
  await client.updateRun({ run_id: id, status: 'FINISHED', end_time: begun + 60_000 })
  runs.set(name, id)
  return id
}

async function log(runId: string, key: string, values: readonly number[]): Promise<void> {
  for (let from = 0; from < values.length; from += 1000) {
    const metrics = values
      .slice(from, from + 1000)
      .map((value, at) => ({ key, value, timestamp: begun + (from + at) * 1000, step: from + at }))
    await server.client.logBatch({ run_id: runId, metrics })
  }
}

beforeAll(async () => {
  server = await startTestServer()
  const created = await server.client.createExperiment({ name: 'chart acts' })
  experimentId = created.experiment_id
  // No line lies where another does: 0, 10 and 20.
  for (const [at, name] of ['low', 'middle', 'high'].entries()) {
    const id = await createRun(name, at < 2 ? 'tree' : 'net')
    for (const key of ['train/a', 'train/b', 'train/c']) await log(id, key, [at * 10, at * 10, at * 10])
    await log(id, 'epoch', [0, 5, 10])
    await log(id, 'test/f1', [at])
  }
  const spiky = Array.from({ length: 10_000 }, (_, step) => (step === 4321 ? 100 : 0))
  await log(runs.get('low') ?? '', 'spike', spiky)
})

function chart(page: Page, place: string) {
  return page.locator(`[data-chart="${place}"]`)
}

async function openCharts(search: Readonly<Record<string, unknown>> = {}, theme: 'light' | 'dark' = 'light') {
  const query = new URLSearchParams({ lens: 'charts' })
  for (const [name, value] of Object.entries(search)) query.set(name, JSON.stringify(value))
  const page = await openPage(`${server.url}/experiments/${experimentId}/runs?${query.toString()}`, { theme })
  await page.locator('[data-chart]').first().waitFor()
  return page
}

/** The place of a value in the middle of a chart's width, as its lines are flat there. */
async function placeOf(page: Page, key: string, share: number): Promise<{ x: number; y: number }> {
  await chart(page, key).scrollIntoViewIfNeeded()
  const box = await chart(page, key).boundingBox()
  if (!box) throw new Error(`There is no chart of ${key}.`)
  const [top, bottom] = [box.y + 8, box.y + box.height - 22]
  // The range has 5 % of room at both ends.
  return { x: box.x + box.width / 2, y: bottom - ((share * 20 + 1) / 22) * (bottom - top) }
}

function summary(page: Page, place: string) {
  return expect.poll(() => chart(page, place).getAttribute('aria-label'))
}

async function saved(page: Page, key: string, item: string): Promise<string> {
  await page.getByRole('button', { name: `More about ${key}` }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item, exact: true }).click(),
  ])
  return readFile(await download.path(), 'latin1')
}

async function order(page: Page, prefix: string): Promise<string[]> {
  const ids = await page
    .locator('[data-card]')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-card') ?? ''))
  return ids.filter((id) => id.startsWith(prefix))
}

describe('a line', () => {
  test('that is clicked stands out, and the others stay; clicked again it does not', async () => {
    const page = await openCharts()
    const { x, y } = await placeOf(page, 'train/a', 1)
    await page.mouse.click(x, y)
    await summary(page, 'train/a').toContain('3 lines, 1 selected, 9 points')
    expect(new URL(page.url()).searchParams.get('sel')).toContain(runs.get('high'))
    await summary(page, 'train/b').toContain('1 selected')
    await page.mouse.click(x, y)
    await summary(page, 'train/a').toContain('3 lines, 9 points')
  })

  test('of a run that is selected is drawn beyond the first runs, and alone when that is asked for', async () => {
    const page = await openCharts({ sel: [runs.get('high')], n: 1 })
    await summary(page, 'train/a').toContain('2 lines, 1 selected')
    await page.getByRole('button', { name: 'How lines are drawn' }).click()
    await page.getByLabel('Selected runs alone').check()
    await summary(page, 'train/a').toContain('train/a: high, 3 points')
  })

  test('that is clicked twice opens its run, and twice beside any line shows all of x again', async () => {
    const page = await openCharts({ charts: { zoom: [0.5, 2] } })
    const beside = await placeOf(page, 'train/a', 0.25)
    await page.mouse.dblclick(beside.x, beside.y)
    await expect.poll(() => new URL(page.url()).searchParams.get('charts')).toBeNull()
    const line = await placeOf(page, 'train/a', 0)
    await page.mouse.dblclick(line.x, line.y)
    await page.waitForURL(`**/runs/${runs.get('low')}*`)
  })

  test('is gone with its run', async () => {
    const page = await openCharts()
    const gone = await createRun('gone', 'net')
    await log(gone, 'train/a', [7, 7])
    await summary(page, 'train/a').toContain('4 lines')
    await server.client.deleteRun({ run_id: gone })
    await summary(page, 'train/a').toContain('3 lines')
  })
})

describe('a chart', () => {
  test('is saved as drawn, spikes included, and with all its points', async () => {
    const page = await openCharts()
    await chart(page, 'spike').scrollIntoViewIfNeeded()
    await summary(page, 'spike').toMatch(/values between 0 and 100$/)
    const svg = await saved(page, 'spike', 'Picture (SVG)')
    expect(svg).toContain('values between 0 and 100</title>')
    // The top of the frame is 8 px; a line that reaches 100 goes there but for 5 % of room.
    const tops = [...svg.matchAll(/[ML][\d.-]+ ([\d.-]+)/g)].map(([, y]) => Number(y))
    expect(Math.min(...tops.filter((y) => y > 9))).toBeLessThan(8 + 0.06 * 160)
    expect((await saved(page, 'spike', 'Picture (PNG)')).slice(1, 4)).toBe('PNG')
    const drawn = await saved(page, 'spike', 'Points as drawn (CSV)')
    expect(drawn.split('\r\n').some((row) => row.startsWith('low,') && row.endsWith(',0,100'))).toBe(true)
    const all = await saved(page, 'spike', 'All points (CSV)')
    expect(all.trim().split('\n')).toHaveLength(10_001)
  })

  test('is moved by the menu, by the keyboard and by dragging, made wider, and hidden', async () => {
    const page = await openCharts()
    await page.getByRole('button', { name: 'More about train/a' }).click()
    await page.getByRole('menuitem', { name: 'Move on' }).click()
    await expect.poll(() => order(page, 'train/')).toEqual(['train/b', 'train/a', 'train/c'])
    await chart(page, 'train/c').focus()
    await page.getByRole('button', { name: 'Move train/c back' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => order(page, 'train/')).toEqual(['train/b', 'train/c', 'train/a'])
    await page
      .locator('[data-card="train/a"] figcaption')
      .dragTo(page.locator('[data-card="train/b"] figcaption'), { sourcePosition: { x: 60, y: 18 } })
    await expect.poll(() => order(page, 'train/')).toEqual(['train/a', 'train/b', 'train/c'])
    const narrow = await chart(page, 'train/a').boundingBox()
    await page.getByRole('button', { name: 'More about train/a' }).click()
    await page.getByRole('menuitem', { name: 'Wider' }).click()
    await expect
      .poll(async () => (await chart(page, 'train/a').boundingBox())?.width)
      .toBeGreaterThan(1.8 * (narrow?.width ?? 0))
    await page.getByRole('button', { name: 'More about train/b' }).click()
    await page.getByRole('menuitem', { name: 'Hide' }).click()
    await page.getByRole('button', { name: 'Show 1 hidden' }).click()
    await expect.poll(() => order(page, 'train/')).toEqual(['train/a', 'train/b', 'train/c'])
  })

  test('of several metrics is composed, and removed', async () => {
    const page = await openCharts()
    await page.getByRole('button', { name: 'Add a chart of several metrics' }).click()
    await page.getByRole('searchbox', { name: 'Find metrics' }).last().fill('train')
    await page.getByRole('checkbox', { name: 'train/a' }).check()
    await page.getByRole('checkbox', { name: 'train/b' }).check()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'Draw 2 metrics in one chart' }).click()
    const id = '["train/a","train/b"]'
    const composed = page.getByRole('application', { name: /^train\/a, train\/b: 6 lines/ })
    await composed.waitFor()
    expect(await order(page, '[')).toEqual([id])
    await page.getByRole('button', { name: 'More about train/a, train/b' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await expect.poll(() => composed.count()).toBe(0)
  })

  test('keeps to a range of y, which must go upwards', async () => {
    const page = await openCharts()
    await page.getByRole('button', { name: 'More about train/a' }).click()
    await page.getByRole('menuitem', { name: 'Range of y…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('From').fill('5')
    await dialog.getByLabel('To').fill('5')
    await dialog.getByText('It must go upwards.').waitFor()
    expect(await brokenRules(page)).toEqual([])
    await dialog.getByLabel('To').fill('50')
    await dialog.getByRole('button', { name: 'Set' }).click()
    await expect
      .poll(() => JSON.parse(new URL(page.url()).searchParams.get('charts') ?? '{}') as unknown)
      .toEqual({ cards: { 'train/a': { y: [5, 50] } } })
  })

  test('over time, time since start and a metric says so', async () => {
    const page = await openCharts()
    const x = page.getByRole('combobox', { name: 'x', exact: true })
    await x.selectOption('RELATIVE')
    await summary(page, 'train/a').toContain('from after 0 ms to after 2 s')
    await x.selectOption('TIME')
    await summary(page, 'train/a').toContain('2026')
    await x.selectOption('metrics.epoch')
    await summary(page, 'train/a').toContain('from epoch 0 to epoch 10')
  })

  test('there is one for each value of a facet, and one line with a band for each group', async () => {
    const page = await openCharts({ charts: { facet: 'params.model' } })
    await summary(page, 'train/a net').toContain('train/a · net: high, 3 points')
    await summary(page, 'train/a tree').toContain('train/a · tree: 2 lines')
    const grouped = await openCharts({ charts: { group: 'params.model', legend: true } })
    await summary(grouped, 'train/a').toContain('2 lines, 9 points')
    await grouped.getByText('tree (2)').first().waitFor()
    await summary(grouped, 'train/a').toContain('values between 0 and 20')
  })

  test.for(['light', 'dark'] as const)('as large as the screen has its values by step (%s)', async (theme) => {
    const page = await openCharts({}, theme)
    await page.getByRole('button', { name: 'Enlarge train/a' }).click()
    const dialog = page.getByRole('dialog')
    const row = dialog.getByRole('row', { name: 'step 2', exact: false })
    await row.waitFor()
    expect((await row.getByRole('cell').allTextContents()).toSorted()).toEqual(['0', '10', '20'])
    expect(await brokenRules(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    await page.getByRole('button', { name: 'More about train/a' }).click()
    await page.getByRole('menu').waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})

test('sections have held-out data first, and those without any curve after those with one', async () => {
  const page = await openCharts()
  await expect
    .poll(async () => (await page.locator('section[aria-label="Charts"] h3').allTextContents()).slice(0, 3))
    .toEqual(['train3', 'Metrics2', 'test1'])
})

test('charts beside the table fit into 320 px', async () => {
  const page = await openCharts()
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`${server.url}/experiments/${experimentId}/runs?lens=split&split=78`)
  await chart(page, 'train/a').waitFor()
  const [card, list] = await Promise.all([
    page.locator('[data-card="train/a"]').boundingBox(),
    page.locator('section[aria-label="Charts"]').boundingBox(),
  ])
  expect(card?.width).toBeLessThanOrEqual(list?.width ?? 0)
  expect(list?.width).toBeLessThan(330)
})
