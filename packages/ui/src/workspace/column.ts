import type { RunColumn } from './run-queries.ts'

/** A column of runs, as the address names it: `metrics.loss`, `min(metrics.loss)`, `params.lr`, `attributes.duration`. */
export interface Column {
  readonly id: string
  /** The field in the language of filters: `metrics.loss`. */
  readonly field: string
  readonly kind: 'metric' | 'param' | 'tag' | 'attribute'
  readonly key: string
  readonly value: 'LAST' | 'MIN' | 'MAX' | 'COUNT'
}

const kinds = { metrics: 'metric', params: 'param', tags: 'tag', attributes: 'attribute' } as const
const written = /^(?:(min|max|count)\((.*)\)|(.*))$/s
const parts = /^(metrics|params|tags|attributes)\.(?:`(.*)`|"(.*)"|(.*))$/s

/** Attributes that a table can show; runs come with them, whatever columns are asked for. */
export const attributeNames: Readonly<Record<string, string>> = {
  start_time: 'Created',
  duration: 'Duration',
  end_time: 'Ended',
  status: 'Status',
  run_id: 'Run id',
  experiment_id: 'Experiment',
  user_id: 'User',
}

/** The attributes that the server must be asked for by name. */
const askedAttributes: readonly string[] = ['user_id']

/** Undefined for a text that names none. */
export function parseColumn(id: string): Column | undefined {
  const [, value, inside, plain] = written.exec(id) ?? []
  const field = inside ?? plain ?? ''
  const [, prefix = '', ticked, doubled, bare] = parts.exec(field) ?? []
  const kind = kinds[prefix as keyof typeof kinds]
  const key = ticked?.replaceAll('``', '`') ?? doubled?.replaceAll('""', '"') ?? bare ?? ''
  if (kind === undefined || key === '') return undefined
  if (value !== undefined && kind !== 'metric') return undefined
  if (kind === 'attribute' && attributeNames[key] === undefined) return undefined
  return { id, field, kind, key, value: (value?.toUpperCase() ?? 'LAST') as Column['value'] }
}

/** The same field with another of its values. */
export function columnOf(field: string, value: Column['value'] = 'LAST'): string {
  return value === 'LAST' ? field : `${value.toLowerCase()}(${field})`
}

/** What stands in a column's header. */
export function columnName({ kind, key }: Column): string {
  if (kind === 'attribute') return attributeNames[key] ?? key
  return kind === 'tag' && key === 'mlflow.source.name' ? 'Source' : key
}

/** The columns that the server must be asked for: at most so many as it gives at once. */
export function askedColumns(columns: readonly Column[]): readonly RunColumn[] {
  return columns
    .filter(({ kind, key }) => kind !== 'attribute' || askedAttributes.includes(key))
    .slice(0, 100)
    .map(({ field, value }) => (value === 'LAST' ? { field } : { field, value }))
}

/** Whether runs can be ordered by a column. */
export function isSortable({ kind, key }: Column): boolean {
  return kind !== 'attribute' || key !== 'duration'
}

export interface Order {
  readonly column: string
  readonly isDescending: boolean
}

/** An order as the address has it: `min(metrics.loss) DESC`. */
export function parseOrder(order: string | undefined): Order | undefined {
  if (order === undefined) return undefined
  const [, column = order, direction] = /^(.*?)\s+(ASC|DESC)$/is.exec(order) ?? []
  return { column, isDescending: direction?.toUpperCase() === 'DESC' }
}

export function orderText({ column, isDescending }: Order): string {
  return `${column} ${isDescending ? 'DESC' : 'ASC'}`
}
