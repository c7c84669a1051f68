import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let runId: string
let wideId: string
let otherId: string
const hostile = '<img src=x onerror=alert(1)> \u202Eevil'

beforeAll(async () => {
  server = await startTestServer()
  const { client } = server
  const make = async (name: string, startTime: number, parent?: string): Promise<string> => {
    const tags = parent === undefined ? [] : [{ key: 'mlflow.parentRunId', value: parent }]
    const { run } = await client.createRun({ experiment_id: '0', run_name: name, start_time: startTime, tags })
    return run.info.run_id
  }
  runId = await make('the run', 1_000_000)
  const point = (key: string, value: number, step: number) => ({ key, value, step, timestamp: 1_000_000 + step })
  await client.logBatch({
    run_id: runId,
    metrics: [0, 1, 2].flatMap((step) => [
      point('loss', 0.123456789 / (step + 1), step),
      point('acc', step === 1 ? 0.9 : 0.5, step),
    ]),
    params: [
      { key: 'lr', value: '0.001' },
      { key: 'hostile', value: hostile },
    ],
    tags: [
      { key: 'team', value: 'vision' },
      { key: 'mlflow.note.content', value: '# Note\n\n<script>document.title = "HACKED"</script>' },
      { key: 'mlflow.source.git.commit', value: '0123456789abcdef' },
      { key: 'mlflow.source.git.repoURL', value: 'git@github.com:acme/vision.git' },
    ],
  })
  await client.logInputs({
    run_id: runId,
    datasets: [
      {
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
        dataset: {
          name: 'train-set',
          digest: 'd1',
          source_type: 's3',
          source: '{"uri":"s3://bucket/x"}',
          schema: '{"a":1}',
        },
      },
    ],
  })
  const child = await make('child', 1_000_100, runId)
  await client.logMetric({ run_id: child, key: 'acc', value: 0.75, timestamp: 1 })
  await make('grandchild', 1_000_200, child)
  await client.updateRun({ run_id: runId, status: 'FINISHED', end_time: 1_061_000 })
  await client.createRegisteredModel({ name: 'model' })
  await client.createModelVersion({ name: 'model', source: `runs:/${runId}/model`, run_id: runId })
  wideId = await make('wide', 2_000_000)
  await client.logBatch({ run_id: wideId, metrics: Array.from({ length: 1000 }, (_, at) => point(`m/${at}`, at, 0)) })
  for (let batch = 0; batch < 5; batch++) {
    const params = Array.from({ length: 100 }, (_, at) => ({ key: `p${batch * 100 + at}`, value: '1' }))
    await client.logBatch({ run_id: wideId, params })
  }
  otherId = (await client.createExperiment({ name: 'other place' })).experiment_id
})

const at = (tab = '', id = runId): string => `${server.url}/experiments/0/runs/${id}${tab}`

describe('RunPage', () => {
  it('shows params beside metrics, with their course, exact values in titles', async () => {
    const page = await openPage(at())
    const row = page.getByRole('region', { name: 'Metrics' }).getByRole('row', { name: /loss/ })
    await row.getByText('@2').waitFor()
    expect(await row.getByRole('cell').allTextContents()).toEqual(['0.04115', '0.04115 @2', '0.1235 @0', '3 points'])
    expect(await row.getByRole('cell').nth(2).getAttribute('title')).toBe('0.123456789 at step 0')
    const params = page.getByRole('region', { name: 'Parameters' })
    expect(await params.getByText(hostile).count()).toBe(1)
    const [metricBox, paramBox] = await Promise.all([row.boundingBox(), params.boundingBox()])
    expect(Math.abs((metricBox?.y ?? 0) - (paramBox?.y ?? 0))).toBeLessThan(120)
    expect(await page.title()).toContain('the run')
    expect(await page.getByRole('link', { name: '0123456789' }).getAttribute('href')).toBe(
      'https://github.com/acme/vision/commit/0123456789abcdef',
    )
    await page.getByText('train-set').click()
    await page.getByText('s3://bucket/x').waitFor()
    await page.getByRole('link', { name: 'model v1' }).waitFor()
  })

  it('stays light with a thousand metrics and hundreds of params, and finds one', async () => {
    const page = await openPage(at('', wideId))
    await page.getByRole('region', { name: 'Metrics' }).getByText('m/0', { exact: true }).waitFor()
    expect(await page.locator('*').count()).toBeLessThan(2500)
    await page.getByPlaceholder('Search').first().fill('m/999')
    await page.getByText('m/999', { exact: true }).waitFor()
  })

  it('is renamed in place, and left as it was by Escape', async () => {
    const page = await openPage(at())
    await page.getByRole('button', { name: 'Rename run' }).click()
    await page.keyboard.type('discarded')
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'the run' }).waitFor()
    await page.getByRole('button', { name: 'Rename run' }).click()
    await page.keyboard.type('renamed <b>')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'renamed <b>' }).waitFor()
    const { run } = await server.client.getRun({ run_id: runId })
    expect(run.info.run_name).toBe('renamed <b>')
    await server.client.updateRun({ run_id: runId, run_name: 'the run' })
  })

  it('edits the note with a preview, and tags', async () => {
    const page = await openPage(at('', wideId))
    await page.getByRole('button', { name: 'Add a description' }).click()
    await page.getByLabel('Description, in Markdown').fill('## A heading')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('heading', { name: 'A heading' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Edit description' }).waitFor()
    await page.getByRole('button', { name: 'Add tag' }).click()
    await page.getByLabel('Key', { exact: true }).fill('team')
    await page.getByLabel('Value', { exact: true }).fill('sound')
    await page.getByRole('button', { name: 'Save' }).click()
    const tagsOf = async () => (await server.client.getRun({ run_id: wideId })).run.data.tags
    await page.getByRole('button', { name: 'Delete tag team' }).click()
    await page.getByRole('button', { name: 'Delete tag team' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Delete tag team' }).waitFor()
    await expect.poll(tagsOf).toContainEqual({ key: 'team', value: 'sound' })
    expect(await tagsOf()).toContainEqual({ key: 'mlflow.note.content', value: '## A heading' })
  })

  it('is deleted with a way back, and says so when another deletes it', async () => {
    const page = await openPage(at('', wideId))
    await page.getByRole('button', { name: 'Actions on the run' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText('This run is deleted.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('This run is deleted.').waitFor({ state: 'detached' })
    await server.client.deleteRun({ run_id: wideId })
    await page.getByText('This run is deleted.').waitFor()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('This run is deleted.').waitFor({ state: 'detached' })
    const { run } = await server.client.getRun({ run_id: wideId })
    expect(run.info.lifecycle_stage).toBe('active')
  })

  it('moves to another experiment and follows it there', async () => {
    const page = await openPage(at('', wideId))
    await page.getByRole('button', { name: 'Actions on the run' }).click()
    await page.getByRole('menuitem', { name: 'Move to experiment…' }).click()
    await page.getByRole('button', { name: 'other place' }).click()
    await page.waitForURL(`**/experiments/${otherId}/runs/${wideId}**`)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForURL(`**/experiments/0/runs/${wideId}**`)
    const { run } = await server.client.getRun({ run_id: wideId })
    expect(run.info.experiment_id).toBe('0')
  })

  it('goes to the runs before and after by [ and ]', async () => {
    const page = await openPage(at())
    await page.getByRole('button', { name: /^Run after this: child/ }).waitFor()
    await page.keyboard.press(']')
    await page.getByRole('heading', { name: 'child', exact: true }).waitFor()
    await page.getByRole('button', { name: /^Run before this: the run/ }).waitFor()
    await page.keyboard.press('[')
    await page.getByRole('heading', { name: 'the run' }).waitFor()
    expect(page.url()).toBe(at())
  })

  it('shows the runs below as a tree, with their metrics', async () => {
    const page = await openPage(at('/children'))
    await page.getByRole('row', { name: /child.*0\.75/ }).waitFor()
    await page.getByRole('button', { name: 'Open 1 run below child' }).click()
    expect(await page.getByRole('row').count()).toBe(3)
    await page.getByRole('link', { name: 'grandchild' }).click()
    await page.getByRole('link', { name: 'child', exact: true }).waitFor()
  })

  it('shows the runs below whether they or their metrics come first', async () => {
    for (const late of ['**/runs/search', '**/runs/query']) {
      const page = await openPage('about:blank')
      await page.route(late, async (route) => {
        await page.waitForTimeout(500)
        await route.continue()
      })
      await page.goto(at('/children'))
      await page.getByRole('link', { name: 'child', exact: true }).waitFor()
      await page.getByRole('row', { name: /child.*0\.75/ }).waitFor()
    }
  })

  it('shows what went into it and what came of it', async () => {
    const page = await openPage(at('/lineage'))
    await page.getByRole('region', { name: 'What the run used' }).getByText('train-set').waitFor()
    const version = page.getByRole('region', { name: 'What came of it' }).getByRole('link', { name: 'model v1' })
    expect(await version.getAttribute('href')).toContain('/models/model/versions/1')
  })

  it('shows its overview for a part that there is not, and what to do for a run that there is not', async () => {
    const page = await openPage(at('/nothing'))
    await page.getByText('This is its overview.').waitFor()
    await page.getByRole('region', { name: 'Metrics' }).waitFor()
    await page.goto(at('', '0'.repeat(32)))
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor()
    await page.goto(`${server.url}/open-run/${'0'.repeat(32)}`)
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor()
    await page.goto(`${server.url}/open-run/${runId}`)
    await page.waitForURL(`**/experiments/0/runs/${runId}`)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('tells a failure in its place and tries again', async () => {
    const page = await openPage('about:blank')
    await page.route('**/runs/get?*', (route) => route.abort())
    await page.goto(at())
    await page.getByText('The run could not be loaded.').waitFor()
    await page.unroute('**/runs/get?*')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('region', { name: 'Metrics' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})

describe('RunLogs', () => {
  it('follows a log that a running run writes', async () => {
    const { client } = server
    const { run } = await client.createRun({ experiment_id: '0', run_name: 'running' })
    const id = run.info.run_id
    const lines = (count: number): string => Array.from({ length: count }, (_, line) => `line ${line + 1}\n`).join('')
    await client.uploadArtifact({ run_id: id, path: 'logs/train.log' }, lines(1000))
    const page = await openPage(at('/logs', id))
    await page.getByText('line 1000').waitFor()
    await client.uploadArtifact({ run_id: id, path: 'logs/train.log' }, `${lines(1500)}cut off`)
    await page.getByText('line 1500').waitFor()
    await page.getByText('cut off').waitFor()
    expect(await page.locator('*').count()).toBeLessThan(1200)
    await page.goto(at('/logs'))
    await page.getByRole('heading', { name: 'There are no logs' }).waitFor()
  })
})

describe.each(['light', 'dark'] as const)('the run page in the %s theme', (theme) => {
  it.each(['', '/logs', '/lineage', '/children', '/charts', '/system'])('breaks no rule of WCAG: %s', async (tab) => {
    const page = await openPage(at(tab), { theme })
    await page.getByRole('heading', { name: 'the run' }).waitFor()
    await page.waitForTimeout(500)
    expect(await brokenRules(page)).toEqual([])
  })

  it('fits a phone', async () => {
    const page = await openPage(at(), { theme, width: 390 })
    await page.getByRole('region', { name: 'Parameters' }).waitFor()
    const overflow = await page.evaluate(() => {
      const main = document.getElementById('content')
      return (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0)
    })
    expect(overflow).toBeLessThanOrEqual(0)
    expect(await brokenRules(page)).toEqual([])
  })
})
