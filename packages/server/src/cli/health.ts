import { serverFlags } from '../config.ts'
import { readFlags, UsageError } from '../flags.ts'
import type { FlagReading, Flags } from '../flags.ts'
import type { Command } from './command.ts'
import { processTerminal } from './terminal/terminal.ts'
import type { Terminal } from './terminal/terminal.ts'

const healthFlags = {
  url: {
    name: 'url',
    type: 'string',
    placeholder: 'URL',
    help: 'Address of the server. Default: the one on this machine that the environment describes, as for trackway server.',
  },
  ready: {
    name: 'ready',
    type: 'boolean',
    help: 'Asks whether requests can be served: the database answers and is migrated. Without it: whether the server answers at all.',
  },
  timeout: {
    name: 'timeout',
    type: 'integer',
    min: 1,
    max: 600,
    default: 3,
    placeholder: 'SECONDS',
    help: 'How long the answer may take.',
  },
} as const satisfies Flags

const addressFlags = {
  host: serverFlags.host,
  port: serverFlags.port,
  staticPrefix: serverFlags.staticPrefix,
} as const satisfies Flags

/** `trackway health`: what a container's health check runs, as images have neither curl nor wget. */
export const health: Command = {
  name: 'health',
  summary: 'Tell whether a server answers, for health checks.',
  description: [
    'The exit code is 0 where it does, and 1 where it does not, does so with an error, or takes too long. ' +
      'What is wrong is written to the error output.',
  ],
  examples: [
    { what: 'the server that runs beside it, by its MLFLOW_HOST and MLFLOW_PORT', line: 'trackway health' },
    { what: 'whether it can take requests', line: 'trackway health --ready --url https://ml.example.com' },
  ],
  flagGroups: [
    { title: 'Flags', flags: healthFlags },
    { title: 'Where the server listens', flags: addressFlags },
  ],
  run: runHealth,
}

async function runHealth(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, sources } = readFlags({ ...healthFlags, ...addressFlags }, argv, terminal.env)
  const url = `${values.url === undefined ? ownAddress(values) : checked(values.url, sources.url)}${
    values.ready ? '/ready' : '/health'
  }`
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(values.timeout * 1000), redirect: 'error' })
    if (reply.ok) return 0
    const said = (await reply.text()).trim().slice(0, 500)
    terminal.warn(`trackway: ${url} answers ${reply.status}${said === '' ? '.' : `: ${said}`}`)
  } catch (error) {
    terminal.warn(`trackway: ${url} does not answer: ${reasonOf(error, values.timeout)}.`)
  }
  return 1
}

type Address = FlagReading<typeof addressFlags>['values']

function ownAddress({ host, port, staticPrefix = '' }: Address): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const reachable = bare === '0.0.0.0' || bare === '::' ? '127.0.0.1' : bare
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}${staticPrefix}`
}

function checked(given: string, source = '--url'): string {
  const url = URL.parse(given)
  if (url !== null && /^https?:$/.test(url.protocol)) return given.replace(/\/+$/, '')
  throw new UsageError(`${source} takes the address of a server, such as http://127.0.0.1:5000, got '${given}'.`)
}

function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing came for ${timeout} s`
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message
}
