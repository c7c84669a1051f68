import type { VisitOptions } from './page-visit.ts'
import type { Workload } from './workload.ts'

/** A server that is measured, and how its pages are reached. */
export interface Site {
  readonly name: string
  readonly url: string
  /** The page of an experiment's runs. */
  readonly table: (experimentId: string) => string
  readonly charts: (experimentId: string, runs: number) => string
  readonly compare: (workload: Workload) => string
  /** A cell of the runs table. */
  readonly cell: string
  /** A chart that has been drawn, and how many of six one sees at first. */
  readonly chart: string
  readonly chartsAtOnce: number
  /** What a comparison shows. */
  readonly comparison: string
  /** A page that is looked at for its accessibility alone; undefined where a site has none of the kind. */
  readonly page: (name: PageName, workload: Workload) => VisitOptions | undefined
}

export const pageNames = [
  'experiments',
  'table beside charts',
  'plots',
  'images',
  'artifacts of runs',
  'run',
  'run metrics',
  'models',
  'requests',
  'trash',
  'settings',
] as const
export type PageName = (typeof pageNames)[number]

/** Trackway's pages; the address is the view. */
export function trackwaySite(name: string, url: string): Site {
  const runs = (id: string, search: Record<string, unknown> = {}): string => {
    const query = Object.entries(search).map(
      ([key, value]) => `${key}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`,
    )
    return `${url}/experiments/${id}/runs${query.length > 0 ? `?${query.join('&')}` : ''}`
  }
  return {
    name,
    url,
    table: (id) => runs(id, { lens: 'table' }),
    charts: (id, n) => runs(id, { lens: 'charts', n }),
    compare: ({ table100, compared }) => runs(table100, { lens: 'compare', sel: compared }),
    cell: '[role="grid"] [role="gridcell"]',
    chart: '[role="application"][aria-roledescription="chart"]',
    chartsAtOnce: 6,
    comparison: 'main table td, main [role="grid"] [role="gridcell"]',
    page: (page, { table100, curves, compared: [run = ''] }) => {
      const ofRun = `${url}/experiments/${table100}/runs/${run}`
      const addresses: Record<PageName, string> = {
        experiments: `${url}/experiments`,
        'table beside charts': runs(curves, { lens: 'split' }),
        plots: runs(table100, { lens: 'plots' }),
        images: runs(table100, { lens: 'images' }),
        'artifacts of runs': runs(table100, { lens: 'artifacts' }),
        run: ofRun,
        'run metrics': `${ofRun}/charts/`,
        models: `${url}/models`,
        requests: `${url}/requests`,
        trash: `${url}/trash`,
        settings: `${url}/settings`,
      }
      return { url: addresses[page], marks: 'main *' }
    },
  }
}

/** MLflow's pages. Its charts show the first ten runs until one asks for more. */
export function mlflowSite(name: string, url: string): Site {
  const list = (values: readonly string[]): string => encodeURIComponent(JSON.stringify(values))
  return {
    name,
    url,
    table: (id) => `${url}/#/experiments/${id}/runs`,
    charts: (id) => `${url}/#/experiments/${id}/runs?compareRunsMode=CHART`,
    compare: ({ table100, compared }) => `${url}/#/compare-runs?runs=${list(compared)}&experiments=${list([table100])}`,
    cell: '[role="gridcell"]',
    chart: '.js-plotly-plot',
    chartsAtOnce: 1,
    comparison: 'table td, [role="gridcell"]',
    page: (page, { table100, compared: [run = ''] }) => {
      const ofRun = `${url}/#/experiments/${table100}/runs/${run}`
      const addresses: Partial<Record<PageName, string>> = {
        experiments: `${url}/#/experiments`,
        run: ofRun,
        'run metrics': `${ofRun}/model-metrics`,
        models: `${url}/#/models`,
      }
      const address = addresses[page]
      return address === undefined ? undefined : { url: address, marks: 'main *' }
    },
  }
}
