import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../../test-server.ts'

const hostileName = '<img src=x onerror="document.title=1">'
const models = ['resnet', 'vit', hostileName] as const

let server: TestServer
let experimentId: string
let emptyId: string
let plainId: string

async function newExperiment(name: string, runs: number, params: boolean): Promise<string> {
  const { experiment_id } = await server.client.createExperiment({ name })
  for (let index = 0; index < runs; index++) {
    const { run } = await server.client.createRun({
      experiment_id,
      run_name: `run-${index}`,
      start_time: 1_700_000_000_000 + index,
    })
    await server.client.logBatch({
      run_id: run.info.run_id,
      metrics: [
        { key: 'loss', value: index === 3 ? NaN : 1 - index / 40, timestamp: 1, step: 0 },
        ...(index % 4 === 0 ? [] : [{ key: 'acc', value: index / 40, timestamp: 1, step: 0 }]),
      ],
      params: params
        ? [
            { key: 'lr', value: String(10 ** -(index % 4)) },
            { key: 'model', value: models[index % 3] ?? '' },
            { key: 'note', value: index === 5 ? 'x'.repeat(6000) : `n${index % 2}` },
          ]
        : [],
    })
    await server.client.updateRun({ run_id: run.info.run_id, status: 'FINISHED' })
  }
  return experiment_id
}

beforeAll(async () => {
  server = await startTestServer()
  experimentId = await newExperiment('plots', 30, true)
  emptyId = await newExperiment('one metric each', 2, false)
  const { experiment_id } = await server.client.createExperiment({ name: 'bare' })
  await server.client.createRun({ experiment_id, run_name: 'bare' })
  plainId = experiment_id
}, 60_000)

const all = { list: ['parallel', 'scatter', 'box', 'contour', 'importance'].map((kind) => ({ kind })) }

async function openPlots({
  id = experimentId,
  plots,
  ...options
}: { id?: string; plots?: object; theme?: 'light' | 'dark'; width?: number } = {}): Promise<Page> {
  const search = plots === undefined ? '' : `&plots=${encodeURIComponent(JSON.stringify(plots))}`
  return openPage(`${server.url}/experiments/${id}/runs?lens=plots${search}`, options)
}

async function searchOf(page: Page): Promise<URLSearchParams> {
  return new URL(page.url()).searchParams
}

const parallel = (page: Page) => page.getByRole('figure', { name: /acc$/ }).first()

describe('PlotsLens', () => {
  it('chooses plots by itself: the metric that matters against the params that vary', async () => {
    const page = await openPlots()
    await page.getByText('30 runs', { exact: true }).last().waitFor()
    for (const axis of ['lr', 'model', 'note', 'acc'])
      await page.getByRole('group', { name: `Axis ${axis}` }).waitFor({ state: 'attached' })
    await page.getByRole('figure', { name: 'acc against lr' }).waitFor()
    const importance = page.getByRole('figure', { name: 'What matters for acc' })
    await importance.getByRole('row', { name: /^lr/ }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).not.toBe('1')
  })

  it('narrows the runs of all lenses by the keys of an axis, and shows the way back', async () => {
    const page = await openPlots()
    const least = page.getByRole('slider', { name: 'acc, at least' })
    await least.focus()
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press('PageUp')
      await page.waitForTimeout(50)
    }
    await expect.poll(async () => (await searchOf(page)).get('brush')).toContain('metrics.acc')
    const from = (JSON.parse((await searchOf(page)).get('brush') ?? '[]') as { from: number }[])[0]?.from ?? 0
    const kept = Array.from({ length: 30 }, (_, index) => index).filter(
      (index) => index % 4 !== 0 && index / 40 >= from,
    ).length
    expect(kept).toBeLessThan(20)
    expect(kept).toBeGreaterThan(4)
    await page.getByText(`30 runs, ${kept} in the chosen ranges`).waitFor()
    await page
      .getByRole('list', { name: 'Chosen ranges and values' })
      .getByText(/^acc ≥/)
      .waitFor()
    await page.getByRole('link', { name: 'Table', exact: true }).click()
    await page.getByText(`${kept} runs`, { exact: true }).first().waitFor()
    await page.goBack()
    await page.getByRole('slider', { name: 'acc, at least' }).focus()
    await page.keyboard.press('Delete')
    await page.getByText('30 runs', { exact: true }).last().waitFor()
    expect((await searchOf(page)).get('brush')).toBeNull()
  })

  it('brushes an axis by dragging along it, of a param by the values that lie there', async () => {
    const page = await openPlots()
    const strip = parallel(page).locator('[data-axis="params.lr"]')
    const box = await strip.boundingBox()
    if (!box) throw new Error('There is no axis to drag along.')
    const middle = box.x + box.width / 2
    await page.mouse.move(middle, box.y + box.height - 2)
    await page.mouse.down()
    await page.mouse.move(middle, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    await page.getByText('30 runs, 14 in the chosen ranges').waitFor()
    expect(JSON.parse((await searchOf(page)).get('brush') ?? '')).toEqual([
      { field: 'params.lr', values: ['0.001', '0.01'] },
    ])
  })

  it('chooses a category, and moves an axis by keys that keep their place', async () => {
    const page = await openPlots()
    const vit = page.getByRole('button', { name: 'model: vit', exact: true })
    await vit.focus()
    await page.keyboard.press('Enter')
    await page.getByText('30 runs, 10 in the chosen ranges').waitFor()
    expect(await vit.getAttribute('aria-pressed')).toBe('true')
    const acc = page.getByRole('button', { name: 'acc: arrow keys move this axis' })
    await acc.focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(async () => (await searchOf(page)).get('plots')).toMatch(/metrics\.acc","params/)
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('acc')
  })

  it('draws groups as violins where asked, says which have too few values, and keeps it in the address', async () => {
    const plots = { list: [{ kind: 'box', x: 'params.model', y: 'metrics.acc' }] }
    const page = await openPlots({ plots })
    const figure = page.getByRole('figure').first()
    await figure
      .getByRole('button', { name: /median/ })
      .first()
      .waitFor()
    const more = page.getByRole('button', { name: /^More about/ })
    await more.click()
    await page.getByRole('menuitem', { name: 'Violin' }).click()
    await expect.poll(async () => (await searchOf(page)).get('plots')).toContain('"violin":true')
    await page.reload()
    await more.click()
    await page.getByRole('menuitem', { name: /^Violin.*chosen/ }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Picture (SVG)' }).click(),
    ])
    // A mirrored shape of some fifty points a side, where a box has four corners.
    const paths = (await readFile(await download.path(), 'utf8'))
      .split(' d="')
      .map((part) => part.split('"', 1)[0] ?? '')
    expect(Math.max(...paths.map((path) => path.split('L').length))).toBeGreaterThan(90)
    expect(await brokenRules(page)).toEqual([])
  })

  it('brushes both axes of a scatter plot by a box, leads through its runs by keys, and has a twin in numbers', async () => {
    const page = await openPlots({ plots: { list: [{ kind: 'scatter', x: 'metrics.acc', y: 'metrics.loss' }] } })
    const figure = page.getByRole('figure', { name: 'loss against acc' })
    const cursor = figure.getByRole('slider', { name: /^Runs/ })
    await cursor.focus()
    await page.keyboard.press('End')
    expect(await cursor.getAttribute('aria-valuetext')).toMatch(/^run-29: acc 0\.725, loss 0\.275/)
    await page.keyboard.press('Space')
    await expect.poll(async () => (await searchOf(page)).get('sel')).toMatch(/^\["[0-9a-f]{32}"\]$/)
    const box = await figure.locator('canvas').first().boundingBox()
    if (!box) throw new Error('Nothing is drawn.')
    await page.mouse.move(box.x + 90, box.y + 14)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => (JSON.parse((await searchOf(page)).get('brush') ?? '[]') as unknown[]).length).toBe(2)
    await page.getByText(/^30 runs, (\d|1\d) in the chosen ranges$/).waitFor()
    await figure.getByRole('button', { name: 'Values of loss against acc' }).click()
    await page.getByRole('dialog').getByRole('columnheader', { name: 'loss' }).waitFor()
  })

  it('groups runs in boxes that choose their group', async () => {
    const page = await openPlots({ plots: { list: [{ kind: 'box', x: 'params.model', y: 'metrics.loss' }] } })
    await page.getByRole('button', { name: /^vit: 10 runs, median/ }).click()
    await page.getByText('30 runs, 10 in the chosen ranges').waitFor()
  })

  it('adds a plot, removes it, and leads back to those that suit the runs', async () => {
    const page = await openPlots()
    await page.getByRole('button', { name: 'Add a plot' }).click()
    await page.getByRole('menuitem', { name: 'Contour' }).click()
    const contour = page.getByRole('figure', { name: /over/ })
    await contour.waitFor()
    await contour.getByRole('button', { name: /^More about/ }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await contour.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('menuitem').click()
    await expect.poll(async () => (await searchOf(page)).get('plots')).toBeNull()
  })

  it('says where there is nothing to plot, or too little', async () => {
    const page = await openPlots({ id: plainId })
    await page.getByRole('heading', { name: 'Nothing to plot' }).waitFor()
    const few = await openPlots({ id: emptyId, plots: { list: [{ kind: 'importance' }, { kind: 'box' }] } })
    await few.getByText(/it takes ten to tell what matters/).waitFor()
    await few.getByText(/do not have enough/).waitFor()
  })

  it('shows a failure in its place and tries again when asked', async () => {
    const page = await openPage('about:blank')
    await page.route('**/runs/importance', (route) =>
      route.fulfill({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'The disk is broken.' } }),
    )
    await page.goto(`${server.url}/experiments/${experimentId}/runs?lens=plots`)
    const failure = page.getByRole('alert')
    await failure.getByText('The disk is broken.').waitFor()
    await page.unroute('**/runs/importance')
    await failure.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('figure', { name: 'What matters for acc' }).getByRole('row', { name: /^lr/ }).waitFor()
  })

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)(
    'breaks no WCAG A or AA rule that axe knows: $theme, $width px',
    async (options) => {
      const page = await openPlots({ plots: all, ...options })
      await page.getByRole('row', { name: /^lr/ }).waitFor()
      await expect.poll(() => page.locator('canvas').count()).toBe(4)
      expect(await brokenRules(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    },
    60_000,
  )
})
