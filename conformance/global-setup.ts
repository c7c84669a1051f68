import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pythonEnvironment } from './python-environment.ts'

/** Builds the command that the clients are driven against, and makes their Python environments. */
export async function setup(): Promise<void> {
  if (process.env['CONFORMANCE_TRACKING_URI'] === undefined) {
    execFileSync(join(import.meta.dirname, '../node_modules/.bin/tsc'), ['-b'], {
      cwd: join(import.meta.dirname, '..'),
      stdio: 'inherit',
    })
  }
  await Promise.all([pythonEnvironment('python'), pythonEnvironment('python-2.1')])
}
