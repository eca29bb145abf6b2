// uplinks/left-addresses.ts — addresses that others have put on a bridge, or have changed there.
import { textOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { isLinkLocalOfMac } from '../net/ipv6.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { deviceFor } from './left-things.ts';
import type { Left, Things } from './left-things.ts';
import { addressWords } from './format.ts';

export function ofAddresses(left: Left): Things {
  const all = left.snapshot.addresses.filter(
    (address) =>
      isConfigured(address, left) &&
      !isLinkLocalOfMac(textOf(address, 'local') ?? '') &&
      !left.claimed.hasAddress(address),
  );
  return {
    code: 'bridge-address',
    one: 'address',
    many: 'addresses',
    all: all.map((address) => [
      cidrOf(address),
      `ip address add ${addressWords(unlabelled(address, left), deviceFor(left))}`,
    ]),
  };
}

/**
 * Whether somebody has put it there, such as a DHCPv6 client. What a router advertises comes again on the interface.
 */
export function isConfigured(address: Fields, { fact }: Left): boolean {
  if (fact.addresses.some(({ cidr }) => cidr === cidrOf(address))) return true;
  const isRouters =
    address['temporary'] === true || address['mngtmpaddr'] === true || ROUTERS.has(textOf(address, 'protocol') ?? '');
  return address['family'] === 'inet6' && address['dynamic'] === true && !isRouters;
}

/** IFA_PROTO of addresses that the kernel makes (link-local, by router advertisement), as versions of `ip` print it. */
const ROUTERS: ReadonlySet<string> = new Set(['kernel_ll', 'kernel_ra', '2', '3']);

/** Without a label that is the bridge's name: it says nothing, and would be wrong elsewhere. */
function unlabelled({ label, ...address }: Fields, { bridge }: Pick<Left, 'bridge'>): Fields {
  return label === bridge || label === undefined ? address : { ...address, label };
}

export function* ofChanged({ snapshot, claimed, bridge, to = 'INTERFACE' }: Left): Iterable<Finding> {
  const changed = snapshot.addresses.filter((address) => claimed.hasChanged(address));
  if (changed.length === 0) return;
  const mends = changed.map((address) => `ip address replace ${addressWords(unlabelled(address, { bridge }), to)}`);
  yield {
    ...said(
      'bridge-address',
      `somebody has changed on ${bridge} what came along to it, and ${to} gets it back as it was: ${listed(changed.map((address) => addressWords(address, bridge)))}`,
      listed(mends),
    ),
    details: mends,
  };
}

function cidrOf(address: Fields): string {
  return `${textOf(address, 'local') ?? ''}/${String(typeof address['prefixlen'] === 'number' ? address['prefixlen'] : '')}`;
}
