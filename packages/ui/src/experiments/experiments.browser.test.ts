import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

const hostile = '<img src=x onerror="document.title=1">'
const arabic = 'تجربة'

let full: TestServer

async function seed({ client }: TestServer): Promise<void> {
  const names = [`vision/${hostile}`, 'vision/segmentation', 'nlp/sentiment', arabic, 'x'.repeat(400)]
  for (const name of names) {
    const tags = [
      { key: 'team', value: name.startsWith('vision') ? 'vision' : hostile },
      { key: 'mlflow.note.content', value: `# About\n${hostile} [link](javascript:document.title=1)` },
    ]
    const { experiment_id: id } = await client.createExperiment({ name, tags })
    for (const [index, value] of [0.5, 0.9, 0.7].entries()) {
      const { run } = await client.createRun({ experiment_id: id, run_name: `run-${index}`, start_time: 1000 + index })
      await client.logMetric({ run_id: run.info.run_id, key: 'val/acc', value, timestamp: 1, step: 0 })
      if (index > 0) await client.updateRun({ run_id: run.info.run_id, status: 'FINISHED', end_time: 5000 })
    }
  }
}

beforeAll(async () => {
  full = await startTestServer()
  await seed(full)
}, 60_000)

describe('ExperimentsPage', () => {
  it('shows experiments with runs, what runs now and the best value of what they are about', async () => {
    const page = await openPage(`${full.url}/experiments`)
    const row = page.getByRole('row', { name: 'segmentation' })
    await row.getByRole('link', { name: '0.9' }).waitFor()
    expect(await row.innerText()).toMatch(/3\s+.*1\s+.*0\.9\s+val\/acc/s)
    await row.getByRole('link', { name: '0.9' }).click()
    await page.waitForURL(/\/experiments\/\d+\/runs\/[0-9a-f]{32}$/)
  })

  it('shows hostile names as they are', async () => {
    const page = await openPage(`${full.url}/experiments`)
    await page.getByRole('link', { name: hostile }).first().waitFor()
    await page.getByRole('link', { name: arabic }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('Experiments · Trackway')
  })

  it('opens a folder, which is an address, and comes back', async () => {
    const page = await openPage(`${full.url}/experiments`)
    await page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name: 'vision' }).click()
    await page.getByText('2 experiments').waitFor()
    expect(page.url()).toContain('folder=vision')
    await page.reload()
    await page.getByText('2 experiments').waitFor()
    await page.goBack()
    await page.getByText('6 experiments').waitFor()
  })

  it('finds by a part of the name, and by a filter on tags', async () => {
    const page = await openPage(`${full.url}/experiments`)
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('SENTI')
    await page.getByText('1 experiment found').waitFor()
    await page.getByRole('searchbox').fill("tags.team = 'vision'")
    await page.getByText('2 experiments found').waitFor()
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await page.getByText('6 experiments').waitFor()
  })

  it('says what is wrong with a filter in place', async () => {
    const page = await openPage(`${full.url}/experiments`)
    await page.getByRole('searchbox').fill('tags.team == 3')
    await page.getByRole('alert').getByText('Experiments could not be loaded.').waitFor()
  })

  it('makes, renames, describes and deletes an experiment by keyboard alone, and undoes the deletion', async () => {
    const { url } = await startTestServer()
    const page = await openPage(`${url}/experiments`)
    await page.getByRole('button', { name: 'New experiment' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('team/first')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/experiments\/1\/runs/)
    await page.goto(`${url}/experiments`)
    await page.getByRole('button', { name: 'Actions for team/first' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Rename…' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Rename experiment' }).waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('team/second')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'second' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Actions for team/second' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'second' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'second' }).waitFor()
  })

  it('refuses a taken name in the dialog, with the server’s reason', async () => {
    const page = await openPage(`${full.url}/experiments`)
    await page.getByRole('button', { name: 'New experiment' }).click()
    await page.getByLabel('Name', { exact: true }).fill('nlp/sentiment')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('already exists').waitFor()
  })

  it('shows a new run within seconds, without a reload', async () => {
    const { url, client } = await startTestServer()
    const page = await openPage(`${url}/experiments`)
    await page.getByRole('row', { name: 'Default' }).waitFor()
    await client.createRun({ experiment_id: '0', run_name: 'new', start_time: Date.now() })
    await page.getByRole('row', { name: 'Default' }).getByText('1', { exact: true }).first().waitFor()
  })

  it('says how to log a first run where there is no experiment, in the language of one’s choice', async () => {
    const { url, client } = await startTestServer()
    await client.deleteExperiment({ experiment_id: '0' })
    const page = await openPage(`${url}/experiments`)
    await page.getByRole('heading', { name: 'No experiments yet' }).waitFor()
    for (const language of ['TypeScript', 'Java', 'R', 'curl', 'Python']) {
      await page.getByRole('button', { name: language, exact: true }).click()
      expect(await page.getByRole('region', { name: `${language} example` }).innerText()).toContain(url)
    }
  })

  it('tells a failure in place and tries again', async () => {
    const page = await openPage('about:blank')
    await page.route('**/experiments/search', (route) => route.abort())
    await page.goto(`${full.url}/experiments`)
    await page.getByText('Experiments could not be loaded.').waitFor({ timeout: 20_000 })
    await page.unroute('**/experiments/search')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('6 experiments').waitFor()
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in the %s theme', async (theme) => {
    const page = await openPage(`${full.url}/experiments?folder=vision`, { theme })
    await page.getByRole('link', { name: '0.9' }).first().waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'New experiment' }).click()
    await page.getByRole('dialog').waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})

describe('TrashPage', () => {
  it('shows deleted experiments and runs and restores them', async () => {
    const { url, client } = await startTestServer()
    const { experiment_id: id } = await client.createExperiment({ name: hostile })
    await client.deleteExperiment({ experiment_id: id })
    const { run } = await client.createRun({ experiment_id: '0', run_name: 'gone', start_time: 1 })
    await client.deleteRun({ run_id: run.info.run_id })
    const page = await openPage(`${url}/trash`)
    await page.getByRole('button', { name: `Restore ${hostile}` }).click()
    await page.getByRole('button', { name: 'Restore gone' }).click()
    await page.getByRole('heading', { name: 'Nothing was deleted' }).waitFor()
    expect((await client.getExperiment({ experiment_id: id })).experiment.lifecycle_stage).toBe('active')
    expect((await client.getRun({ run_id: run.info.run_id })).run.info.lifecycle_stage).toBe('active')
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in the %s theme', async (theme) => {
    const { url, client } = await startTestServer()
    await client.deleteExperiment({ experiment_id: '0' })
    const page = await openPage(`${url}/trash`, { theme })
    await page.getByRole('button', { name: 'Restore Default' }).waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})
