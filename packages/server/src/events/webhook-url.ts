import { isIP } from 'node:net'

import { invalidParameter } from '@trackway/api'

import { isPublicAddress } from './public-address.ts'

/** Where webhooks may be sent. */
export interface TargetRules {
  /** Such as https, without a colon. */
  readonly schemes: readonly string[]
  /** Whether receivers may lie on the server's own networks, where they could reach what is not meant for them. */
  readonly allowPrivateAddresses: boolean
}

const longestUrl = 2048

/** Says in a sentence why nothing is sent to a URL; undefined where it may be. Names are not resolved here. */
export function refusalOf(text: string, rules: TargetRules): string | undefined {
  const shown = JSON.stringify(text.slice(0, 200))
  if (text.length > longestUrl) return `Webhook URL is too long: ${text.length} characters, at most ${longestUrl}.`
  if (text.trim() === '') return `Webhook URL cannot be empty or just whitespace: ${shown}`
  // The parser would leave some of them out, and so send to another address than the one that is shown.
  if (/[\s\p{Cc}]/u.test(text)) return `Invalid webhook URL ${shown}: it must not hold spaces or control characters.`
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
  if (!rules.schemes.includes(scheme)) {
    return `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${rules.schemes.join(', ')}.`
  }
  // The parser would take 'https:/a' and 'https:a' for 'https://a'.
  const url = /^[^:]+:\/\/[^/?#]/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!url) return `Webhook URL must include a hostname: ${shown}`
  if (url.username !== '' || url.password !== '') {
    return 'Webhook URL must not hold a user or password: whoever may see webhooks would see them. Use a secret.'
  }
  return rules.allowPrivateAddresses ? undefined : refusalOfHost(url)
}

/** @throws ApiError INVALID_PARAMETER_VALUE */
export function checkWebhookUrl(text: string, rules: TargetRules): string {
  const refusal = refusalOf(text, rules)
  if (refusal !== undefined) throw invalidParameter(refusal)
  return text
}

/** A URL's host as sockets take it: without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** The parser has turned all spellings of IPv4 (`0x7f.1`, `2130706433`) into the usual one. */
function refusalOfHost(url: URL): string | undefined {
  const host = hostOf(url)
  if (isIP(host) === 0 ? !/(^|\.)localhost\.?$/.test(host) : isPublicAddress(host)) return undefined
  return notPublic('Webhook URL', host)
}

export function notPublic(what: string, where: string): string {
  return (
    `${what} leads to ${where}, which is not a public address. Who runs the server can allow such receivers ` +
    'with --webhook-allow-private-ips.'
  )
}
