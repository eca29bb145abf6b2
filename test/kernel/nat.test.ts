// test/kernel/nat.test.ts — whom the other end sees when networks are source-NATed, and who reaches the metadata
// service, while both are changed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from './lab.ts';
import { Site } from './nova/site.ts';

/** The host lets nothing in by itself. The world knows the way to the guests: who is not source-NATed gets answers. */
const site = new Site({
  world: [
    'address add 198.51.100.9/32 dev lo',
    'address add 10.128.0.9/32 dev lo',
    'route add 10.0.0.0/16 via 203.0.113.11',
    'route add 169.254.169.254/32 via 203.0.113.11',
  ],
  firewall: '*filter\n:INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT\n',
  guests: {
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b2: { bridge: 'br-blue', address: '10.0.0.4/24', via: '10.0.0.1' },
    g1: { bridge: 'br-green', address: '10.0.1.3/24', via: '10.0.1.1' },
    r1: { bridge: 'br-red', address: '10.0.2.3/24', via: '10.0.2.1' },
    l1: { bridge: 'br-lone', address: '10.0.3.3/24', routes: ['route add 169.254.169.254 dev eth0'] },
  },
});

const spec = (host: string, green = '203.0.113.20-203.0.113.22', uplink = 'null'): string => `apiVersion: netctl/v1
hosts: { this: { publicInterface: eth1${host} } }
defaults: { noSnat: [10.128.0.0/24] }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
  green: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24, snat: ${green} }
  red: { mode: flat-dhcp, interface: ${uplink}, cidr: 10.0.2.0/24, snat: false, metadata: false }
  lone: { mode: flat-dhcp, interface: null, cidr: 10.0.3.0/24, gateway: null }
instances:
  b1: { nics: [{ network: blue, address: 10.0.0.3, device: { type: veth, netns: b1 } }] }
  b2: { nics: [{ network: blue, address: 10.0.0.4, device: { type: veth, netns: b2 } }] }
  g1: { nics: [{ network: green, address: 10.0.1.3, device: { type: veth, netns: g1 } }] }
  r1: { nics: [{ network: red, address: 10.0.2.3, device: { type: veth, netns: r1 } }] }
  l1: { nics: [{ network: lone, address: 10.0.3.3, device: { type: veth, netns: l1 } }] }
`;

let before: string;
beforeAll(async () => {
  before = site.lab.snapshot();
  site.apply(spec(', metadata: { address: 127.0.0.1 }'));
  await site.open();
});
afterAll(() => {
  site.close();
});

async function seen(table: Readonly<Record<string, string>>): Promise<void> {
  expect(Object.fromEntries(await site.ask(Object.keys(table)))).toEqual(table);
}

/** Whom the world sees, connection after connection. */
async function sourcesOf(guest: string, connections: number): Promise<readonly string[]> {
  const sources: string[] = [];
  for (let i = 0; i < connections; i++)
    sources.push((await site.ask([`${guest} tcp 198.51.100.9`])).get(`${guest} tcp 198.51.100.9`)?.split(' ')[0] ?? '');
  return sources;
}

describe('the other end sees', () => {
  test('the host, its own addresses of a network, or the guest itself', async () => {
    await seen({
      'b1 tcp 198.51.100.9': '203.0.113.11 → 198.51.100.9',
      'b1 udp 198.51.100.9': '203.0.113.11 → 198.51.100.9',
      'b1 tcp 10.128.0.9': '10.0.0.3 → 10.128.0.9',
      'b1 tcp 10.0.0.4': '10.0.0.3 → 10.0.0.4',
      'b1 tcp 10.0.1.3': '10.0.0.3 → 10.0.1.3',
      'g1 tcp 10.128.0.9': '10.0.1.3 → 10.128.0.9',
      'r1 tcp 198.51.100.9': '10.0.2.3 → 198.51.100.9',
    });
  });
  test('a range by turns, also one guest to one peer; and answers reach what nobody but netctl has bound', async () => {
    expect(await sourcesOf('g1', 6)).toEqual([20, 21, 22, 20, 21, 22].map((last) => `203.0.113.${last}`));
  });
});

describe('the metadata service', () => {
  test('on the loopback is reached by guests alone, past a firewall that lets nothing in', async () => {
    await seen({
      'b1 tcp 169.254.169.254:80': '10.0.0.3 → 10.0.0.1',
      'g1 tcp 169.254.169.254:80': '10.0.1.3 → 10.0.1.1',
      'l1 tcp 169.254.169.254:80': '10.0.3.3 → 10.0.3.1',
      'r1 tcp 169.254.169.254:80': 'silence',
      'r1 tcp 10.0.2.1:8775': 'silence',
      'world tcp 169.254.169.254:80': 'silence',
      'world tcp 203.0.113.11:8775': 'silence',
    });
  });

  test('moves to an address, and nothing else is touched: counters of all other rules survive', async () => {
    const kept = countersOf(/SNAT|ctstate DNAT|br-\w+ .*ACCEPT/).filter((line) => !line.includes('8775'));
    site.apply(spec(', metadata: { address: 203.0.113.11 }'));
    expect(kept.filter((line) => !/^\[0:/.test(line)).length).toBeGreaterThan(4);
    const after = countersOf(/./);
    expect(kept.filter((line) => !after.includes(line))).toEqual([]);
    await seen({
      'b1 tcp 169.254.169.254:80': '10.0.0.3 → 203.0.113.11',
      'l1 tcp 169.254.169.254:80': '10.0.3.3 → 203.0.113.11',
      'r1 tcp 169.254.169.254:80': 'silence',
      'world tcp 203.0.113.11:8775': 'silence',
    });
  });

  test('elsewhere sees the guest itself', async () => {
    site.apply(spec(', metadata: { address: 198.51.100.9 }'));
    await seen({
      'b1 tcp 169.254.169.254:80': '10.0.0.3 → 198.51.100.9',
      'b1 tcp 198.51.100.9:8775': '10.0.0.3 → 198.51.100.9',
      'r1 tcp 169.254.169.254:80': 'silence',
    });
  });
});

test('when the public interface becomes the uplink of a network all goes by its bridge, as before, and back', async () => {
  for (const uplink of ['eth1', 'null']) {
    site.apply(spec('', '203.0.113.22-203.0.113.23', uplink));
    expect(must(site.lab.netctl(['plan'])).out).toMatch(/: nothing to do\n$/);
    await seen({
      'b1 tcp 198.51.100.9': '203.0.113.11 → 198.51.100.9',
      'b1 tcp 10.0.0.4': '10.0.0.3 → 10.0.0.4',
      'b1 tcp 10.128.0.9': '10.0.0.3 → 10.128.0.9',
    });
    expect(new Set(await sourcesOf('g1', 2))).toEqual(new Set(['203.0.113.22', '203.0.113.23']));
  }
});

test('an interface without an address is waited for; with one, it is the source', async () => {
  site.lab.ip(site.lab.host, 'address del 203.0.113.11/24 dev eth1');
  site.apply(spec(''));
  expect(must(site.lab.netctl(['plan'])).out).toContain(
    'waiting: chain nat/netctl-snat: blue is not source-NATed: eth1 has no IPv4 address yet',
  );
  site.lab.ip(site.lab.host, 'address add 203.0.113.11/24 brd + dev eth1');
  site.lab.ip(site.lab.host, 'route replace default via 203.0.113.1');
  site.apply(spec(''));
  await seen({ 'b1 tcp 198.51.100.9': '203.0.113.11 → 198.51.100.9' });
});

test('destroy leaves nothing of it', () => {
  must(site.lab.netctl(['destroy', '--yes']));
  expect(withoutServers(site.lab.snapshot())).toBe(before);
});

/** What runs on the host by now is the servers of this test. */
function withoutServers(snapshot: string): string {
  return snapshot
    .split('\n')
    .filter((line) => !line.includes('probe.mjs'))
    .join('\n');
}

function countersOf(having: RegExp): readonly string[] {
  return must(site.lab.in(site.lab.host, ['iptables-save', '-c']))
    .out.split('\n')
    .filter((line) => line.startsWith('[') && having.test(line));
}
