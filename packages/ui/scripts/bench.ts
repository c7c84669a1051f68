/**
 * The web UI beside MLflow's, in a real Chromium, on the same data. Fails where Trackway misses a gate of its own.
 *
 *     npm run bench:ui -- --target trackway=http://127.0.0.1:5000 --target mlflow=http://127.0.0.1:5001
 *
 * A target named mlflow… is measured at MLflow's addresses, any other at Trackway's. Each is filled by MLflow's API when
 * it has not been before, which takes minutes; the large table is Trackway's alone, as filling MLflow with
 * it takes a quarter of an hour. Figures are medians of the rounds.
 */
import { parseArgs } from 'node:util'
import { createClient } from '@trackway/sdk'
import type { Browser } from 'playwright-core'
import { brokenRules } from '../src/test-axe.ts'
import { launchChromium } from '../src/test-chromium.ts'
import { visit, type Visit, type VisitOptions } from './bench/page-visit.ts'
import { mlflowSite, pageNames, type Site, trackwaySite } from './bench/sites.ts'
import { fillWorkload, type Workload } from './bench/workload.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '10000' },
    points: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
  },
})
const rounds = Number(values.rounds)
const amounts = { runs: Number(values.runs), points: Number(values.points) }
const isReference = ({ name }: Site): boolean => name.startsWith('mlflow')
const sites = (values.target ?? []).map((text) => {
  const [name = '', url = ''] = text.split(/=(.*)/s)
  return name.startsWith('mlflow') ? mlflowSite(name, url) : trackwaySite(name, url)
})
if (sites.length === 0) throw new Error('Name the servers: --target NAME=URL, once for each.')

interface Measure {
  readonly title: string
  readonly of: (visit: Visit & { readonly seen: readonly string[] }) => number
  readonly unit: '' | 'KB' | 'ms'
  /** The most that Trackway may have; no gate when absent. */
  readonly gate?: number
}

interface Screen {
  readonly name: string
  /** Undefined where a site has no such page, or not the data for it. */
  readonly open: (site: Site, workload: Workload) => VisitOptions | undefined
  readonly measures: readonly Measure[]
  /** Whether axe looks at it, in the light theme and in the dark one; 'only' where nothing is measured. */
  readonly checked?: 'too' | 'only'
}

const nodes: Measure = { title: 'DOM nodes', of: (page) => page.nodes, unit: '', gate: 1500 }
const axeRules: Measure = { title: 'axe rules broken', of: ({ seen }) => seen.length, unit: '', gate: 0 }

const screens: readonly Screen[] = [
  {
    name: 'runs page, 100 runs, cold',
    open: (site, { table100 }) => ({ url: site.table(table100), marks: site.cell }),
    measures: [
      { title: 'requests', of: ({ requests }) => requests, unit: '', gate: 15 },
      { title: 'JS on the wire', of: ({ jsBytes }) => jsBytes / 1000, unit: 'KB', gate: 220 },
      { title: 'all on the wire', of: ({ allBytes }) => allBytes / 1000, unit: 'KB', gate: 450 },
      { title: 'first row', of: ({ shownMs }) => shownMs, unit: 'ms', gate: 1500 },
      { title: 'last change', of: ({ changedMs }) => changedMs, unit: 'ms' },
      { title: 'idle main thread', of: ({ idleMs }) => idleMs, unit: 'ms', gate: 1500 },
      nodes,
      axeRules,
    ],
    checked: 'too',
  },
  {
    name: 'runs page, 300 runs',
    open: (site, { table300 }) => ({ url: site.table(table300), marks: site.cell }),
    measures: [nodes],
  },
  {
    name: `runs page, ${amounts.runs} runs`,
    open: (site, { tableLarge }) =>
      tableLarge === undefined ? undefined : { url: site.table(tableLarge), marks: site.cell },
    measures: [
      { title: 'first row', of: ({ shownMs }) => shownMs, unit: 'ms', gate: 1500 },
      { title: 'last change', of: ({ changedMs }) => changedMs, unit: 'ms' },
      { title: 'idle main thread', of: ({ idleMs }) => idleMs, unit: 'ms', gate: 1500 },
      nodes,
    ],
  },
  {
    name: `six charts, 100 runs × ${amounts.points} points`,
    // All six are to be seen.
    open: (site, { curves }) => ({
      url: site.charts(curves, 100),
      marks: site.chart,
      count: site.chartsAtOnce,
      width: 1920,
      height: 2000,
    }),
    measures: [
      { title: 'drawn', of: ({ idleMs }) => idleMs, unit: 'ms', gate: 3000 },
      { title: 'longest block', of: ({ longestTaskMs }) => longestTaskMs, unit: 'ms', gate: 200 },
      { title: 'requests for data', of: ({ dataRequests }) => dataRequests, unit: '' },
      axeRules,
    ],
    checked: 'too',
  },
  {
    name: 'charts, 10 runs × 1,000 metrics',
    open: (site, { wide }) => ({ url: site.charts(wide, 10), marks: site.chart }),
    measures: [
      { title: 'first chart', of: ({ shownMs }) => shownMs, unit: 'ms', gate: 3000 },
      { title: 'usable (idle)', of: ({ idleMs }) => idleMs, unit: 'ms', gate: 3000 },
    ],
  },
  {
    name: 'comparison of 50 runs',
    open: (site, workload) => ({ url: site.compare(workload), marks: site.comparison }),
    measures: [{ title: 'requests for data', of: ({ dataRequests }) => dataRequests, unit: '', gate: 8 }, axeRules],
    checked: 'too',
  },
  ...pageNames.map((name): Screen => ({
    name,
    open: (site, workload) => site.page(name, workload),
    measures: [axeRules],
    checked: 'only',
  })),
]

const workloads = new Map<Site, Workload>()
for (const site of sites) {
  const client = createClient({ baseUrl: site.url, timeoutMs: 600_000 })
  const tell = (line: string): void => void process.stderr.write(`${site.name}: ${line}\n`)
  workloads.set(site, await fillWorkload(client, isReference(site) ? { ...amounts, runs: 0 } : amounts, tell))
}

const missed: string[] = []
process.stdout.write(`${row(['', ...sites.map(({ name }) => name), 'gate'])}\n`)
for (const screen of screens.filter(({ name }) => name.includes(values.only))) {
  const visits = new Map<Site, NonNullable<Awaited<ReturnType<typeof measure>>>>()
  for (const site of sites) {
    const found = await measure(site, screen)
    if (found) visits.set(site, found)
  }
  process.stdout.write(`${screen.name}\n`)
  for (const { title, of, unit, gate } of screen.measures) {
    const figures = sites.map((site) => {
      const found = visits.get(site)
      if (!found) return '–'
      if (!Array.isArray(found)) return found.failure
      const figure = median(found.map(of))
      const isMissed = gate !== undefined && figure > gate && !isReference(site)
      if (isMissed) missed.push(`${screen.name}: ${title} ${Math.round(figure)} of ${gate}`)
      return `${Math.round(figure)} ${unit}${isMissed ? ' ✗' : ''}`
    })
    process.stdout.write(`${row([`  ${title}`, ...figures, gate === undefined ? '' : `≤ ${gate} ${unit}`])}\n`)
  }
  for (const [site, found] of visits) {
    if (!Array.isArray(found) && !isReference(site)) missed.push(`${screen.name}: ${found.failure}`)
    const rules = Array.isArray(found) ? [...new Set(found.flatMap(({ seen }) => seen))] : []
    if (!isReference(site)) for (const rule of rules) process.stderr.write(`${site.name}: ${rule}\n`)
  }
}
if (missed.length > 0) {
  process.stderr.write(`\nMissed:\n${missed.map((line) => `  ${line}\n`).join('')}`)
  process.exitCode = 1
}

type Measured = Visit & { readonly seen: readonly string[] }

/** The visits of all rounds, each in a browser of its own; what went wrong where a page does not come to rest. */
async function measure(
  site: Site,
  { open, checked }: Screen,
): Promise<Measured[] | { readonly failure: string } | undefined> {
  const workload = workloads.get(site)
  if (workload === undefined) throw new Error(`${site.name} was not filled.`)
  const page = open(site, workload)
  if (page === undefined) return undefined
  const found: Visit[] = []
  const rules = new Set<string>()
  const look = async (theme: 'light' | 'dark', isChecked: boolean): Promise<void> => {
    const browser: Browser = await launchChromium()
    try {
      const { seen, ...costs } = await visit(browser, { ...page, theme }, isChecked ? brokenRules : async () => [])
      for (const rule of seen) rules.add(rule)
      if (theme === 'light') found.push(costs)
    } finally {
      await browser.close()
    }
  }
  try {
    // Axe looks once at each theme: its answer does not change.
    for (let round = 0; round < (checked === 'only' ? 1 : rounds); round++) {
      await look('light', checked !== undefined && round === 0)
    }
    if (checked !== undefined) await look('dark', true)
  } catch (error) {
    const [line = ''] = String(error).split('\n')
    process.stderr.write(`${site.name}: ${line}\n`)
    return { failure: 'failed' }
  }
  // A rule that is broken in several places or in both themes counts once.
  const names = [...new Map([...rules].map((rule) => [rule.split(':', 1)[0], rule])).values()]
  return found.map((one) => ({ ...one, seen: names }))
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(14))).join('')
}
