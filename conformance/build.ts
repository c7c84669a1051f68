import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Builds the command that tests start as users do. */
export function setup(): void {
  execFileSync(join(import.meta.dirname, '../node_modules/.bin/tsc'), ['-b'], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
  })
}
