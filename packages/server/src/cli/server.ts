import { setTimeout as sleep } from 'node:timers/promises'

import { parseServerConfig } from '../config.ts'
import { toStartupError } from '../startup-error.ts'
import { announce, tell } from './server-output.ts'
import { stopSignal } from './stop-signal.ts'

/**
 * `trackway server`: serves until SIGTERM or SIGINT, then finishes the requests that it has taken.
 * @returns the exit code: 0 after a clean stop, 1 where the server could not start.
 * @throws UsageError where the arguments or the environment are wrong.
 */
export async function runServer(argv: readonly string[]): Promise<number> {
  const config = parseServerConfig(argv, process.env, process.cwd())
  for (const notice of config.notices) tell(config, 'warn', notice)
  // Whoever read the output may be gone (`trackway server | head`): the server goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  if (config.workers > 1) {
    const { runWorkers } = await import('./workers/run-workers.ts')
    return await runWorkers(config)
  }
  const stopped = stopSignal(config, (code) => process.exit(code))
  try {
    const { createApp } = await import('../app.ts')
    const app = await createApp(config)
    try {
      const { url } = await app.listen()
      announce(config, url)
      await stopped
      if (config.shutdownDelay > 0) {
        app.retire()
        await sleep(config.shutdownDelay)
      }
    } finally {
      await app.close()
    }
    return 0
  } catch (error) {
    const failure = toStartupError(error, config)
    if (failure === undefined) throw error
    tell(config, 'fatal', failure.message)
    return 1
  }
}
