import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from './test-server.ts'

const hostileName = '<img src=x onerror="document.title=1">'

let root: TestServer
let experimentId: string
let emptyId: string
let runId: string

async function seed({ client }: TestServer): Promise<void> {
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
  root = await startTestServer()
  await seed(root)
}, 60_000)

describe('App', () => {
  it('lists experiments, an experiment’s runs and a run’s values', async () => {
    const page = await openPage(root.url)
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
    const page = await openPage(`${root.url}/#/experiments/${experimentId}/runs/${runId}/artifacts`)
    await page.getByRole('heading', { name: 'run-59' }).waitFor()
    await page.goto(`${root.url}/#/experiments/${emptyId}`)
    await page.getByRole('heading', { name: 'nothing "yet"' }).waitFor()
    expect(await page.getByRole('complementary').count()).toBe(0)
  })

  it('loads further runs when asked', async () => {
    const page = await openPage(`${root.url}/#/experiments/${experimentId}`)
    await page.getByText('60 runs · the newest 50 are shown').waitFor()
    await page.getByRole('button', { name: 'Load more runs' }).click()
    await expect.poll(() => page.locator('tbody tr').count()).toBe(60)
    expect(await page.getByRole('button', { name: 'Load more runs' }).count()).toBe(0)
  })

  it('shows what users wrote as text, never as HTML', async () => {
    const page = await openPage(`${root.url}/#/experiments/${experimentId}`)
    await page.getByRole('link', { name: hostileName, exact: true }).click()
    await page.getByRole('heading', { name: hostileName, exact: true }).waitFor()
    await page.getByRole('table', { name: 'Tags', exact: true }).getByText(hostileName).waitFor()
    expect(await page.locator('img').count()).toBe(0)
  })

  it('is used by keyboard: Enter opens a run, Escape leads back to its row', async () => {
    const page = await openPage(`${root.url}/#/experiments/${experimentId}`)
    await page.getByRole('link', { name: 'run-56' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').getByRole('heading', { name: 'run-56' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('run-56')
  })

  it('shows what happens as it happens, in the list, the runs and a run', async () => {
    const { client } = root
    const { experiment_id } = await client.createExperiment({ name: 'live' })
    const page = await openPage(`${root.url}/#/experiments/${experiment_id}`)
    await page.getByRole('heading', { name: 'live' }).waitFor()
    const { run } = await client.createRun({ experiment_id, run_name: 'just begun' })
    await page.getByRole('row', { name: /just begun.*Running/ }).waitFor()
    await page.getByText('1 run · 1 running').waitFor()
    await page.getByRole('link', { name: /^live.*1 running, 1 run$/ }).waitFor()
    await client.updateRun({ run_id: run.info.run_id, status: 'FAILED', end_time: Date.now() })
    await page.getByRole('row', { name: /just begun.*Failed/ }).waitFor()
    await client.createExperiment({ name: 'made meanwhile' })
    await page.getByRole('link', { name: /^made meanwhile/ }).waitFor()
    await client.deleteRun({ run_id: run.info.run_id })
    await expect.poll(() => page.getByRole('row', { name: /just begun/ }).count()).toBe(0)
  })

  it('draws a run’s curves, and says how many points they stand for', async () => {
    const { client } = root
    const { experiment_id } = await client.createExperiment({ name: 'curves' })
    const { run } = await client.createRun({ experiment_id, run_name: 'spiky' })
    const { run_id } = run.info
    const values = Array.from({ length: 1000 }, (_, step) =>
      step === 654 ? 100 : step % 7 === 0 ? NaN : 1 / (step + 1),
    )
    const point = (key: string, value: number, step: number) => ({ key, value, step, timestamp: step })
    await client.logBatch({ run_id, metrics: values.map((value, step) => point('loss', value, step)) })
    await client.logBatch({
      run_id,
      metrics: [point(hostileName.replaceAll(/[<>="]/g, ''), 1, 0), point('two', 1, 0), point('two', 2, 1)],
    })
    const page = await openPage(`${root.url}/#/experiments/${experiment_id}/runs/${run_id}`)
    const spiky = page.getByRole('figure', {
      name: 'loss: 1,000 points, from 0.25 at step 3 to 0.001 at step 999, between 0.001 and 100',
    })
    await spiky.getByText('300 of 1,000 points').waitFor()
    await spiky.locator('canvas').waitFor()
    const box = await spiky.locator('canvas').boundingBox()
    expect(box?.width).toBeGreaterThan(200)
    // Something is drawn in the accent's colour, not only axes.
    const drawn = await spiky.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      let coloured = 0
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3]! > 0 && Math.abs(data[i]! - data[i + 2]!) > 60) coloured++
      return coloured
    })
    expect(drawn).toBeGreaterThan(100)
    await page.getByRole('figure', { name: /^two: 2 points, from 1 at step 0 to 2 at step 1/ }).waitFor()
    expect(await page.getByRole('figure').count()).toBe(2)
    expect(await brokenRules(page)).toEqual([])
    await client.logMetric({ run_id, key: 'two', value: 3, step: 2, timestamp: 9 })
    await page.getByRole('figure', { name: /^two: 3 points/ }).waitFor({ timeout: 10_000 })
  })

  it('tells how to log a first run to this server', async () => {
    const page = await openPage(`${root.url}/#/experiments/${emptyId}`)
    const snippet = await page.locator('pre').innerText()
    expect(snippet).toContain(`mlflow.set_tracking_uri("${root.url}")`)
    expect(snippet).toContain('mlflow.set_experiment("nothing \\"yet\\"")')
  })

  it('shows an error in its place and tries again when asked', async () => {
    const page = await openPage('about:blank')
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
    const page = await openPage(`${root.url}/#/experiments/${experimentId}/runs/nope`)
    const failure = page.getByRole('alert')
    expect(await failure.innerText()).toContain('Run nope could not be loaded.')
    await page.goto(`${root.url}/#/experiments/987654`)
    await failure.getByText('Experiment 987654').waitFor()
    expect(await failure.innerText()).toContain('No Experiment with id=987654 exists')
  })

  it('works below a static prefix', async () => {
    const { url, client } = await startTestServer({ staticPrefix: '/team/ml' })
    const { experiment_id: id } = await client.createExperiment({ name: 'below' })
    const page = await openPage('about:blank')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${url}/#/experiments/${id}`)
    await page.getByRole('heading', { name: 'below' }).waitFor()
    expect(await page.locator('pre').innerText()).toContain(`set_tracking_uri("${url}")`)
    expect(asked.filter((one) => !one.startsWith(`${url}/`))).toEqual([])
  })

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('breaks no WCAG A or AA rule that axe knows: $theme, $width px', async ({ theme, width }) => {
    const screens = [
      `experiments/${experimentId}`,
      `experiments/${experimentId}/runs/${runId}`,
      `experiments/${emptyId}`,
    ]
    for (const screen of ['', ...screens]) {
      const page = await openPage(`${root.url}/#/${screen}`, { theme, width })
      await page.locator('.experiments-list a').first().waitFor({ state: 'attached' })
      await expect.poll(() => page.locator('.loading').count()).toBe(0)
      const broken = await brokenRules(page)
      expect({ screen, broken }).toEqual({ screen, broken: [] })
    }
  })
})
