// test/features/snat/flows.test.ts — who is seen by which address: from networks of every kind towards the outside,
// each other and themselves.
import { describe, expect, test } from 'vitest';
import { Bench } from '../../commands/bench.ts';
import { flows, wantedOf } from '../flows.ts';

const spec = (host: string, networks: string, more = ''): string => `apiVersion: netctl/v1
hosts: { h1: { ${host} } }
${more}networks:
${networks}`;
const blue = (more = ''): string => `  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24${more} }\n`;
const red = (more = ''): string => `  red: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/24${more} }\n`;

describe('out of the public interface, by the address of the host', () => {
  flows(
    spec(
      'publicInterface: eth1, sourceAddress: 203.0.113.11',
      blue() + red(', snat: false'),
      'defaults: { noSnat: [10.128.0.0/24] }\n',
    ),
    [
      ['to the outside', 'br-blue: 10.0.1.2 → 198.51.100.7:443/tcp on eth1', 'accept, snat 203.0.113.11'],
      ['by another interface', 'br-blue: 10.0.1.2 → 172.16.0.7:443/tcp on eth0', 'accept'],
      ['to whom noSnat names', 'br-blue: 10.0.1.2 → 10.128.0.7:443/tcp on eth1', 'accept'],
      ['to a neighbour, bridged', 'br-blue: 10.0.1.2 → 10.0.1.3:22/tcp', 'accept'],
      ['to another network of the host', 'br-blue: 10.0.1.2 → 10.0.2.3:22/tcp', 'accept'],
      ['from a network that is not source-NATed', 'br-red: 10.0.2.2 → 198.51.100.7:443/tcp on eth1', 'accept'],
      ['from somewhere else through the host', 'eth0: 172.16.0.7 → 198.51.100.7:443/tcp on eth1', 'policy'],
      ['the host itself', 'host: 203.0.113.11 → 198.51.100.7:443/tcp on eth1', 'policy'],
    ],
  );
});

describe('without a public interface, as nova-network', () => {
  flows(spec('sourceAddress: 203.0.113.11', blue() + red()), [
    ['by whatever interface', 'br-blue: 10.0.1.2 → 198.51.100.7:443/tcp on eth0', 'accept, snat 203.0.113.11'],
    ['also to another network of the host', 'br-blue: 10.0.1.2 → 10.0.2.3:22/tcp', 'accept, snat 203.0.113.11'],
    ['to a neighbour not', 'br-blue: 10.0.1.2 → 10.0.1.3:22/tcp', 'accept'],
  ]);
});

describe('when the public interface is the uplink of a network', () => {
  flows(spec('publicInterface: eth1, sourceAddress: 203.0.113.11', blue().replace('null', 'eth1') + red()), [
    [
      'its own guests go out of its bridge',
      'br-blue: 10.0.1.2 → 198.51.100.7:443/tcp on br-blue',
      'accept, snat 203.0.113.11',
    ],
    ['those of others too', 'br-red: 10.0.2.2 → 198.51.100.7:443/tcp on br-blue', 'accept, snat 203.0.113.11'],
    ['to a neighbour', 'br-blue: 10.0.1.2 → 10.0.1.3:22/tcp', 'accept'],
  ]);
});

describe('addresses of the network’s own', () => {
  flows(
    spec(
      'publicInterface: eth1, sourceAddress: 203.0.113.11',
      blue(', snat: 203.0.113.20-203.0.113.22') + red(', snat: 203.0.113.32/29'),
    ),
    [
      [
        'by turns',
        'br-blue: 10.0.1.2 → 198.51.100.7:443/tcp on eth1 ×4',
        'accept, snat 203.0.113.20 | accept, snat 203.0.113.21 | accept, snat 203.0.113.22',
      ],
      [
        'of a network all but its own and its broadcast address',
        'br-red: 10.0.2.2 → 198.51.100.7:443/tcp on eth1 ×9',
        [33, 34, 35, 36, 37, 38].map((last) => `accept, snat 203.0.113.${last}`).join(' | '),
      ],
    ],
  );
  test('are bound where the outside asks for them', async () => {
    const state = await wantedOf(
      spec('publicInterface: eth1', blue(', snat: 203.0.113.20') + red(', snat: 203.0.113.20-203.0.113.21')),
    );
    expect([...state.keys()].filter((ref) => ref.startsWith('address eth1'))).toEqual([
      'address eth1 203.0.113.20/32',
      'address eth1 203.0.113.21/32',
    ]);
  });
  test('of many, in sixteen parts', async () => {
    const state = await wantedOf(spec('publicInterface: eth1', blue(', snat: 203.0.113.100-203.0.113.199')));
    expect(JSON.stringify(state.get('chain nat/netctl-snat')).match(/"to":"[\d.-]+"/g)).toEqual(
      expect.objectContaining({
        length: 16,
        0: '"to":"203.0.113.100-203.0.113.105"',
        15: '"to":"203.0.113.193-203.0.113.199"',
      }),
    );
  });
});

describe('behind an outside router', () => {
  const outside = ', gateway: 10.0.1.254, dhcp: { server: 10.0.1.1 }';
  flows(
    spec(
      'publicInterface: eth1, sourceAddress: 203.0.113.11',
      blue(`${outside}, snatTo: [192.0.2.0/24, 198.51.100.0/24]`) + red(outside.replaceAll('10.0.1', '10.0.2')),
    ),
    [
      [
        'to what snatTo names, by whatever interface',
        'br-blue: 10.0.1.2 → 198.51.100.7:443/tcp on eth0',
        'accept, snat 203.0.113.11',
      ],
      ['to all else', 'br-blue: 10.0.1.2 → 203.0.113.7:443/tcp on eth1', 'accept'],
      ['without snatTo', 'br-red: 10.0.2.2 → 198.51.100.7:443/tcp on eth1', 'accept'],
    ],
  );
});

describe('where nothing is to be source-NATed there is no rule', () => {
  for (const [name, text] of [
    ['no way out', spec('', blue())],
    ['no gateway', spec('publicInterface: eth1, sourceAddress: 203.0.113.11', blue(', gateway: null'))],
  ] as const)
    test(name, async () => {
      expect((await wantedOf(text)).get('chain nat/netctl-snat')).toMatchObject({ rules: [] });
    });
});

describe('the source that nobody names', () => {
  const ask = spec('publicInterface: eth1', blue());
  const host = 'interface eth1\n';
  for (const [name, lines, source] of [
    [
      'is the first address of the public interface',
      'address add 203.0.113.11/24 dev eth1\naddress add 203.0.113.12/24 dev eth1\n',
      '203.0.113.11',
    ],
    [
      'not one of ours',
      'address add 203.0.113.20/32 metric 117 dev eth1\naddress add 203.0.113.12/24 dev eth1\n',
      '203.0.113.12',
    ],
    [
      'not IPv6, and none that is of the link only',
      'address add 2001:db8::1/64 dev eth1 nodad\naddress add 169.254.7.7/16 scope link dev eth1\naddress add 203.0.113.12/24 dev eth1\n',
      '203.0.113.12',
    ],
  ] as const)
    test(name, async () => {
      expect((await new Bench(host + lines).plan(ask, { commands: true })).out).toContain(
        `-j SNAT --to-source ${source}\n`,
      );
    });

  test('is the same when the interface has become an uplink', async () => {
    const bench = new Bench(`${host}address add 203.0.113.11/24 dev eth1\n`);
    await bench.apply(ask);
    await bench.apply(ask.replace('interface: null', 'interface: eth1'));
    expect(bench.scene.whole.iptables.text()).toMatch(/-o br-blue .*-j SNAT --to-source 203\.0\.113\.11$/m);
    await bench.apply(ask);
    expect(bench.scene.whole.iptables.text()).toMatch(/-o eth1 .*-j SNAT --to-source 203\.0\.113\.11$/m);
  });

  test('is waited for', async () => {
    const { code, out } = await new Bench(host).plan(ask);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^waiting: chain nat\/netctl-snat: blue is not source-NATed: eth1 has no IPv4 address yet, and the host no sourceAddress .* spec\.yaml:4 networks\.blue\.snat$/m,
    );
  });
  test('is said to be missing where there is no host', async () => {
    const { code, out, err } = await new Bench().export(ask, 'iptables-save');
    expect([code, out.includes('SNAT')]).toEqual([0, false]);
    expect(err).toMatch(/^waiting: chain nat\/netctl-snat: blue is not source-NATed: /);
  });
});

test('an address that the host has is not bound again, wherever it is', async () => {
  const bench = new Bench(
    'interface eth1\ninterface eth0\naddress add 203.0.113.20/24 dev eth1\naddress add 203.0.113.21/32 dev eth0\n',
  );
  const asks = spec('publicInterface: eth1', blue(', snat: 203.0.113.20-203.0.113.22'));
  await bench.apply(asks);
  expect(bench.scene.whole.ip.snapshot().match(/203\.0\.113\.2\d\/\d+/g)).toEqual([
    '203.0.113.21/32',
    '203.0.113.20/24',
    '203.0.113.22/32',
  ]);
  expect((await bench.plan(asks)).out).toBe('h1: nothing to do\n');
});
