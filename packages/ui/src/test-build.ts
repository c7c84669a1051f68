import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const uiFolder = fileURLToPath(new URL('..', import.meta.url))

/** Builds the UI that the browser tests' servers serve, once for all of them. */
export function setup(): void {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
  // Vitest's NODE_ENV would build React for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: uiFolder, env })
  if (built.status !== 0) throw new Error(`The UI could not be built: ${String(built.stderr)}`)
}
