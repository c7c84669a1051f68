import type { ServerConfig } from '../config.ts'
import { tell } from './server-output.ts'

/**
 * Resolves at the first SIGTERM or SIGINT.
 * @param stopAtOnce is called at the second, with the exit code that tells of the signal.
 */
export function stopSignal(config: Pick<ServerConfig, 'jsonLogs'>, stopAtOnce: (code: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) return stopAtOnce(signal === 'SIGINT' ? 130 : 143)
      isStopping = true
      tell(config, 'info', 'Finishing what has been taken; a second signal stops at once.')
      return resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}
