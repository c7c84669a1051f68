import { parseServerConfig } from '../config.ts'
import type { ServerConfig } from '../config.ts'
import { toStartupError } from '../startup-error.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import { startMessage } from './start-message.ts'

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
  const stopped = stopSignal(config)
  try {
    const { createApp } = await import('../app.ts')
    const app = await createApp(config)
    try {
      const { url } = await app.listen()
      announce(config, url)
      await stopped
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

/** Resolves at the first signal to stop; the second ends the process at once. */
function stopSignal(config: ServerConfig): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143)
      isStopping = true
      tell(config, 'info', 'Finishing what has been taken; a second signal stops at once.')
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

function announce(config: ServerConfig, url: string): void {
  const hasColours = process.stdout.isTTY && !process.env['NO_COLOR']
  if (config.jsonLogs) {
    const { databaseFile, artifactsDestination } = config
    log('info', `Trackway ${TRACKWAY_VERSION} listens on ${url}`, { url, databaseFile, artifactsDestination })
  } else {
    process.stdout.write(startMessage(config, url, hasColours))
  }
}

function tell(config: ServerConfig, level: Level, message: string): void {
  if (config.jsonLogs) log(level, message)
  else process.stderr.write(`trackway: ${message}\n`)
}

type Level = keyof typeof levels
const levels = { info: 30, warn: 40, fatal: 60 } as const

/** A line as pino writes it; pino itself is not loaded here, as it would delay the sentence of a failed start. */
function log(level: Level, msg: string, details: object = {}): void {
  const stream = level === 'fatal' ? process.stderr : process.stdout
  stream.write(`${JSON.stringify({ level: levels[level], time: Date.now(), ...details, msg })}\n`)
}
