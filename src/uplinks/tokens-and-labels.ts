// uplinks/tokens-and-labels.ts — what names an interface in tables of its own, or is said of it alone, and stays on it:
// IPv6 token, address labels, MPTCP endpoints, IPv6's MTU.
import { ADVERTISED } from '../iproute2/routes.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';
import { said as wordOf } from './format.ts';

/** They stay on the interface, and are in force there again when it is restored. */
export function* ofNamed({ name, named = [] }: Snapshot, bridge: string): Iterable<Finding> {
  for (const [of, code, what] of NAMED_BY) {
    const own = named.filter((one) => one.of === of).map((one) => nameWords(one));
    if (own.length > 0)
      yield said(
        code,
        `${what.replace('NAME', name)}, and ${bridge} has none: ${listed(own.map((words) => words.replaceAll('LINK', name)))}`,
        `when it is done: ${listed(own.map((words) => words.replaceAll('LINK', bridge)))}`,
      );
  }
}

const NAMED_BY = [
  ['token', 'uplink-token', 'addresses that NAME makes itself of what routers advertise end with its IPv6 token'],
  ['label', 'uplink-label', 'NAME has address labels, by which sources are chosen'],
  ['endpoint', 'uplink-endpoint', 'NAME has endpoints of MPTCP'],
] as const;

/** With `LINK` for the device. */
export function nameWords(one: NonNullable<Snapshot['named']>[number]): string {
  const text = (field: string): string => wordOf(one, field);
  switch (one.of) {
    case 'token':
      return `ip token set ${text('token')} dev LINK`;
    case 'label':
      return `ip addrlabel add prefix ${text('address')}/${text('prefixlen')} dev LINK label ${text('label')}`;
    case 'endpoint':
      return [
        'ip mptcp endpoint add',
        text('address'),
        ...(text('port') === '' ? [] : [`port ${text('port')}`]),
        'dev LINK',
        ...['signal', 'subflow', 'backup', 'fullmesh'].filter((flag) => one[flag] === true),
      ].join(' ');
  }
}

/** It follows the device's whenever that changes or a carrier comes, on a bridge with its first port. */
export function* ofIpv6Mtu({ name, link, settings, routes }: Snapshot, bridge: string): Iterable<Finding> {
  const mtu = settings['ipv6/conf/mtu'];
  const isAdvertised = routes.some(({ fields }) => fields['protocol'] === ADVERTISED);
  if (mtu !== undefined && !isAdvertised && typeof link['mtu'] === 'number' && mtu !== String(link['mtu']))
    yield said(
      'uplink-ipv6-mtu',
      `${name} has an MTU of ${mtu} for IPv6 alone, and ${bridge} has that of the device`,
      `when it is done: sysctl -w net.ipv6.conf.${bridge.replaceAll('.', '/')}.mtu=${mtu}`,
    );
}
