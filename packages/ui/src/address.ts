import { useSyncExternalStore } from 'react'

/** What the page's address names: `#/experiments/<id>/runs/<id>`, as MLflow's clients print it. */
export interface Address {
  readonly experimentId?: string
  readonly runId?: string
}

/** Reads the part behind `#`. What follows the known segments, such as MLflow's tabs, is ignored. */
export function parseAddress(hash: string): Address {
  const path = hash.replace(/^#?\/*/, '').split('?')[0] ?? ''
  const [experiments, experimentId, runs, runId] = path.split('/').map(decodeSegment)
  if (experiments !== 'experiments' || !experimentId) return {}
  return runs === 'runs' && runId ? { experimentId, runId } : { experimentId }
}

export function addressOf({ experimentId, runId }: Address): string {
  if (experimentId === undefined) return '#/'
  const experiment = `#/experiments/${encodeURIComponent(experimentId)}`
  return runId === undefined ? experiment : `${experiment}/runs/${encodeURIComponent(runId)}`
}

export function useAddress(): Address {
  return parseAddress(useSyncExternalStore(subscribe, () => location.hash))
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
