import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

const hostile = '<img src=x onerror="document.title=1">'
const rightToLeft = 'مصنف 🚀 100% größe #1?&=+'

// A machine may be busy with other tests.
const soon = { timeout: 10_000 }

let root: TestServer
let experimentId: string
let modelId: string

const mlmodel = `flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age<b>", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
`

async function seedVersion({ client, url }: TestServer, name: string, index: number): Promise<void> {
  const { run } = await client.createRun({
    experiment_id: experimentId,
    run_name: `fit-${index}`,
    start_time: 1_700_000_000_000,
  })
  const { run_id } = run.info
  await client.logBatch({
    run_id,
    metrics: [
      { key: 'val_accuracy', value: 0.8 + index / 100, timestamp: 1, step: 0 },
      { key: 'epochs', value: 3, timestamp: 1, step: 0 },
    ],
    params: [{ key: 'C', value: String(index) }],
  })
  await client.updateRun({ run_id, status: 'FINISHED' })
  for (const [path, text] of Object.entries({
    MLmodel: mlmodel,
    'requirements.txt': `pandas==3.${index}.1\nmlflow\n`,
  })) {
    const query = new URLSearchParams({ run_uuid: run_id, path: `model/${path}` })
    const reply = await fetch(`${url}/ajax-api/2.0/mlflow/upload-artifact?${query}`, { method: 'POST', body: text })
    if (!reply.ok) throw new Error(await reply.text())
  }
  await client.createModelVersion({ name, source: `${run.info.artifact_uri}/model`, run_id, description: hostile })
}

beforeAll(async () => {
  root = await startTestServer()
  const { client } = root
  experimentId = (await client.createExperiment({ name: 'churn' })).experiment_id
  for (const name of ['churn', 'gated']) {
    await client.createRegisteredModel({
      name,
      description: `**${name}** ${hostile}`,
      tags: [{ key: 'team', value: hostile }],
    })
    for (let index = 1; index <= 3; index++) await seedVersion(root, name, index)
  }
  for (const name of [hostile, rightToLeft]) await client.createRegisteredModel({ name })
  await client.createModelVersion({ name: rightToLeft, source: 's3://bucket/model' })
  await client.transitionModelVersionStage({ name: 'churn', version: '1', stage: 'Production' })
  await client.setRegisteredModelAlias({ name: 'churn', alias: 'champion', version: '1' })
  const { model } = await client.createLoggedModel({
    experiment_id: experimentId,
    name: '<img src=x onerror=alert(1)>',
    params: [{ key: 'depth', value: '3' }],
  })
  modelId = model.info.model_id
  await client.finalizeLoggedModel({ model_id: modelId, status: 'LOGGED_MODEL_READY' })
}, 120_000)

describe('ModelsPage', () => {
  it('lists models with stages, aliases and the metric of what is in production', async () => {
    const page = await openPage(`${root.url}/models`)
    const row = page.getByRole('row', { name: /^churn/ })
    await row.getByText('0.81').waitFor()
    expect(await row.innerText()).toMatch(/v3\s+Production\s+v1\s+champion\s+v1\s+val_accuracy\s*0\.81/)
    await page.getByRole('link', { name: hostile, exact: true }).waitFor()
    expect(await page.locator('main img').count()).toBe(0)
  })

  it('searches by a part of a name and by a filter, in the address', async () => {
    const page = await openPage(`${root.url}/models`)
    await page.getByRole('searchbox', { name: 'Search models' }).fill('CHUR')
    await expect.poll(() => page.locator('tbody tr').count(), soon).toBe(1)
    expect(page.url()).toContain('q=CHUR')
    await page.getByRole('searchbox').fill("tags.team != ''")
    await expect.poll(() => page.locator('tbody tr').count(), soon).toBe(2)
    await page.getByRole('searchbox').fill('nothing of the kind')
    await page.getByRole('heading', { name: 'No model matches' }).waitFor()
  })

  it('makes a model and opens it; one without versions says how to register one', async () => {
    const page = await openPage(`${root.url}/models`)
    await page.getByRole('button', { name: 'New model' }).click()
    await page.getByLabel('Name').fill('a/b')
    await page.keyboard.press('Enter')
    await page.getByText("Names cannot contain '/' or ':'").waitFor()
    await page.getByLabel('Name').fill('fresh "one"')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'fresh "one"' }).waitFor()
    await page.getByRole('heading', { name: 'No versions yet' }).waitFor()
    expect(await page.locator('pre').innerText()).toContain('registered_model_name="fresh \\"one\\""')
  })

  it('shows a failure in its place and tries again', async () => {
    const page = await openPage('about:blank')
    await page.route('**/registered-models/search**', (route) =>
      route.fulfill({ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'The disk is broken.' } }),
    )
    await page.goto(`${root.url}/models`)
    await page.getByText('The disk is broken.').waitFor()
    await page.unroute('**/registered-models/search**')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('table', { name: 'Registered models' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})

describe('ModelPage', () => {
  it('shows versions with the metrics in which they differ, and compares those selected', async () => {
    const page = await openPage(`${root.url}/models/churn`)
    await page.getByRole('columnheader', { name: 'val_accuracy' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'epochs' }).count()).toBe(0)
    await page.getByRole('checkbox', { name: 'Select version 1' }).check()
    await page.getByRole('checkbox', { name: 'Select version 3' }).check()
    await page.getByRole('link', { name: 'Compare 2' }).click()
    const table = page.getByRole('table', { name: 'Comparison' })
    await table.getByText('+0.02').waitFor()
    const diff = page.getByRole('region', { name: 'Changes of requirements.txt' })
    await diff.waitFor()
    expect(await diff.locator('mark').allInnerTexts()).toEqual(['1', '3'])
    expect(await table.getByRole('rowheader', { name: 'epochs' }).count()).toBe(0)
    await page.getByRole('checkbox', { name: 'Only differences' }).uncheck()
    await table.getByRole('rowheader', { name: 'epochs' }).waitFor()
  })

  it('opens a name of any characters again when the page is loaded anew', async () => {
    const page = await openPage(`${root.url}/models`)
    await page.getByRole('link', { name: rightToLeft }).click()
    await page.getByRole('heading', { name: rightToLeft }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: rightToLeft }).waitFor()
    await page.getByRole('table', { name: 'Versions' }).getByRole('link', { name: 'v1', exact: true }).click()
    await page.getByText('The version has no file').or(page.getByText('could not be read')).first().waitFor()
    await page.getByRole('link', { name: rightToLeft }).click()
    await page.getByRole('table', { name: 'Versions' }).waitFor()
    await page.goto(`${root.url}/models/${encodeURIComponent(hostile)}`)
    await page.getByRole('heading', { name: hostile }).waitFor()
    expect(await page.locator('main img').count()).toBe(0)
  })

  it('promotes a version by keyboard, archives the one before, and takes it back', async () => {
    const page = await openPage(`${root.url}/models/churn`)
    const lane = page.getByRole('list', { name: 'Stages' })
    await lane.getByRole('button', { name: 'Move version 2 to…' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Production' }).first().waitFor()
    await page.keyboard.type('Prod')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Move version 2' }).waitFor()
    await page.getByText('Archive what is in Production now: v1').waitFor()
    await page.keyboard.type('better')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const stageOf = async (version: string) =>
      (await root.client.getModelVersion({ name: 'churn', version })).model_version.current_stage
    await expect.poll(() => stageOf('2'), soon).toBe('Production')
    expect(await stageOf('1')).toBe('Archived')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => stageOf('1'), soon).toBe('Production')
    expect(await stageOf('2')).toBe('None')
  })

  it('deletes only after its name was typed, and follows what others change', async () => {
    const { client } = root
    await client.createRegisteredModel({ name: 'doomed' })
    const page = await openPage(`${root.url}/models/doomed`)
    await page.getByRole('heading', { name: 'No versions yet' }).waitFor()
    await client.createModelVersion({ name: 'doomed', source: 's3://b/m' })
    await page.getByRole('table', { name: 'Versions' }).waitFor()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    const confirm = page.getByRole('button', { name: 'Delete for good' })
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('To confirm, type doomed').fill('doomed')
    await confirm.click()
    await page.getByRole('heading', { name: 'Models', exact: true }).waitFor()
    await expect(client.getRegisteredModel({ name: 'doomed' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })
})

describe('approvals', () => {
  it('go from a rule over a request to a decision, under the names of two people', async () => {
    const page = await openPage(`${root.url}/models/gated?tab=settings`)
    await page.getByLabel('To', { exact: true }).selectOption('Production')
    await page.getByRole('button', { name: 'Demand approval' }).click()
    await page.getByRole('list', { name: 'Moves that need approval' }).getByText('Production').waitFor()

    await page.goto(`${root.url}/models/gated`)
    await page.getByRole('list', { name: 'Stages' }).getByRole('button', { name: 'Move version 3 to…' }).click()
    await page.getByRole('menuitem', { name: 'Production (needs approval)' }).click()
    await page.getByLabel('Your name').fill('ann ä')
    await page.getByLabel('Comment').fill(`please ${hostile}`)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByRole('link', { name: 'asked → Production' }).waitFor()

    await page.goto(`${root.url}/requests`)
    const list = page.getByRole('list', { name: 'Open requests' })
    await list.getByText('ann ä asked').waitFor()
    await list.getByText(`please ${hostile}`).waitFor()
    await list.getByRole('button', { name: 'Approve' }).click()
    await page.getByText("Only 'ann ä' has asked.").waitFor()
    await page.getByLabel('Your name').fill('bob')
    await page.keyboard.press('Enter')
    await list.getByRole('textbox', { name: 'Comment' }).fill('fine')
    await list.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('heading', { name: 'Nothing waits for a decision' }).waitFor()
    expect((await root.client.getModelVersion({ name: 'gated', version: '3' })).model_version.current_stage).toBe(
      'Production',
    )
    await page.getByRole('link', { name: 'Closed' }).click()
    await page.getByText(/Approved by bob.*fine/).waitFor()

    await page.goto(`${root.url}/models/gated/versions/3?tab=activity`)
    await page.getByText('approved a move').waitFor()
    await page.getByRole('textbox', { name: 'Comment' }).fill('well done')
    await page.getByRole('button', { name: 'Comment' }).click()
    await page.getByText('well done').waitFor()
    await page.getByRole('button', { name: 'Delete comment' }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('Deleted by its author.').waitFor()
  })
})

describe('VersionPage', () => {
  it('shows signature, environment, source and how to load it by an alias', async () => {
    const page = await openPage(`${root.url}/models/churn/versions/1`)
    await page.getByRole('table', { name: 'Inputs' }).getByRole('rowheader', { name: 'age<b>' }).waitFor()
    await page.getByRole('table', { name: 'Outputs' }).getByText('tensor int64 (-1)').waitFor()
    await page.getByRole('region', { name: 'requirements.txt' }).getByText('pandas==3.1.1').waitFor()
    await page.getByRole('table', { name: 'Metrics' }).getByText('0.81').waitFor()
    await page.getByLabel('Load by').selectOption('champion')
    const code = page.getByRole('region', { name: 'Load the version: Python' })
    expect(await code.innerText()).toContain('mlflow.sklearn.load_model("models:/churn@champion")')
    await page.getByRole('link', { name: 'Lineage' }).click()
    await page.getByRole('list', { name: 'Lineage' }).getByRole('link', { name: 'fit-1' }).waitFor()
  })

  it('says so where there is no such version', async () => {
    const page = await openPage(`${root.url}/models/churn/versions/99`)
    await page.getByText('Version 99 of churn could not be loaded.').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('not found')
  })
})

describe('LoggedModelPage', () => {
  it('registers a logged model', async () => {
    const page = await openPage(`${root.url}/experiments/${experimentId}/models`)
    await page.getByRole('table', { name: 'Logged models' }).getByRole('link').first().click()
    await page.getByRole('table', { name: 'Params' }).getByText('depth').waitFor()
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('combobox', { name: 'Registered model' }).fill('from logged')
    await page.getByRole('dialog').getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'from logged version 1' }).waitFor()
    const { model_version } = await root.client.getModelVersion({ name: 'from logged', version: '1' })
    expect(model_version.model_id).toBe(modelId)
  })
})

describe('WebhooksSection', () => {
  it('makes a webhook, tests it, and deletes it', async () => {
    const page = await openPage(`${root.url}/models/churn?tab=settings`)
    await page.getByRole('button', { name: 'New webhook' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('ci')
    await page.getByLabel('Address').fill('http://127.0.0.1:9/hook')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Invalid webhook URL scheme').waitFor()
    await page.getByLabel('Address').fill('https://example.invalid/hook')
    await page.getByRole('button', { name: 'Create' }).click()
    const item = page.getByRole('list', { name: 'Webhooks' }).getByRole('listitem')
    await item.getByText('model_version.created, model_version.stage_transitioned').waitFor()
    await item.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText(/^ci did not take the example/).waitFor()
    await item.getByRole('button', { name: 'Deliveries' }).click()
    await item.getByText('Nothing was sent yet.').waitFor()
    await item.getByRole('button', { name: 'Actions of ci' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('There are none yet.').waitFor()
    expect((await root.client.listWebhooks({})).webhooks ?? []).toEqual([])
  })
})

describe('the pages of the registry', () => {
  it.each(['light', 'dark'] as const)(
    'break no rule of accessibility, %s',
    async (theme) => {
      const page = await openPage('about:blank', { theme })
      const screens: [string, string][] = [
        ['/models', 'table'],
        ['/models/churn', 'table'],
        ['/models/churn?tab=activity', 'main ol'],
        ['/models/churn?tab=settings', 'text=Demand approval'],
        ['/models/churn/versions/1', 'text=Signature'],
        ['/models/churn/versions/1?tab=lineage', 'main ol'],
        ['/models/churn/versions/1?tab=activity', 'textarea'],
        ['/models/churn/versions/1?tab=requests', 'text=No open requests'],
        [`/models/churn/compare?v=${encodeURIComponent('["1","2"]')}`, 'mark'],
        ['/requests', 'text=Your name'],
        [`/experiments/${experimentId}/models`, 'table'],
        [`/logged-models/${modelId}`, 'table'],
      ]
      for (const [path, selector] of screens) {
        await page.goto(root.url + path)
        await page.locator(selector).first().waitFor()
        expect(await brokenRules(page), path).toEqual([])
      }
    },
    90_000,
  )

  it('fit a narrow screen: nothing but a table’s own frame scrolls sideways', async () => {
    const page = await openPage('about:blank', { width: 390, height: 800 })
    for (const path of [
      '/models',
      '/models/churn',
      '/models/churn/versions/1',
      '/requests',
      `/logged-models/${modelId}`,
    ]) {
      await page.goto(root.url + path)
      await page.locator('h1').waitFor()
      const width = await page.locator('main').evaluate((main) => main.scrollWidth)
      expect(width, path).toBeLessThanOrEqual(390)
    }
  })
})
