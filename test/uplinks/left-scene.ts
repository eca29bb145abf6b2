// test/uplinks/left-scene.ts — a bridge of netctl's that is about to go, with nothing on it but what a row gives; and
// what is said of it.
import { Claimed } from '../../src/uplinks/claimed.ts';
import { whatIsLeft } from '../../src/uplinks/left.ts';
import type { Left } from '../../src/uplinks/left-things.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import type { SeenRoute } from '../../src/uplinks/routes.ts';

export const plain: Snapshot = {
  name: 'br-lab',
  link: { ifname: 'br-lab' },
  dependents: [],
  addresses: [],
  routes: [],
  rules: [],
  neighbours: [],
  nexthops: [],
  qdiscs: [{ kind: 'noqueue', handle: '0:' }],
  filters: [],
  joins: [],
  wireless: false,
  settings: {},
  defaults: {},
  managers: [],
  unread: [],
};
export const route = (fields: Readonly<Record<string, unknown>>, words: string): SeenRoute => ({
  fields: { type: '1', dst: '10.1.0.0/16', dev: 'br-lab', table: '254', protocol: '3', flags: [], ...fields },
  words,
  locks: [],
});
const base: Left = {
  bridge: 'br-lab',
  ref: 'link br-lab',
  goes: true,
  uplink: 'eth1',
  to: 'eth1',
  snapshot: plain,
  claimed: new Claimed([]),
  isKnown: (device) => device === 'vlan7',
  interfaceRules: [],
  bound: [],
  elsewhere: [],
  forwarded: [],
  strangers: [],
  fact: {
    name: 'br-lab',
    ours: true,
    promiscuous: false,
    addresses: [
      { cidr: '10.9.0.1/24', ours: false },
      { cidr: '192.168.50.1/24', ours: true },
    ],
    routes: [],
  },
};
export const said = (snapshot: Partial<Snapshot>, rest: Partial<Left> = {}): readonly string[] =>
  [...whatIsLeft({ ...base, ...rest, snapshot: { ...plain, ...snapshot } })].map(
    ({ code, message, hint, asks }) => `${asks === true ? '' : 'unasked '}${code}: ${message} — ${hint ?? ''}`,
  );
export const own = { family: 'inet', local: '192.168.50.1', prefixlen: 24, metric: 117, scope: 'global' };
export const put = { family: 'inet', local: '10.9.0.1', prefixlen: 24, scope: 'global', label: 'br-lab' };

/** Of what is on a bridge, what is said and asked. */
export type Row = readonly [
  name: string,
  snapshot: Partial<Snapshot>,
  rest: Partial<Left>,
  expected: readonly string[],
];
