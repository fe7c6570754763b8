import ipaddr from 'ipaddr.js'

/** Where an address leads: anywhere, into this network, to this machine, or to a place where nothing of ours may go. */
export type Reach = 'public' | 'private' | 'loopback' | 'never'

/** Addresses of clouds that hand out a machine's credentials and lie in ranges that are allowed otherwise. */
const metadata = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'])

/**
 * The reach of an address as text, IPv4 or IPv6, with or without a zone. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself. What is no address, or of
 * a range that no server has (link-local, multicast, Teredo, documentation, reserved), is `never`. The unspecified address reaches this machine.
 */
export function reachOf(address: string): Reach {
  const bare = address.replace(/%.*$/, '')
  if (!ipaddr.isValid(bare)) return 'never'
  const plain = unwrapped(ipaddr.process(bare))
  if (metadata.has(plain.toString())) return 'never'
  switch (plain.range()) {
    case 'unicast':
      // of IPv6 only 2000::/3 is given out; what lies outside is an old way to write something else
      return plain instanceof ipaddr.IPv6 && !plain.match(ipaddr.IPv6.parse('2000::'), 3) ? 'never' : 'public'
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
      return 'private'
    case 'loopback':
    case 'unspecified':
      return 'loopback'
    default:
      return 'never'
  }
}

function unwrapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  const bytes = address.toByteArray()
  const range = address.range()
  if (range === 'rfc6052') return new ipaddr.IPv4(bytes.slice(12))
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  return address
}
