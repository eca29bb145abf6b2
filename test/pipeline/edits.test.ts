// test/pipeline/edits.test.ts — a network on the host's own LAN, edited from any state to any other: each edit can be
// done, and all of it is restored.
import { describe, expect, test } from 'vitest';
import { exit } from '../../src/report/exit-codes.ts';
import { createWhole } from '../fake-host/whole.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { applied, destroyed, generationsInMemory, worldOf } from '../world.ts';

const LAN = 'cidr: 203.0.113.0/24, allocate: [203.0.113.64/27]';
const HALF = 'cidr: 203.0.113.0/25, allocate: [203.0.113.64/27], gateway: 203.0.113.1';
const PRIVATE = 'cidr: 192.168.50.0/24';
const network = (uplink: string, words: string, bridge = 'br-lab'): string =>
  `  lab: { mode: flat-dhcp, bridge: ${bridge}, interface: ${uplink}, ${words} }\n`;
const STATES: Readonly<Record<string, string>> = {
  'no network': '',
  'a private network': network('eth1', PRIVATE),
  'another private network': network('eth1', 'cidr: 192.168.60.0/24'),
  'the same without an uplink': network('null', PRIVATE),
  'on another bridge': network('eth1', PRIVATE, 'br-new'),
  'by the other interface': network('eth2', PRIVATE),
  'the LAN, with the host’s address': network('eth1', `${LAN}, gateway: 203.0.113.1, dhcp: { server: 203.0.113.11 }`),
  'the LAN, with its second address': network('eth1', `${LAN}, gateway: 203.0.113.1, dhcp: { server: 203.0.113.12 }`),
  'the LAN, with an address of its own': network(
    'eth1',
    `${LAN}, gateway: 203.0.113.1, dhcp: { server: 203.0.113.40 }`,
  ),
  'the LAN, with another one': network('eth1', `${LAN}, gateway: 203.0.113.1, dhcp: { server: 203.0.113.50 }`),
  'the lower half of the LAN, with the host’s address': network('eth1', `${HALF}, dhcp: { server: 203.0.113.11 }`),
  'the lower half of the LAN, with its second address': network('eth1', `${HALF}, dhcp: { server: 203.0.113.12 }`),
  'the lower half of the LAN, with an address of its own': network('eth1', `${HALF}, dhcp: { server: 203.0.113.40 }`),
  'the LAN, as its gateway': network('eth1', `${LAN}, gateway: 203.0.113.40`),
};

/** The default route by eth1, as an operator or a DHCP client has made it. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'a host with one address': [
    'address add 203.0.113.11/24 brd 203.0.113.255 dev eth1',
    'route add default via 203.0.113.1 dev eth1',
  ],
  'a host with two addresses, and routes from each': [
    'address add 203.0.113.11/24 brd 203.0.113.255 dev eth1',
    'address add 203.0.113.12/24 brd 203.0.113.255 dev eth1',
    'route add default via 203.0.113.1 dev eth1 src 203.0.113.11 metric 100',
    'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 src 203.0.113.12',
    'address add 198.51.100.11/24 brd 198.51.100.255 dev eth2',
  ],
};

for (const [host, lines] of Object.entries(HOSTS))
  describe(host, () => {
    for (const [from, before] of Object.entries(STATES))
      for (const [to, after] of Object.entries(STATES))
        if (from !== to)
          test(`${from} → ${to}`, async () => {
            const whole = createWhole({ interfaces: ['eth1', 'eth2'] });
            whole.ip.do(...lines);
            const found = whole.ip.snapshot();
            const rest = { generations: generationsInMemory() };
            const store = createMemoryStore();
            const go = async (networks: string | undefined): Promise<void> => {
              const spec = {
                'spec.yaml': `apiVersion: netctl/v1\n${networks === '' ? '' : `networks:\n${networks ?? ''}`}`,
              };
              const world = worldOf({ driver: whole.host, store, spec }, rest);
              expect(await (networks === undefined ? destroyed(world) : applied(world)), world.said.err).toBe(exit.ok);
            };
            await go(before);
            await go(after);
            const settled = whole.ip.snapshot();
            await go(after);
            expect(whole.ip.snapshot()).toBe(settled);
            await go(undefined);
            expect(whole.ip.snapshot()).toBe(found);
          });
  });
