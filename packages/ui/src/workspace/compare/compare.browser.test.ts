import { beforeAll, describe, expect, it } from 'vitest'
import { brokenRules, openPage, startTestServer, type TestServer } from '../../test-server.ts'

const hostile = '<img src=x onerror="document.title=1">'
const rtl = 'تجربة'
const long = 'line of a prompt\n'.repeat(300)

let server: TestServer
let small: string
let many: string
let ids: readonly string[]

/** Makes an experiment with runs; returns its id and theirs. */
async function seed(
  { client }: TestServer,
  name: string,
  runs: readonly {
    name: string
    metrics?: Readonly<Record<string, number>>
    params?: Readonly<Record<string, string>>
  }[],
): Promise<{ id: string; runIds: readonly string[] }> {
  const { experiment_id: id } = await client.createExperiment({ name })
  const runIds: string[] = []
  for (const [place, { name: run_name, metrics = {}, params = {} }] of runs.entries()) {
    const { run } = await client.createRun({ experiment_id: id, run_name, start_time: 1_700_000_000_000 + place })
    const run_id = run.info.run_id
    runIds.push(run_id)
    await client.logBatch({
      run_id,
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 })),
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
      tags: [],
    })
    await client.updateRun({ run_id, status: 'FINISHED', end_time: 1_700_000_060_000 })
  }
  return { id, runIds }
}

beforeAll(async () => {
  server = await startTestServer()
  const first = await seed(server, 'compare', [
    {
      name: hostile,
      metrics: { 'val/loss': 0.4, 'val/acc': 0.9, odd: Number.NaN },
      params: { 'model.depth': '2', 'model.name': hostile, same: '1', prompt: long },
    },
    {
      name: rtl,
      metrics: { 'val/loss': 0.2, odd: Infinity },
      params: { 'model.depth': '4', same: '1', prompt: `${long}other` },
    },
    { name: 'third', metrics: { 'val/loss': 0.5, 'val/acc': 0.8 }, params: { 'model.depth': '2', same: '1' } },
  ])
  small = first.id
  ids = first.runIds
  const runs = Array.from({ length: 50 }, (_, place) => ({
    name: `run-${place}`,
    metrics: { loss: place / 50, acc: 1 - place / 50 },
    params: { seed: String(place), depth: String(place % 4) },
  }))
  many = (await seed(server, 'many', runs)).id
}, 120_000)

function address(id: string, search: Readonly<Record<string, unknown>> = {}): string {
  const fields = Object.entries({ lens: 'compare', ...search })
  const query = new URLSearchParams(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
  return `${server.url}/experiments/${id}/runs?${query}`
}

describe('CompareLens', () => {
  it('shows what differs, missing values as blanks, NaN and infinities as themselves', async () => {
    const page = await openPage(address(small))
    const grid = page.getByRole('grid', { name: 'Comparison of runs' })
    const row = async (name: string): Promise<string[]> => {
      const found = grid.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
      return found.getByRole('gridcell').allInnerTexts()
    }
    await grid.getByRole('rowheader', { name: 'val/loss' }).waitFor()
    expect(await row('odd')).toEqual(['', '∞', 'NaN'])
    expect((await row('val/acc')).map((text) => text.replace(/Best:\s*/, ''))).toEqual(['0.8', '', '0.9'])
    expect(await grid.getByRole('rowheader', { name: 'same' }).count()).toBe(0)
    await page.getByText(/\d rows? alike hidden/).waitFor()
    await page.getByLabel('Only differences').uncheck()
    await grid.getByRole('rowheader', { name: 'same' }).waitFor()
    expect(page.url()).toContain('compare=')
  })

  it('says against a baseline how far values are and whether that is better', async () => {
    const page = await openPage(address(small))
    await page.getByRole('button', { name: 'Actions for third' }).click()
    await page.getByRole('menuitem', { name: 'Make this the baseline' }).click()
    const loss = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'val/loss' }) })
    await loss.getByText('−60 %').waitFor()
    expect(await loss.innerText()).toMatch(/better,\s*−60 %/)
    expect(await loss.getByRole('gridcell').first().innerText()).toBe('0.5')
    expect(page.url()).toContain(`base=${ids[2]}`)
    await page.reload()
    await loss.getByText('−60 %').waitFor()
  })

  it('is used by keyboard alone: moves, opens a difference, folds, makes a baseline', async () => {
    const page = await openPage(address(small, { base: ids[0] ?? '' }))
    const header = page.getByRole('columnheader').filter({ hasText: 'Baseline' })
    await header.focus()
    for (let key = 0; key < 8; key++) {
      await page.keyboard.press('ArrowDown')
      if (
        (await page.evaluate(() => document.activeElement?.closest('[role=row]')?.textContent ?? '')).startsWith(
          'prompt',
        )
      )
        break
    }
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'prompt' })
    await dialog.getByRole('region', { name: 'Difference' }).locator('ins').getByText('other').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.keyboard.press('Home')
    await page.keyboard.press('Control+ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('rowheader', { name: 'val/loss' }).waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => !url.search.includes(`base=${ids[0]}`))
    expect(page.url()).toContain(`base=${ids[2]}`)
  })

  it('shows hostile names and values as they are', async () => {
    const page = await openPage(address(small))
    await page.getByRole('link', { name: hostile }).waitFor()
    await page.getByRole('link', { name: rtl }).waitFor()
    await page.getByRole('gridcell', { name: hostile }).first().waitFor()
    expect(await page.locator('[role=grid] img').count()).toBe(0)
    expect(await page.title()).not.toBe('1')
  })

  it('turns, nests and finds', async () => {
    const page = await openPage(address(small))
    await page.getByRole('button', { name: 'Nest' }).click()
    await page.getByRole('button', { name: 'model. 2' }).waitFor()
    await page.getByRole('searchbox', { name: 'Find a row' }).fill('depth')
    await page.getByRole('rowheader', { name: 'val/loss' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Turn' }).click()
    await page.getByRole('columnheader', { name: 'model.depth' }).waitFor()
    await page.getByRole('rowheader', { name: 'third' }).waitFor()
    expect(await page.getByRole('columnheader').count()).toBe(2)
  })

  it('compares 50 runs by as many requests as two, and draws those in view alone', async () => {
    const asked: string[] = []
    const page = await openPage('about:blank')
    page.on('request', (request) => {
      if (/\/api\//.test(request.url()) && !request.url().includes('/events')) asked.push(request.url())
    })
    await page.goto(address(many, { n: 50 }))
    await page.getByRole('rowheader', { name: 'seed' }).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    const ofLens = asked.filter((url) => /runs\/(query|facets|search)|metrics|artifacts|datasets/.test(url))
    expect(ofLens.length, ofLens.join('\n')).toBeLessThanOrEqual(8)
    expect(await page.getByRole('grid').getAttribute('aria-colcount')).toBe('51')
    expect(await page.getByRole('columnheader').count()).toBeLessThan(20)
    await page.getByRole('columnheader').nth(1).focus()
    await page.keyboard.press('End')
    await page.getByRole('columnheader', { name: 'run-0' }).waitFor()
  })

  it('says how to choose runs where there are none to compare, and tells a failure in place', async () => {
    const page = await openPage(address(small, { sel: [ids[0]] }))
    await page.getByRole('heading', { name: 'Two runs make a comparison' }).waitFor()
    await page.route('**/runs/facets', (route) => route.abort())
    await page.goto(address(small, { n: 3 }))
    await page.getByText('The runs could not be compared.').waitFor({ timeout: 20_000 })
    await page.unroute('**/runs/facets')
    await page.getByRole('button', { name: 'Retry' }).first().click()
    await page.getByRole('rowheader', { name: 'val/loss' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it.each(['light', 'dark'] as const)('breaks no rule of WCAG in the %s theme', async (theme) => {
    const page = await openPage(address(small, { base: ids[0] ?? '', compare: { all: true } }), { theme })
    await page.getByRole('rowheader', { name: 'val/loss' }).waitFor()
    expect(await brokenRules(page)).toEqual([])
    await page.getByRole('button', { name: 'Read prompt' }).first().click()
    await page.getByRole('dialog').waitFor()
    expect(await brokenRules(page)).toEqual([])
  })
})
