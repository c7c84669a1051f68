/** What the page of experiments shows; it stands in the address. */
export interface ExperimentsSearch {
  /** Part of a name, or a filter in MLflow's language. */
  readonly q?: string
  /** Path of the open folder. */
  readonly folder?: string
  readonly sort?: ExperimentOrder
}

export const experimentOrders = ['activity', 'name', 'created', 'runs'] as const
export type ExperimentOrder = (typeof experimentOrders)[number]

export function parseExperimentsSearch(search: Readonly<Record<string, unknown>>): ExperimentsSearch {
  const { q, folder } = search
  const sort = experimentOrders.find((order) => order === search['sort'])
  return {
    ...((typeof q === 'string' || typeof q === 'number') && q !== '' && { q: String(q) }),
    ...((typeof folder === 'string' || typeof folder === 'number') && folder !== '' && { folder: String(folder) }),
    ...(sort && sort !== 'activity' && { sort }),
  }
}

/** Whether a search is a filter such as `tags.team = 'vision'` and no part of a name. */
export function isFilter(q: string): boolean {
  return (
    /^\s*(NOT\s|\()?\s*(tags?\.|attributes?\.|name\s|creation_time|last_update_time|`|")/i.test(q) &&
    /(=|<|>|LIKE|\sIN\b|\sIS\b)/i.test(q)
  )
}
