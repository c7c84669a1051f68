import type { ServerConfig } from '../config.ts'
import { describeDatabase } from '../data-location.ts'
import { TRACKWAY_VERSION } from '../version.ts'
import { startMessage } from './start-message.ts'

/** Says once that the server is up, and where. */
export function announce(config: ServerConfig, url: string): void {
  const hasColours = process.stdout.isTTY && !process.env['NO_COLOR']
  if (config.jsonLogs) {
    const { artifactsDestination } = config
    const database = describeDatabase(config.database)
    log('info', `Trackway ${TRACKWAY_VERSION} listens on ${url}`, { url, database, artifactsDestination })
  } else {
    process.stdout.write(startMessage(config, url, hasColours))
  }
}

/** Tells whoever runs the server one sentence. */
export function tell(config: Pick<ServerConfig, 'jsonLogs'>, level: Level, message: string): void {
  if (config.jsonLogs) log(level, message)
  else process.stderr.write(`trackway: ${message}\n`)
}

export type Level = keyof typeof levels
const levels = { info: 30, warn: 40, fatal: 60 } as const

/** A line as pino writes it; pino itself is not loaded here, as it would delay the sentence of a failed start. */
function log(level: Level, msg: string, details: object = {}): void {
  const stream = level === 'fatal' ? process.stderr : process.stdout
  stream.write(`${JSON.stringify({ level: levels[level], time: Date.now(), ...details, msg })}\n`)
}
