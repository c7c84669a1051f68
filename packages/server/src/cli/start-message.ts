import type { ServerConfig } from '../config.ts'
import { describeDatabase } from '../data-location.ts'
import { TRACKWAY_VERSION } from '../version.ts'

/** What a user reads when the server is up: its address, where data lies, how to point a client at it. */
export function startMessage(config: ServerConfig, url: string, hasColours: boolean): string {
  const bold = (text: string): string => (hasColours ? `\u001b[1m${text}\u001b[22m` : text)
  const cyan = (text: string): string => (hasColours ? `\u001b[36m${text}\u001b[39m` : text)
  const dim = (text: string): string => (hasColours ? `\u001b[2m${text}\u001b[22m` : text)

  const address = clientAddress(config, url)
  const isOpen = isEveryAddress(config.host)
  const artifacts = config.serveArtifacts
    ? config.artifactsDestination
    : `${config.defaultArtifactRoot} (clients write there themselves)`
  const lines = [
    `${bold(`Trackway ${TRACKWAY_VERSION}`)} at ${cyan(address)}${isOpen ? dim(' (on all network addresses)') : ''}`,
    '',
    `  Database   ${describeDatabase(config.database)}`,
    `  Artifacts  ${artifacts}`,
    `  Clients    ${bold(`export MLFLOW_TRACKING_URI=${address}`)}`,
  ]
  if (config.exposePrometheus) lines.push(`  Metrics    ${address}/metrics`)
  if (isOpen && config.allowedHosts.length === 0 && !config.disableSecurityMiddleware) {
    lines.push('', dim('  Reached by localhost and private addresses; --allowed-hosts lets more names in.'))
  }
  return `${lines.join('\n')}\n\n${dim('Stop with Ctrl+C.')}\n`
}

/** The address that a client on this machine uses: no client can connect to "all addresses". */
function clientAddress({ host, staticPrefix }: ServerConfig, url: string): string {
  const { protocol, port } = new URL(url)
  const reachable = isEveryAddress(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `${protocol}//${reachable}${port === '' ? '' : `:${port}`}${staticPrefix}`
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
