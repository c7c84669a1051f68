import ipaddr from 'ipaddr.js'
import type { IPv4, IPv6 } from 'ipaddr.js'

/** The prefixes under which an IPv6 address stands for an IPv4 one, and at which byte that begins. */
const wrappings: readonly { readonly prefix: [IPv6, number]; readonly from: number }[] = [
  { prefix: [ipaddr.IPv6.parse('::ffff:0:0'), 96], from: 12 },
  // NAT64 and 6to4: the ways to IPv4 of networks that have none.
  { prefix: [ipaddr.IPv6.parse('64:ff9b::'), 96], from: 12 },
  { prefix: [ipaddr.IPv6.parse('2002::'), 16], from: 2 },
]

/** Azure's services for its machines answer here, on what looks like any public address. */
const azureServices = '168.63.129.16'

/**
 * Whether an IP address is one of the internet's: neither loopback, private, link-local (where clouds tell secrets to
 * their machines), multicast, reserved, nor an IPv6 form of such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return isPublicIpv4(parsed as IPv4)
  const ipv6 = parsed as IPv6
  const wrapping = wrappings.find(({ prefix }) => ipv6.match(...prefix))
  if (wrapping) {
    return isPublicIpv4(new ipaddr.IPv4(ipv6.toByteArray().slice(wrapping.from, wrapping.from + 4)))
  }
  // Of all others only 2000::/3 is given out.
  return ipv6.range() === 'unicast' && ((ipv6.parts[0] ?? 0) & 0xe000) === 0x2000
}

function isPublicIpv4(address: IPv4): boolean {
  return address.range() === 'unicast' && address.toString() !== azureServices
}
