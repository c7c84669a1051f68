import { addressFlag, addressText, soundValues } from '../shell/address-values.ts'

/** What the pages of the registry keep in the address; each takes what is sound and leaves out the rest. */
export interface ModelsSearch {
  /** Words of a name, or a filter in MLflow's language. */
  readonly q?: string
  readonly order?: 'name DESC' | 'last_updated_timestamp DESC' | 'last_updated_timestamp ASC'
}

export const modelTabs = ['versions', 'activity', 'settings'] as const
export interface ModelSearch {
  readonly tab?: (typeof modelTabs)[number]
  /** Metrics of the source runs that are shown, in order; chosen by the page when absent. */
  readonly cols?: readonly string[]
}

export const versionTabs = ['overview', 'files', 'lineage', 'activity', 'requests'] as const
export interface VersionSearch {
  readonly tab?: (typeof versionTabs)[number]
  /** The file or folder that is open. */
  readonly path?: string
}

export interface CompareVersionsSearch {
  /** Versions; the first is what the others are compared with. */
  readonly v?: readonly string[]
  /** Shows what is the same, too. */
  readonly all?: boolean
  /** The version whose files are shown against those of the first. */
  readonly against?: string
}

export interface RequestsSearch {
  readonly closed?: boolean
}

export interface LoggedModelsSearch {
  readonly q?: string
}

export const loggedModelTabs = ['overview', 'files', 'lineage'] as const
export interface LoggedModelSearch {
  readonly tab?: (typeof loggedModelTabs)[number]
  readonly path?: string
}

type Raw = Readonly<Record<string, unknown>>

export function parseModelsSearch({ q, order }: Raw): ModelsSearch {
  const orders = ['name DESC', 'last_updated_timestamp DESC', 'last_updated_timestamp ASC'] as const
  return soundValues({ q: addressText(q), order: oneOf(orders, order) })
}

export function parseModelSearch({ tab, cols }: Raw): ModelSearch {
  return soundValues({ tab: oneOf(modelTabs, tab), cols: Array.isArray(cols) ? texts(cols) : undefined })
}

export function parseVersionSearch({ tab, path }: Raw): VersionSearch {
  return soundValues({ tab: oneOf(versionTabs, tab), path: addressText(path) })
}

export function parseCompareVersionsSearch({ v, all, against }: Raw): CompareVersionsSearch {
  const chosen = [...new Set(texts(Array.isArray(v) ? v : [v]))]
  return soundValues({
    v: chosen.length > 0 ? chosen : undefined,
    all: addressFlag(all),
    against: addressText(against),
  })
}

export function parseRequestsSearch({ closed }: Raw): RequestsSearch {
  return soundValues({ closed: addressFlag(closed) })
}

export function parseLoggedModelsSearch({ q }: Raw): LoggedModelsSearch {
  return soundValues({ q: addressText(q) })
}

export function parseLoggedModelSearch({ tab, path }: Raw): LoggedModelSearch {
  return soundValues({ tab: oneOf(loggedModelTabs, tab), path: addressText(path) })
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.map(addressText).filter((one) => one !== undefined)
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value)
}
