import { readFileSync } from 'node:fs'

/** The MLflow version whose API is implemented; `/version` answers it because clients compare it with their own. */
export const MLFLOW_API_VERSION = '3.17.2'

/** Trackway's own version. The package's manifest lies one folder above both `src` and `dist`. */
export const TRACKWAY_VERSION: string = readVersion(new URL('../package.json', import.meta.url))

function readVersion(manifest: URL): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
