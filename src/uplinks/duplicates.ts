// uplinks/duplicates.ts — addresses that there are twice: on the interface itself, or with another host, so that this
// one may not use them (RFC 4862, section 5.4).
import { textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { isLinkLocalOfMac } from '../net/ipv6.ts';
import { isLimited } from './connected.ts';
import { refused } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';

/** What goes to the bridge is in use there at once, and again on the interface. */
export function* ofDuplicates({ name, link, addresses }: Snapshot): Iterable<Finding> {
  const flags = textsOf(link, 'flags');
  // Without a carrier nobody is asked, and each address waits for one.
  const isAsking = flags.includes('UP') && flags.includes('LOWER_UP');
  for (const address of addresses.filter(isMoved)) {
    const cidr = `${textOf(address, 'local') ?? ''}/${String(address['prefixlen'])}`;
    if (address['dadfailed'] === true)
      yield refused(
        'uplink-duplicate',
        `another host has ${cidr} of ${name} (dadfailed), and this one does not use it: on the bridge, and again on ${name}, it would`,
        `ip address del ${cidr} dev ${name}`,
      );
    else if (address['tentative'] === true && isAsking)
      yield refused(
        'uplink-duplicate',
        `whether another host has ${cidr} of ${name} is being asked (tentative): on the bridge it would be used at once`,
        'try again in a moment; that takes a second',
      );
  }
}

/**
 * IPv4 takes one address in networks of several lengths, and which of them a route or a source means nobody can tell
 * afterwards.
 */
export function* ofLengths({ name, addresses }: Snapshot): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const address of addresses.filter(({ family }) => family === 'inet')) {
    const ip = textOf(address, 'local') ?? '';
    const place = `${ip} ${textOf(address, 'address') ?? ''}`;
    const first = seen.get(place);
    const length = String(address['prefixlen']);
    if (first === undefined) seen.set(place, length);
    else
      yield refused(
        'uplink-address',
        `${name} has ${ip} with two prefix lengths, /${first} and /${length}: one of them is all that goes along to a bridge`,
        `\`ip address del ${ip}/${length} dev ${name}\`; a network more on the link is a route: \`ip route add NETWORK/${length} dev ${name}\``,
      );
  }
}

/** Neither what a router gives and rolls back, nor what the kernel makes of a MAC. */
function isMoved(address: Fields): boolean {
  return address['family'] === 'inet6' && !isLimited(address) && !isLinkLocalOfMac(textOf(address, 'local') ?? '');
}
