/**
 * The path of a page for a hash address of MLflow's UI, which its clients print after each run and people have kept:
 * `#/experiments/1/runs/2` is `/experiments/1/runs/2`. Undefined where it is none.
 * @param hash as `location.hash` has it
 */
export function pathOfOldAddress(hash: string): string | undefined {
  if (!hash.startsWith('#/')) return undefined
  const [path = '', query = ''] = hash.slice(1).split('?', 2)
  const parts = path.split('/').filter((part) => part !== '')
  const search = new URLSearchParams(query)
  const [page, ...rest] = parts
  switch (page) {
    case undefined:
      return '/'
    case 'experiments':
      return experimentPath(rest)
    case 'runs':
      return rest[0] === undefined ? '/experiments' : `/open-run/${rest[0]}`
    case 'metric':
      return metricPath(search)
    case 'models':
      return modelPath(rest)
    case 'compare-runs':
      return comparisonPath(search)
    case 'compare-experiments':
      return runsPath(jsonList(search.get('experiments')))
    case 'compare-model-versions':
      return versionsPath(search)
    case 'settings':
      return '/settings'
    default:
      return `/${parts.join('/')}`
  }
}

function experimentPath([id, page, ...rest]: readonly string[]): string {
  if (id === undefined) return '/experiments'
  if (page === 'models') return rest[0] === undefined ? `/experiments/${id}/models` : `/logged-models/${rest[0]}`
  if (page !== 'runs' || rest[0] === undefined) return `/experiments/${id}/runs`
  const [runId, tab, ...path] = rest
  const known: Readonly<Record<string, string>> = {
    artifacts: ['artifacts', ...path].join('/'),
    artifactPath: ['artifacts', ...path].join('/'),
    'model-metrics': 'charts',
    'system-metrics': 'system',
  }
  const shown = tab === undefined ? undefined : known[tab]
  return `/experiments/${id}/runs/${runId}${shown === undefined ? '' : `/${shown}`}`
}

function modelPath([name, page, version]: readonly string[]): string {
  if (name === undefined) return '/models'
  return page === 'versions' && version !== undefined ? `/models/${name}/versions/${version}` : `/models/${name}`
}

/** The chart of a metric had a page of its own; ours stands among the run's or the experiment's charts. */
function metricPath(search: URLSearchParams): string {
  const runs = jsonList(search.get('runs'))
  const experiments = jsonList(search.get('experiments'))
  return runs.length === 1 && experiments[0] !== undefined
    ? `/experiments/${experiments[0]}/runs/${runs[0]}/charts`
    : runsPath(experiments, runs, 'charts')
}

function comparisonPath(search: URLSearchParams): string {
  return runsPath(jsonList(search.get('experiments')), jsonList(search.get('runs')), 'compare')
}

function runsPath(experiments: readonly string[], runs: readonly string[] = [], lens?: string): string {
  const chosen = new URLSearchParams()
  if (experiments.length > 1) chosen.set('experiments', JSON.stringify(experiments))
  if (runs.length > 0) chosen.set('sel', JSON.stringify(runs))
  if (lens !== undefined) chosen.set('lens', lens)
  const path = experiments.length === 1 ? `/experiments/${experiments[0]}/runs` : '/runs'
  return chosen.size === 0 ? path : `${path}?${chosen}`
}

function versionsPath(search: URLSearchParams): string {
  const name = search.get('name')?.replaceAll('"', '')
  const versions: unknown = parsed(search.get('runs'))
  if (!name) return '/models'
  const numbers = typeof versions === 'object' && versions !== null ? Object.values(versions).map(String) : []
  return `/models/${encodeURIComponent(name)}/compare?v=${encodeURIComponent(JSON.stringify(numbers))}`
}

function jsonList(text: string | null): string[] {
  const list = parsed(text)
  return Array.isArray(list) ? list.map(String) : []
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
