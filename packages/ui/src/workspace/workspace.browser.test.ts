import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

const hostileName = '<img src=x onerror="document.title=1">'
const models = ['resnet', 'vit', "it's"] as const

let server: TestServer
let experimentId: string
let emptyId: string
let nestedId: string
const runIds: string[] = []

async function newRun(experiment_id: string, index: number, name = `run-${index}`, parent?: string): Promise<string> {
  const startTime = 1_700_000_000_000 + index * 60_000
  const { run } = await server.client.createRun({
    experiment_id,
    run_name: name,
    start_time: startTime,
    ...(parent !== undefined && { tags: [{ key: 'mlflow.parentRunId', value: parent }] }),
  })
  const { run_id } = run.info
  await server.client.logBatch({
    run_id,
    metrics: [
      { key: 'loss', value: index === 3 ? NaN : 1 + index / 100, timestamp: startTime, step: 0 },
      { key: 'loss', value: index === 3 ? NaN : 0.5 - index / 1000, timestamp: startTime, step: 1 },
      ...(index % 2 === 0 ? [{ key: 'acc', value: index / 60, timestamp: startTime, step: 0 }] : []),
    ],
    params: [
      { key: 'model', value: models[index % 3] ?? '' },
      { key: 'batch size', value: String(2 ** (index % 5)) },
      { key: 'epochs', value: '30' },
    ],
    tags: [{ key: 'note', value: index === 58 ? hostileName : `n${index % 2}` }],
  })
  await server.client.updateRun({ run_id, status: index === 57 ? 'FAILED' : 'FINISHED', end_time: startTime + 65_000 })
  return run_id
}

async function newExperiment(name: string, runs = 0): Promise<string> {
  const { experiment_id } = await server.client.createExperiment({ name })
  for (let index = 0; index < runs; index++) await newRun(experiment_id, index)
  return experiment_id
}

beforeAll(async () => {
  server = await startTestServer()
  experimentId = await newExperiment('team/vision')
  for (let index = 0; index < 60; index++)
    runIds.push(await newRun(experimentId, index, index === 58 ? hostileName : undefined))
  emptyId = await newExperiment('nothing yet')
  nestedId = await newExperiment('nested')
  const parent = await newRun(nestedId, 0, 'parent')
  const child = await newRun(nestedId, 1, 'child', parent)
  await newRun(nestedId, 2, 'grandchild', child)
  await newRun(nestedId, 4, 'alone')
}, 60_000)

function address(id: string, search = 'lens=table'): string {
  return `${server.url}/experiments/${id}/runs?${search}`
}

async function openTable(id = experimentId, search = 'lens=table', options = {}): Promise<Page> {
  const page = await openPage(address(id, search), options)
  await page.getByRole('grid', { name: 'Runs' }).waitFor()
  return page
}

/** The texts of a column's cells, from the top, as far as they are drawn. */
async function column(page: Page, name: string): Promise<string[]> {
  const header = page.getByRole('columnheader', { name, exact: false }).first()
  const place = await header.getAttribute('aria-colindex')
  return page.locator(`[role=row] [aria-colindex="${place}"]:not([role=columnheader])`).allInnerTexts()
}

async function searchOf(page: Page): Promise<URLSearchParams> {
  return new URL(page.url()).searchParams
}

describe('WorkspaceView', () => {
  it('shows metrics and what differs by itself, how many runs there are, and once what is the same for all', async () => {
    const page = await openTable()
    await page.getByText('60 runs', { exact: true }).waitFor()
    const headers = await page.getByRole('columnheader').allInnerTexts()
    expect(headers.map((text) => text.trim())).toEqual([
      '',
      'Run',
      'Created',
      'loss',
      'acc',
      'batch size',
      'model',
      'note',
      'Duration',
    ])
    expect(await page.getByRole('list', { name: 'Same for all runs' }).innerText()).toMatch(/epochs\s*30/)
    const grid = page.getByRole('grid', { name: 'Runs' })
    expect(await grid.getAttribute('aria-rowcount')).toBe('61')
    expect(await grid.getAttribute('aria-colcount')).toBe('9')
    expect((await column(page, 'loss'))[0]).toBe('0.441')
  })

  it('filters by a text that it completes, says where one cannot be read, and leads back', async () => {
    const page = await openTable()
    await page.keyboard.press('/')
    const box = page.getByRole('combobox', { name: 'Filter' })
    await page.keyboard.type('params.mo')
    await page.getByRole('option', { name: 'params.model' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type("= 'it")
    await page.getByRole('option', { name: "'it''s'" }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByText('20 runs', { exact: true }).waitFor()
    expect((await searchOf(page)).get('q')).toBe("params.model = 'it''s'")
    await box.fill('metrics.loss >')
    await box.press('Enter')
    await page
      .getByRole('alert')
      .getByText(/Invalid/)
      .waitFor()
    await box.fill("metrics.loss > 0.45 AND (params.model = 'vit' OR NOT params.model LIKE '%')")
    await box.press('Enter')
    await page.getByText('17 runs', { exact: true }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await box.fill('metrics.loss > 99')
    await box.press('Enter')
    await page.getByText('No run matches').waitFor()
    await page.getByRole('button', { name: 'Clear the filter', exact: true }).last().click()
    await page.getByText('60 runs', { exact: true }).waitFor()
  })

  it('sorts by a header, and shows another value of a metric by its menu', async () => {
    const page = await openTable()
    const header = page.getByRole('columnheader', { name: 'loss' })
    await header.getByRole('button', { name: 'loss', exact: true }).click()
    await expect.poll(() => column(page, 'loss').then((cells) => cells[0])).toBe('0.441')
    expect(await header.getAttribute('aria-sort')).toBe('ascending')
    await header.hover()
    await header.getByRole('button', { name: 'Menu of loss' }).click()
    await page.getByRole('dialog', { name: 'Column loss' }).getByRole('button', { name: 'max' }).click()
    await expect.poll(() => column(page, 'loss').then((cells) => cells[0])).toBe('1')
    expect((await searchOf(page)).get('order')).toBe('max(metrics.loss) ASC')
    await page.goBack()
    await expect.poll(() => column(page, 'loss').then((cells) => cells[0])).toBe('0.441')
  })

  it('filters by a part of a column’s histogram and by its values', async () => {
    const page = await openTable()
    await page.getByRole('columnheader', { name: 'acc' }).hover()
    await page.getByRole('button', { name: 'Menu of acc' }).click()
    const menu = page.getByRole('dialog', { name: 'Column acc' })
    await menu.getByRole('button', { name: /^0 to/ }).click()
    await menu.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('3 runs', { exact: true }).waitFor()
    await page.getByRole('button', { name: /^Remove acc/ }).click()
    await page.getByRole('columnheader', { name: 'model' }).hover()
    await page.getByRole('button', { name: 'Menu of model' }).click()
    const values = page.getByRole('dialog', { name: 'Column model' })
    await values.getByRole('checkbox', { name: "it's" }).check()
    await values.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('20 runs', { exact: true }).waitFor()
    expect(new Set(await column(page, 'model'))).toEqual(new Set(["it's"]))
  })

  it('draws only what is in view, of many runs, and reaches the last', async () => {
    const many = await newExperiment('many', 0)
    const ids = await Promise.all(
      Array.from({ length: 450 }, (_, index) =>
        server.client.createRun({ experiment_id: many, run_name: `m${index}`, start_time: 1_700_000_000_000 + index }),
      ),
    )
    expect(ids).toHaveLength(450)
    const page = await openTable(many)
    await page.getByText('450 runs').waitFor()
    await page.getByRole('gridcell').first().focus()
    await page.keyboard.press('Control+End')
    await page.getByRole('link', { name: 'm0', exact: true }).waitFor()
    expect(await page.locator('[role=row]').count()).toBeLessThan(60)
    expect(await page.locator('[role=row][aria-rowindex="451"]').count()).toBe(1)
    expect(
      await page.evaluate(() => document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex')),
    ).toBe('451')
  }, 40_000)

  it('is used by keyboard: sort, select, compare', async () => {
    const page = await openTable()
    await page.getByRole('rowheader').first().focus()
    await page.keyboard.press('ArrowUp')
    for (let step = 0; step < 2; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await expect.poll(async () => (await searchOf(page)).get('order')).toBe('metrics.loss ASC')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('x')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+j')
    await page.getByRole('region', { name: 'Selected runs' }).getByText('3 selected').waitFor()
    await page.keyboard.press('c')
    await expect.poll(async () => (await searchOf(page)).get('lens')).toBe('compare')
    expect(JSON.parse((await searchOf(page)).get('sel') ?? '')).toHaveLength(3)
  })

  it('opens a run by Enter and looks at it by Space; brackets lead to the next and Escape closes', async () => {
    const page = await openTable()
    await page.getByRole('rowheader', { name: /run-59/ }).focus()
    await page.keyboard.press('Space')
    const panel = page.getByRole('complementary', { name: 'Run details' })
    await panel.getByRole('heading', { name: 'run-59' }).waitFor()
    await page.keyboard.press(']')
    await panel.getByRole('heading', { name: hostileName }).waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.getByRole('rowheader', { name: /run-59/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/runs/${runIds[59]}`)
    await expect.poll(() => page.getByRole('grid', { name: 'Runs' }).count()).toBe(0)
  })

  it('deletes what is selected, and takes it back', async () => {
    const id = await newExperiment('to delete', 4)
    const page = await openTable(id)
    await page.getByText('4 runs', { exact: true }).waitFor()
    await page.getByRole('rowheader', { name: /run-1/ }).focus()
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('#')
    await page.getByText('2 runs', { exact: true }).waitFor()
    expect((await server.client.searchRuns({ experiment_ids: [id] })).runs).toHaveLength(2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('4 runs', { exact: true }).waitFor()
  })

  it('tags and moves what is selected', async () => {
    const id = await newExperiment('to tag', 3)
    const other = await newExperiment('goal of moves')
    const page = await openTable(id)
    await page.getByRole('checkbox', { name: 'Select all runs loaded' }).click()
    const bar = page.getByRole('region', { name: 'Selected runs' })
    await bar.getByRole('button', { name: 'Tag' }).click()
    await page.getByLabel('Key', { exact: true }).fill('stage')
    await page.getByLabel('Value', { exact: true }).fill('1')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect
      .poll(() =>
        server.client
          .searchRuns({ experiment_ids: [id], filter: "tags.stage = '1'" })
          .then(({ runs = [] }) => runs.length),
      )
      .toBe(3)
    await bar.getByRole('button', { name: 'Move' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'goal of moves' }).click()
    await page.getByText('No runs here yet').waitFor()
    expect((await server.client.searchRuns({ experiment_ids: [other] })).runs).toHaveLength(3)
    await page.getByText('moved to goal of moves').locator('..').getByRole('button', { name: 'Undo' }).click()
    await page.getByText('3 runs', { exact: true }).waitFor()
  })

  it('groups runs, with the mean of their metrics, and opens a group', async () => {
    const page = await openTable()
    await page.getByRole('button', { name: 'Group by' }).click()
    await page
      .getByRole('dialog', { name: 'Group by' })
      .getByRole('button', { name: /^model/ })
      .click()
    await page.getByText('60 runs in 3 groups').waitFor()
    expect((await column(page, 'acc'))[0]).toMatch(/^0\.\d+ ± 0\.\d+$/)
    await page
      .getByRole('rowheader', { name: /model: vit/ })
      .getByRole('button', { name: 'Open' })
      .click()
    await page.getByRole('link', { name: 'run-55' }).waitFor()
    expect(await page.getByRole('link', { name: 'run-56' }).count()).toBe(0)
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('24')
  })

  it('shows nested runs as a tree that opens level by level', async () => {
    const page = await openTable(nestedId)
    await page.getByText('4 runs', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'parent' }).waitFor()
    expect(await page.getByRole('link', { name: 'child', exact: true }).count()).toBe(0)
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('link', { name: 'child', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('link', { name: 'grandchild' }).waitFor()
    await page.getByRole('button', { name: 'Tree' }).click()
    await expect.poll(() => page.getByRole('button', { name: 'Close', exact: true }).count()).toBe(0)
    expect(await page.getByRole('rowheader').count()).toBe(4)
  })

  it('chooses columns, keeps them in the address, and pins runs to the top', async () => {
    const page = await openTable()
    await page.getByRole('button', { name: /^Columns/ }).click()
    const picker = page.getByRole('dialog', { name: /^Columns/ })
    await picker.getByRole('region', { name: 'Metrics' }).getByRole('button', { name: 'None' }).click()
    await picker.getByRole('region', { name: 'Params' }).getByRole('checkbox', { name: 'epochs' }).check()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'epochs' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'loss' }).count()).toBe(0)
    await page.getByRole('rowheader', { name: /run-50/ }).focus()
    await page.keyboard.press('p')
    await expect.poll(() => page.getByRole('rowheader').first().innerText()).toContain('run-50')
    const copy = await openPage(page.url())
    await copy.getByRole('columnheader', { name: 'epochs' }).waitFor()
    await expect.poll(() => copy.getByRole('rowheader').first().innerText()).toContain('run-50')
  })

  it('keeps views under a name, opens them by a link, and the experiment with its default', async () => {
    const id = await newExperiment('views', 3)
    const page = await openTable(id, "lens=table&q=params.model+%3D+'vit'")
    await page.getByText('1 run', { exact: true }).waitFor()
    await page.getByRole('button', { name: /saved views/i }).click()
    await page.getByRole('button', { name: 'Save as a view…' }).click()
    await page.getByLabel('Name').fill('only vit')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect.poll(async () => (await searchOf(page)).get('v')).not.toBeNull()
    const view = (await searchOf(page)).get('v') ?? ''
    const linked = await openTable(id, `v=${view}`)
    await linked.getByText('1 run', { exact: true }).waitFor()
    await page.getByRole('button', { name: /saved views/i }).click()
    await page.getByRole('button', { name: 'Open the experiment with it' }).click()
    await expect.poll(() => server.client.getView({ view_id: view }).then((reply) => reply.view.is_default)).toBe(true)
    const plain = await openTable(id, '')
    await plain.getByText('1 run', { exact: true }).waitFor()
  })

  it('shows what happens as it happens, without moving what one looks at', async () => {
    const id = await newExperiment('live', 40)
    const page = await openTable(id)
    await page.getByText('40 runs', { exact: true }).waitFor()
    const grid = page.getByRole('grid')
    await grid.evaluate((element) => element.scrollTo(0, 280))
    const top = () =>
      page
        .getByRole('link', { name: 'run-20', exact: true })
        .boundingBox()
        .then((box) => box?.y)
    const before = await top()
    const { run } = await server.client.createRun({ experiment_id: id, run_name: 'just begun' })
    await page.getByText('41 runs · 1 running').waitFor()
    expect(await top()).toBe(before)
    await grid.evaluate((element) => element.scrollTo(0, 0))
    await page.getByRole('row', { name: /just begun/ }).waitFor()
    await server.client.deleteRun({ run_id: run.info.run_id })
    await page.getByText('40 runs', { exact: true }).waitFor()
    expect(await page.getByRole('row', { name: /just begun/ }).count()).toBe(0)
  })

  it('shows what users wrote as text, never as HTML', async () => {
    const page = await openTable()
    await page.getByRole('link', { name: hostileName, exact: true }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await column(page, 'note')).toContain(hostileName)
    const strange = await openTable(experimentId, "lens=table&q=attributes.run_name+%3D+'run-3'")
    await strange.getByText('1 run', { exact: true }).waitFor()
    expect(await column(strange, 'loss')).toEqual(['NaN'])
    expect(await column(strange, 'acc')).toEqual([''])
  })

  it('tells how to log a first run, and what is deleted', async () => {
    const page = await openPage(address(emptyId, ''))
    expect(await page.getByRole('region', { name: 'Python example' }).innerText()).toContain(
      'set_experiment("nothing yet")',
    )
    await page.getByRole('button', { name: 'Look at deleted runs' }).click()
    await page.getByText('No run here was deleted').waitFor()
  })

  it('shows a failure in its place and tries again when asked', async () => {
    const page = await openPage('about:blank')
    await page.route('**/runs/query', (route) =>
      route.fulfill({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'The disk is broken.' } }),
    )
    await page.goto(address(experimentId))
    const failure = page.getByRole('alert')
    await failure.getByText('The disk is broken.').waitFor()
    await page.unroute('**/runs/query')
    await failure.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('link', { name: 'run-59' }).waitFor()
    expect(await failure.count()).toBe(0)
  })

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)(
    'breaks no WCAG A or AA rule that axe knows: $theme, $width px',
    async ({ theme, width }) => {
      const group = encodeURIComponent('["params.model"]')
      for (const search of [
        'lens=table',
        `lens=table&group=${group}`,
        `lens=table&sel=${encodeURIComponent(JSON.stringify(runIds.slice(0, 2)))}`,
      ]) {
        const page = await openTable(experimentId, search, { theme, width })
        await page.getByText(/^60 runs/).waitFor()
        expect({ search, broken: await brokenRules(page) }).toEqual({ search, broken: [] })
        await page.context().close()
      }
      const empty = await openPage(address(emptyId, ''), { theme, width })
      await empty.getByRole('heading', { name: 'No runs here yet' }).waitFor()
      expect(await brokenRules(empty)).toEqual([])
    },
    60_000,
  )
})
