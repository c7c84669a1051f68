import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let runId: string
let emptyRunId: string

const hostileScript = 'try { parent.document.title = "HACKED" } catch {} document.title = "HACKED"'
const bigLog = Array.from(
  { length: 900_000 },
  (_, at) => `${String(at + 1).padStart(8, '0')} ${'x'.repeat(at % 90)}`,
).join('\n')
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const files: Readonly<Record<string, string | Uint8Array>> = {
  'readme.md': `# Results\n\n<script>${hostileScript}</script><img src=x onerror='${hostileScript}'>[link](javascript:alert(1))`,
  'evil.html': `<h1>Report</h1><p id="p">scripts are off</p><script>document.getElementById('p').textContent = 'scripts run'; ${hostileScript}</script>`,
  'evil.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><script>${hostileScript}</script></svg>`,
  'config/train.yaml': 'lr: 0.001\nname: "x"\n',
  'config/model.json': '{"lr": 0.001, "score": NaN, "layers": [1, 2], "note": "<b>no</b>"}',
  'tables/pred.csv': `id,label\n${Array.from({ length: 5000 }, (_, at) => `${at},"row ${at}"`).join('\n')}\n`,
  'images/b.png': pixel,
  'images/a.png': pixel,
  'data.bin': new Uint8Array(64).map((_, at) => at * 4),
  'logs/big.log': bigLog,
  'nb.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: ['# Title'] },
      {
        cell_type: 'code',
        execution_count: 3,
        source: 'print(1)',
        outputs: [
          { output_type: 'stream', text: ['one\n'] },
          { output_type: 'display_data', data: { 'text/html': `<b>bold</b><script>${hostileScript}</script>` } },
        ],
      },
    ],
  }),
  'a b %é?.txt': 'a name that is hard to write in an address\n',
}

beforeAll(async () => {
  server = await startTestServer()
  const { client } = server
  runId = (await client.createRun({ experiment_id: '0', run_name: 'with files' })).run.info.run_id
  emptyRunId = (await client.createRun({ experiment_id: '0', run_name: 'without' })).run.info.run_id
  for (const [path, content] of Object.entries(files)) {
    await client.uploadArtifact({ run_id: runId, path }, content as string)
  }
  for (let at = 0; at < 400; at++) await client.uploadArtifact({ run_id: runId, path: `many/f${at}.txt` }, 'x')
})

const at = (path: string, run = runId): string =>
  `${server.url}/experiments/0/runs/${run}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`

const nodes = async (page: Page): Promise<number> => page.locator('*').count()

describe('ArtifactBrowser', () => {
  it('opens folders and files by mouse and keeps the place in the address', async () => {
    const page = await openPage(at(''))
    await page.getByRole('treeitem', { name: 'config' }).click()
    await page.getByRole('treeitem', { name: 'train.yaml' }).click()
    await page.getByRole('region', { name: 'Code of config/train.yaml' }).getByText('0.001').waitFor()
    expect(page.url()).toBe(at('config/train.yaml'))
    await page.goBack()
    await page.getByText('2 files').waitFor()
  })

  it('opens a link to a file of any name', async () => {
    const page = await openPage(at('a b %é?.txt'))
    await page.getByText('a name that is hard to write in an address').waitFor()
    expect(await page.getByRole('treeitem', { selected: true }).textContent()).toContain('a b %é?.txt')
  })

  it('is a tree by keyboard', async () => {
    const page = await openPage(at(''))
    const tree = page.getByRole('tree', { name: 'Files' })
    await tree.focus()
    await page.keyboard.press('ArrowRight')
    const first = page.getByRole('treeitem', { name: 'config' })
    await page.getByRole('treeitem', { name: 'model.json' }).waitFor()
    expect(await first.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('lr:').waitFor()
    expect(page.url()).toBe(at('config/model.json'))
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('treeitem', { name: 'model.json' }).waitFor({ state: 'detached' })
    await page.keyboard.press('End')
    const active = await tree.getAttribute('aria-activedescendant')
    expect(await page.locator(`[id="${active}"]`).textContent()).toContain('readme.md')
  })

  it('stays light with hundreds of files', async () => {
    const page = await openPage(at('many/f399.txt'))
    await page.getByRole('treeitem', { selected: true }).waitFor()
    expect(await page.getByRole('treeitem', { selected: true }).getAttribute('aria-setsize')).toBe('400')
    expect(await page.getByRole('treeitem').count()).toBeLessThan(80)
  })

  it('says how to log a file where there is none, and that one is not there', async () => {
    const page = await openPage(at('', emptyRunId))
    await page.getByRole('heading', { name: 'There are no artifacts' }).waitFor()
    expect(await page.getByText(`run_id="${emptyRunId}"`).count()).toBe(1)
    await page.goto(at('config/none.txt'))
    await page.getByRole('heading', { name: 'There is no such file' }).waitFor()
  })

  it('tells a failure in its place and tries again', async () => {
    const page = await openPage(at(''))
    await page.getByRole('tree').waitFor()
    await page.route('**/artifacts/preview?*', (route) => route.abort())
    await page.getByRole('treeitem', { name: 'readme.md' }).click()
    await page.getByText('The file could not be read.').waitFor()
    await page.unroute('**/artifacts/preview?*')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('heading', { name: 'Results' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('uploads into the open folder and deletes with confirmation', async () => {
    const page = await openPage(at('config'))
    await page.getByRole('button', { name: 'Upload' }).waitFor()
    await page.locator('input[type=file]').setInputFiles({
      name: 'new.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('uploaded here'),
    })
    await page.getByRole('treeitem', { name: 'new.txt' }).click()
    await page.getByText('uploaded here').waitFor()
    await page.getByRole('button', { name: 'Delete file' }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByRole('treeitem', { name: 'new.txt' }).waitFor({ state: 'detached' })
    const { files: left = [] } = await server.client.listArtifacts({ run_id: runId, path: 'config' })
    expect(left.map(({ path }) => path)).toEqual(['config/model.json', 'config/train.yaml'])
  })
})

describe('hostile artifacts', () => {
  it.each(['readme.md', 'evil.svg', 'nb.ipynb'])('of %s run nothing', async (path) => {
    const page = await openPage(at(path))
    await page.locator('section[aria-label] :is(h1, img, iframe)').first().waitFor()
    await page.waitForTimeout(300)
    expect(await page.title()).not.toContain('HACKED')
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
  })

  it('of HTML run scripts only when asked, and then not in our page', async () => {
    const page = await openPage(at('evil.html'))
    const frame = page.frameLocator('iframe')
    await frame.getByText('scripts are off').waitFor()
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('')
    await page.getByRole('button', { name: 'Run scripts' }).click()
    await frame.getByText('scripts run').waitFor()
    expect(await page.title()).not.toContain('HACKED')
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts')
  })
})

describe('viewers', () => {
  it('open a log of 50 MB at once, with few bytes and nodes', async () => {
    const page = await openPage('about:blank')
    let bytes = 0
    page.on('response', (reply) => {
      if (reply.url().includes('/artifacts/preview')) bytes += Number(reply.headers()['content-length'] ?? 0)
    })
    await page.goto(at('logs/big.log'))
    const text = page.getByRole('region', { name: 'Text of logs/big.log' })
    await text.getByText('00000001', { exact: true }).waitFor()
    expect(bytes).toBeLessThan(1_000_000)
    expect(await nodes(page)).toBeLessThan(1500)
    await page.getByRole('button', { name: 'To the end' }).click()
    await text.getByText('00900000').waitFor()
    await page.getByPlaceholder('Line or %').fill('20000')
    await page.keyboard.press('Enter')
    await text.getByText('00020000').waitFor()
    await page.getByPlaceholder('Search what is loaded').fill('00019990')
    await page.getByText('1 of 1 line').waitFor()
    await page.getByPlaceholder('Line or %').fill('50%')
    await page.keyboard.press('Enter')
    await text.getByText('0045', { exact: false }).first().waitFor()
    expect(bytes).toBeLessThan(4_000_000)
    expect(await nodes(page)).toBeLessThan(1500)
  })

  it('show CSV as a table of which few rows are on the page', async () => {
    const page = await openPage(at('tables/pred.csv'))
    const table = page.getByRole('table')
    await table.getByRole('cell', { name: 'row 0', exact: true }).waitFor()
    expect(await table.getAttribute('aria-rowcount')).toBe('5001')
    expect(await table.getByRole('row').count()).toBeLessThan(80)
    await page.getByRole('region', { name: 'Rows of tables/pred.csv' }).focus()
    await page.keyboard.press('End')
    await table.getByRole('cell', { name: 'row 4999', exact: true }).waitFor()
  })

  it('show Parquet as a table, under the policy of the page', async () => {
    const reply = await server.client.exportRuns({ experiment_ids: ['0'], format: 'PARQUET' })
    const body = new Uint8Array(await reply.arrayBuffer())
    await server.client.uploadArtifact({ run_id: emptyRunId, path: 'runs.parquet' }, body)
    const page = await openPage(at('runs.parquet', emptyRunId))
    await page.getByRole('cell', { name: 'with files' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'run_name' }).count()).toBe(1)
    await server.client.deleteRunArtifact({ run_id: emptyRunId, artifact_path: 'runs.parquet' })
  })

  it('show JSON as a tree, also with numbers that only Python writes', async () => {
    const page = await openPage(at('config/model.json'))
    await page.getByText('"NaN"').waitFor()
    await page.getByText('"<b>no</b>"').waitFor()
    await page.getByRole('button', { name: 'layers: [2]' }).click()
    await page.getByText('0:').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'layers: [2]' }).getAttribute('aria-expanded')).toBe('false')
  })

  it('go through the pictures of a folder by arrow keys', async () => {
    const page = await openPage(at('images/a.png'))
    await page.getByText('1 of 2').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByText('2 of 2').waitFor()
    expect(page.url()).toBe(at('images/b.png'))
    await page.getByText('1 × 1 px').waitFor()
  })

  it('show the bytes of what nothing else shows', async () => {
    const page = await openPage(at('data.bin'))
    expect(await page.getByRole('region', { name: 'Bytes of the file' }).textContent()).toContain('000000  00 04 08')
  })
})

describe.each(['light', 'dark'] as const)('artifacts in the %s theme', (theme) => {
  it.each([
    '',
    'images/a.png',
    'config/train.yaml',
    'config/model.json',
    'tables/pred.csv',
    'logs/big.log',
    'evil.html',
    'nb.ipynb',
  ])('break no rule of WCAG: %s', async (path) => {
    const page = await openPage(at(path), { theme })
    await page.getByRole('treeitem').first().waitFor()
    await page.waitForTimeout(400)
    expect(await brokenRules(page)).toEqual([])
  })
})
