import { StartupError } from '../startup-error.ts'

/** A folder in a container of Azure Blob Storage. */
export interface AzureLocation {
  readonly account: string
  /** Address of the account's blob service, such as `https://account.blob.core.windows.net`. */
  readonly endpoint: string
  readonly container: string
  /** Names with slashes between them; '' is the whole container. */
  readonly prefix: string
}

/**
 * The place that a `wasbs://container@account.blob.core.windows.net/path` or
 * `abfss://filesystem@account.dfs.core.windows.net/path` URI names. A Data Lake account has a blob service beside its own.
 * The clouds of China and the US government and private links have other endings.
 * @throws StartupError
 */
export function azureLocation(uri: string): AzureLocation {
  const [, scheme = '', container = '', host = '', path = ''] =
    /^(wasbs|abfss):\/\/([^@/?#]+)@([a-z0-9.-]+)(?:\/([^?#]*))?$/i.exec(uri) ?? []
  const isDataLake = scheme.toLowerCase() === 'abfss'
  const [account = '', ...domain] = host.toLowerCase().split('.')
  const service = domain.indexOf(isDataLake ? 'dfs' : 'blob')
  if (account === '' || service < 0 || service === domain.length - 1 || domain.includes('')) {
    throw new StartupError(
      `'${uri}' names no place in Azure Blob Storage. Give wasbs://container@account.blob.core.windows.net/folder ` +
        'or abfss://filesystem@account.dfs.core.windows.net/folder.',
    )
  }
  const blobDomain = domain.with(service, 'blob')
  return {
    account,
    endpoint: `https://${[account, ...blobDomain].join('.')}`,
    container,
    // MLflow decodes the paths of the one scheme and not those of the other.
    prefix: (isDataLake ? decoded(path) : path).split('/').filter(Boolean).join('/'),
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
