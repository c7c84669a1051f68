import { prefixes } from '@trackway/api'

const [canonical, ...others] = prefixes
// The longest first: one prefix may begin with another.
const rewritten = others.toSorted((a, b) => b.length - a.length).map((prefix) => `${prefix}/`)

/**
 * The address under which an endpoint is registered, of all those that it has: a route for each of them would make the
 * start and the idle server heavier by a half.
 */
export function canonicalUrl(url: string, staticPrefix: string): string {
  if (!url.startsWith(staticPrefix)) return url
  const prefix = rewritten.find((one) => url.startsWith(one, staticPrefix.length))
  return prefix === undefined ? url : `${staticPrefix}${canonical}/${url.slice(staticPrefix.length + prefix.length)}`
}
