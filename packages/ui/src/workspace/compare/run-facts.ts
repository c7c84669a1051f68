import { metricWeight } from '@trackway/sdk'
import { compareNames } from '../../controls/display-text.ts'
import type { Facet } from '../run-queries.ts'
import type { ShownRun } from '../shown-runs.ts'
import type { Fact } from './fact.ts'

type ComparedFacet = Pick<Facet, 'kind' | 'key' | 'field'>

/** Of each run, what it used in which context. */
export type Datasets = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What is told as a run's own, of tags that clients set. */
const attributeTags: Readonly<Record<string, string>> = {
  'mlflow.user': 'User',
  'mlflow.source.name': 'Source',
  'mlflow.source.type': 'Source type',
  'mlflow.source.git.branch': 'Branch',
  'mlflow.source.git.commit': 'Commit',
  'mlflow.project.entryPoint': 'Entry point',
  'mlflow.parentRunId': 'Parent run',
  'mlflow.note.content': 'Description',
}

/** What can be compared, the most important first: metrics on held-out data, then by name. */
export function comparedFacets<T extends ComparedFacet>(facets: readonly T[]): readonly T[] {
  const kinds = ['METRIC', 'PARAM', 'TAG', 'ATTRIBUTE']
  const hasUserTag = facets.some(({ kind, key }) => kind === 'TAG' && key === 'mlflow.user')
  const isOwn = ({ kind, key }: ComparedFacet): boolean => {
    // What comes with every run is not asked for; clients tell the user by a tag, only old ones by the attribute.
    if (kind === 'ATTRIBUTE') return key === 'user_id' && !hasUserTag
    return kind !== 'TAG' || !/^(mlflow|trackway)\./.test(key) || attributeTags[key] !== undefined
  }
  return facets
    .filter(isOwn)
    .toSorted(
      (one, other) =>
        kinds.indexOf(one.kind) - kinds.indexOf(other.kind) ||
        (one.kind === 'METRIC' ? metricWeight(other.key) - metricWeight(one.key) : 0) ||
        compareNames(one.key, other.key),
    )
}

/** Facts of values as the server gives them. */
export function factsOf(
  runs: readonly ShownRun[],
  facets: readonly ComparedFacet[],
  byRun: ReadonlyMap<string, readonly unknown[]>,
  datasets: Datasets,
): readonly Fact[] {
  const attributes: Fact[] = [
    {
      id: 'status',
      group: 'Attributes',
      name: 'Status',
      kind: 'text',
      values: runs.map(({ status }) => sentence(status)),
    },
    {
      id: 'start_time',
      group: 'Attributes',
      name: 'Started',
      kind: 'time',
      values: runs.map(({ startTime }) => startTime),
    },
    { id: 'duration', group: 'Attributes', name: 'Duration', kind: 'duration', values: runs.map(durationOf) },
    {
      id: 'experiment_id',
      group: 'Attributes',
      name: 'Experiment id',
      kind: 'text',
      values: runs.map(({ experimentId }) => experimentId),
    },
  ]
  const logged = facets.map(({ kind, key, field }, place): Fact => {
    const values = runs.map(({ id }) => valueOf(byRun.get(id)?.[place], kind))
    const attribute = kind === 'ATTRIBUTE' ? 'User' : kind === 'TAG' ? attributeTags[key] : undefined
    if (attribute !== undefined) return { id: field, group: 'Attributes', name: attribute, kind: 'text', values }
    return { id: field, group: groupOf(kind), name: key, kind: kind === 'METRIC' ? 'metric' : 'text', values }
  })
  const contexts = [...new Set(runs.flatMap(({ id }) => Object.keys(datasets[id] ?? {})))].toSorted(compareNames)
  const used = contexts.map((context): Fact => {
    const values = runs.map(({ id }) => datasets[id]?.[context])
    return { id: `datasets.${context}`, group: 'Datasets', name: context, kind: 'text', values }
  })
  return [...logged, ...attributes, ...used]
}

function groupOf(kind: Facet['kind']): Fact['group'] {
  return kind === 'METRIC' ? 'Metrics' : kind === 'PARAM' ? 'Params' : 'Tags'
}

function valueOf(value: unknown, kind: Facet['kind']): string | number | undefined {
  if (value === null || value === undefined) return undefined
  return kind === 'METRIC' ? Number(value) : (value as string)
}

function durationOf({ startTime, endTime }: ShownRun): number | undefined {
  return endTime === undefined ? undefined : endTime - startTime
}

function sentence(status: string): string {
  return status.slice(0, 1) + status.slice(1).toLowerCase()
}
