import { setup as build } from './build.ts'
import { pythonEnvironment } from './python-environment.ts'

/** Builds the command that the clients are driven against, and makes their Python environments. */
export async function setup(): Promise<void> {
  if (process.env['CONFORMANCE_TRACKING_URI'] === undefined) build()
  await Promise.all(['python', 'python-2.1', 'python-1.30'].map((folder) => pythonEnvironment(folder)))
}
