import { isIPv4, isIPv6 } from 'node:net'

/** A host as a Host header, an origin or a pattern spells it: IPv6 addresses in brackets, the port '' where absent. */
interface HostAndPort {
  readonly name: string
  readonly port: string
}

/**
 * A test of Host headers against patterns: exact names or with `*` for any text, with a port or for all ports. A
 * pattern of digits and stars (`192.168.*`) means addresses, so that it lets no name in (`192.168.evil.example`),
 * which MLflow's does.
 */
export function hostMatcher(patterns: readonly string[]): (host: string) => boolean {
  if (patterns.includes('*')) return () => true
  const tests = patterns.map((pattern) => {
    const { name, port } = splitHost(pattern.toLowerCase())
    const matchesName = globMatcher(name)
    const meansAddress = /^[\d.*]+$/.test(name)
    return (host: HostAndPort): boolean =>
      (port === '' || port === '*' || port === host.port) &&
      matchesName(host.name) &&
      (!meansAddress || isIPv4(host.name))
  })
  return (header) => {
    const host = splitHost(header.toLowerCase())
    return tests.some((matches) => matches(host))
  }
}

/**
 * Whether a Host header names this machine or an address of a private network, with any port: what MLflow allows by
 * default (RFC 1918 and RFC 4193). No name but `localhost` can, as its owner decides where a name points.
 */
export function isPrivateHost(header: string): boolean {
  const { name } = splitHost(header.toLowerCase())
  if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]' || name === '0.0.0.0') return true
  if (isIPv4(name)) {
    const [first, second] = name.split('.').map(Number)
    if (first === 10) return true
    if (first === 192) return second === 168
    return first === 172 && second !== undefined && second >= 16 && second <= 31
  }
  return /^\[f[cd][\da-f]{2}:/.test(name) && isIPv6(name.slice(1, -1))
}

/** A test of Origin headers against patterns: exact origins or with `*` for any text. */
export function originMatcher(patterns: readonly string[]): (origin: string) => boolean {
  const tests = patterns.map((pattern) => globMatcher(pattern.toLowerCase()))
  return (origin) => tests.some((matches) => matches(origin.toLowerCase()))
}

/** The host and port of a web page's origin; undefined for `null` and for anything that is not one origin. */
export function hostOfOrigin(origin: string): string | undefined {
  return /^https?:\/\/(\[[\da-f:.]+\]|[^\s/:,@[\]]+)(:\d+)?$/i.test(origin)
    ? origin.slice(origin.indexOf('://') + 3).toLowerCase()
    : undefined
}

/** Whether an origin is a page served by this machine, on any port. */
export function isLocalOrigin(origin: string): boolean {
  const host = hostOfOrigin(origin)
  if (host === undefined) return false
  const { name } = splitHost(host)
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]'
}

function splitHost(host: string): HostAndPort {
  const [, name = host, port = ''] = /^(\[[^\]]*\]|[^:]*):(\d+|\*)$/.exec(host) ?? []
  return { name, port }
}

function globMatcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text === pattern
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('[^]*')}$`)
  return (text) => expression.test(text)
}
