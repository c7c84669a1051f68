import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openPage, startTestServer, type TestServer } from './test-server.ts'

const runs = 2000

/** The runs page may cost no more than this, however many runs there are. */
const gates = { requests: 15, jsKilobytes: 220, allKilobytes: 450, nodes: 1500, compareRequests: 7 }

describe('the runs page', () => {
  let server: TestServer
  let address: string
  let ids: readonly string[]

  beforeAll(async () => {
    server = await startTestServer()
    const { experiment_id: id } = await server.client.createExperiment({ name: 'many' })
    let next = 0
    const write = async (): Promise<void> => {
      for (let index = next++; index < runs; index = next++) await writeRun(server, id, index)
    }
    await Promise.all(Array.from({ length: 24 }, write))
    address = `${server.url}/experiments/${id}/runs`
    const found = await server.client.searchRuns({ experiment_ids: [id], max_results: 50 })
    ids = (found.runs ?? []).map(({ info }) => info.run_id)
  }, 120_000)

  it(`costs few requests and bytes, and few nodes with ${runs} runs, wherever one scrolls`, async () => {
    const page = await openPage('about:blank')
    const traffic = await followTraffic(page)
    await page.goto(`${address}?lens=table`)
    const grid = page.getByRole('grid')
    await grid.getByRole('gridcell').first().waitFor()
    await page.waitForTimeout(1500)

    expect(Number(await grid.getAttribute('aria-rowcount'))).toBe(runs + 1)
    expect(traffic.requests, traffic.urls.join('\n')).toBeLessThanOrEqual(gates.requests)
    expect(traffic.jsBytes / 1000).toBeLessThanOrEqual(gates.jsKilobytes)
    expect(traffic.allBytes / 1000).toBeLessThanOrEqual(gates.allKilobytes)
    expect(traffic.jsBytes).toBeGreaterThan(50_000)
    expect(await nodesOf(page)).toBeLessThanOrEqual(gates.nodes)

    // The last run is far below what was loaded first.
    await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
    await page.getByText('run-00000').waitFor()
    expect(await nodesOf(page)).toBeLessThanOrEqual(gates.nodes)
  }, 60_000)

  it('draws the first rows from its first answer, and asks for runs once more, for their values', async () => {
    const page = await openPage('about:blank')
    const traffic = await followTraffic(page)
    // The columns are known only when the facets are.
    await page.route('**/runs/facets', async (route) => {
      await page.getByRole('gridcell', { name: 'run-01999' }).waitFor()
      await route.continue()
    })
    await page.goto(`${address}?lens=table`)
    await page.getByRole('columnheader', { name: /accuracy/ }).waitFor()
    await page.waitForTimeout(500)
    expect(traffic.urls.filter((url) => url.endsWith('/runs/query'))).toHaveLength(2)
    expect(traffic.failed).toEqual([])
  })

  it('keeps its nodes few beside charts, wherever one scrolls', async () => {
    const page = await openPage('about:blank')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`${address}?lens=split`)
    await page.getByRole('application').first().waitFor()
    const grid = page.getByRole('grid', { name: 'Runs' })
    for (const share of [0, 0.3, 1]) {
      await scrollAll(page, share)
      await page.waitForTimeout(400)
      expect(await nodesOf(page), `scrolled to ${share}`).toBeLessThanOrEqual(gates.nodes)
    }
    await grid.getByText('run-00000').waitFor()
  })

  it('compares 50 runs by few requests', async () => {
    const page = await openPage('about:blank')
    const traffic = await followTraffic(page)
    await page.goto(`${address}?lens=compare&sel=${encodeURIComponent(JSON.stringify(ids))}`)
    await page.getByRole('grid').getByRole('gridcell').first().waitFor()
    await page.waitForTimeout(1500)
    // Each chart in sight asks for its curves.
    const facts = traffic.dataUrls.filter((url) => !url.endsWith('/metrics/series'))
    expect(facts.length, facts.join('\n')).toBeLessThanOrEqual(gates.compareRequests)
    expect(await page.getByRole('grid').getAttribute('aria-colcount')).toBe('51')
  })
})

async function writeRun({ client }: TestServer, experimentId: string, index: number): Promise<void> {
  const { run } = await client.createRun({
    experiment_id: experimentId,
    run_name: `run-${String(index).padStart(5, '0')}`,
    start_time: Date.UTC(2026, 0, 5) + index * 1000,
  })
  const values = ['loss', 'accuracy', 'f1', 'recall', 'precision', 'seconds']
  await client.logBatch({
    run_id: run.info.run_id,
    metrics: values.map((key, place) => ({ key, value: Math.sin(index + place), timestamp: 1, step: 0 })),
    params: ['model', 'optimizer', 'rate', 'batch'].map((key, place) => ({
      key,
      value: `${key} ${index % (place + 2)}`,
    })),
  })
}

async function nodesOf(page: Page): Promise<number> {
  return page.evaluate(() => document.getElementsByTagName('*').length)
}

/** Scrolls everything that can be: to this share of its height. */
async function scrollAll(page: Page, share: number): Promise<void> {
  await page.evaluate((part) => {
    for (const element of document.querySelectorAll('main *')) {
      const rest = element.scrollHeight - element.clientHeight
      if (rest > 0 && /auto|scroll/.test(getComputedStyle(element).overflowY)) element.scrollTo({ top: part * rest })
    }
  }, share)
}

interface Traffic {
  requests: number
  jsBytes: number
  allBytes: number
  readonly urls: string[]
  /** Of those that fetch data. */
  readonly dataUrls: string[]
  /** Of those that came to nothing. */
  readonly failed: string[]
}

/** Counts what the page asks for, in bytes on the wire. */
async function followTraffic(page: Page): Promise<Traffic> {
  const traffic: Traffic = { requests: 0, jsBytes: 0, allBytes: 0, urls: [], dataUrls: [], failed: [] }
  const scripts = new Set<string>()
  const urls = new Map<string, string>()
  const session = await page.context().newCDPSession(page)
  session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    if (!request.url.startsWith('http')) return
    traffic.requests += 1
    traffic.urls.push(request.url)
    urls.set(requestId, request.url)
    if (type === 'Fetch' || type === 'XHR') traffic.dataUrls.push(request.url)
    if (type === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    traffic.allBytes += encodedDataLength
    if (scripts.has(requestId)) traffic.jsBytes += encodedDataLength
  })
  session.on('Network.loadingFailed', ({ requestId }) => traffic.failed.push(urls.get(requestId) ?? ''))
  await session.send('Network.enable')
  return traffic
}
