// rehearsal/addresses.ts — the addresses of a device as lines of `ip` that make them again.
import { flagOf, numberOf, recordsOf, textOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import type { Device } from './device.ts';

/**
 * In the order that brings them back as they stand: the kernel puts a new IPv4 address last, a new IPv6 address first.
 * Link-local addresses and those by router advertisement come by themselves.
 */
export function addressesOf({ name, fields }: Device): readonly string[] {
  const all = recordsOf(fields, 'addr_info').filter((address) => textOf(address, 'local') !== undefined);
  const [four, six] = [
    all.filter((address) => textOf(address, 'family') === 'inet'),
    all.filter((address) => textOf(address, 'family') === 'inet6'),
  ];
  const lasting = six
    .toReversed()
    .filter(
      (address) =>
        textOf(address, 'scope') !== 'link' && !flagOf(address, 'temporary') && !flagOf(address, 'mngtmpaddr'),
    );
  return [...four, ...lasting]
    .filter((address) => name !== 'lo' || !['127.0.0.1', '::1'].includes(textOf(address, 'local') ?? ''))
    .map((address) => addressLine(name, address));
}

function addressLine(link: string, address: Fields): string {
  const [ip, peer, broadcast, label, metric, scope] = [
    textOf(address, 'local') ?? '',
    textOf(address, 'address'),
    textOf(address, 'broadcast'),
    textOf(address, 'label'),
    numberOf(address, 'metric'),
    textOf(address, 'scope'),
  ];
  const bits = numberOf(address, 'prefixlen') ?? 32;
  return [
    `address add ${peer === undefined ? `${ip}/${bits}` : `${ip} peer ${peer}/${bits}`}`,
    ...(broadcast === undefined ? [] : [`broadcast ${broadcast}`]),
    ...(label === undefined || label === link ? [] : [`label ${label}`]),
    ...(scope === undefined || scope === 'global' ? [] : [`scope ${scope}`]),
    `dev ${link}`,
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(flagOf(address, 'noprefixroute') ? ['noprefixroute'] : []),
    ...(flagOf(address, 'nodad') ? ['nodad'] : []),
    ...(flagOf(address, 'dynamic')
      ? [
          `valid_lft ${numberOf(address, 'valid_life_time') ?? 'forever'} preferred_lft ${numberOf(address, 'preferred_life_time') ?? 'forever'}`,
        ]
      : []),
  ].join(' ');
}
