// test/uplinks/judged.ts — an interface that is about to be borrowed, with nothing on it but what a row gives; and what
// is found of it.
import type { Fields } from '../../src/iproute2/fields.ts';
import { judge } from '../../src/uplinks/judge.ts';
import type { Way } from '../../src/uplinks/judge.ts';
import type { InterfaceRule } from '../../src/uplinks/interface-rules.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import type { SeenRoute } from '../../src/uplinks/routes.ts';
import { snapshotTaken } from './printed.ts';

export const full = snapshotTaken();
const valid = 4_294_967_295;
export const permanent = { state: ['PERMANENT'], lladdr: '02:00:00:00:00:99' };

export const route = (fields: Fields, words = 'default via 203.0.113.1 dev eth1'): SeenRoute => ({
  fields: {
    type: '1',
    dst: 'default',
    dev: 'eth1',
    gateway: '203.0.113.1',
    table: '254',
    protocol: '3',
    scope: '0',
    flags: [],
    ...fields,
  },
  words,
  locks: [],
});
/** What the kernel has for the address. */
export const connected: SeenRoute = {
  fields: { type: '1', dst: '203.0.113.0/24', dev: 'eth1', table: '254', protocol: '2', scope: '253', flags: [] },
  words: '203.0.113.0/24 dev eth1',
  locks: [],
};
export const address = (fields: Fields = {}): Fields => ({
  family: 'inet',
  local: '203.0.113.11',
  prefixlen: 24,
  scope: 'global',
  label: 'eth1',
  valid_life_time: valid,
  preferred_life_time: valid,
  ...fields,
});
export const on = (kind: string): readonly Fields[] => [{ ifname: 'x0', linkinfo: { info_kind: kind } }];
export const link = (fields: Fields = {}): Fields => ({ ...full.link, ...fields });

/** With nothing on it but what each row gives. */
export const plain: Snapshot = {
  ...full,
  link: link(),
  addresses: [address()],
  routes: [route({})],
  rules: [],
  neighbours: [],
  nexthops: [],
  qdiscs: [{ kind: 'mq', handle: '0:', root: true }],
  filters: [],
  joins: [],
  managers: [],
  settings: { ...full.settings, 'ipv6/conf/disable_ipv6': '0' },
};

export function way(interfaceRules: readonly InterfaceRule[], rest: Partial<Way> = {}): Way {
  return { bridge: 'br-lab', carries: 1500, interfaceRules, bound: [], elsewhere: [], ...rest };
}

export function withConnected({
  routes = plain.routes,
  addresses = plain.addresses,
}: Partial<Snapshot>): Pick<Snapshot, 'routes'> {
  return { routes: [...routes, connected, ...addresses.flatMap(localsOf)] };
}

/** What the kernel has of an address in table local. */
export function localsOf({ local, broadcast }: Fields): readonly SeenRoute[] {
  const held = { gateway: undefined, table: '255', protocol: '2' } as const;
  return [
    route({ ...held, type: '2', dst: local, scope: '254' }),
    ...(broadcast === undefined ? [] : [route({ ...held, type: '3', dst: broadcast })]),
  ];
}

export function found(
  rest: Partial<Snapshot>,
  interfaceRules: readonly InterfaceRule[] = [],
  more: Partial<Way> = {},
): readonly string[] {
  return [...judge({ ...plain, ...rest, ...withConnected(rest) }, way(interfaceRules, more))].map(
    ({ severity, asks, code, message }) => `${severity}${asks === true ? ' asks' : ''} ${code}: ${message}`,
  );
}

export type Row = readonly [name: string, snapshot: Partial<Snapshot>, said: readonly unknown[]];
export const rivalTo = ({ fields, words, locks }: SeenRoute, dev = 'eth2'): SeenRoute => ({
  fields: { ...fields, dev },
  words: words.replace('eth1', dev),
  locks,
});
/** `all`: in the kernel's order. */
export const aheadOf = (all: readonly SeenRoute[]): NonNullable<Snapshot['ahead']> =>
  Object.fromEntries(
    all.flatMap(({ fields, words }, i) =>
      fields['dev'] === 'eth1' ? [[words, all.slice(i + 1).map((other) => other.words)]] : [],
    ),
  );
