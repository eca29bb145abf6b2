// test/conflicts/required-traffic.test.ts — which packets a network needs: what the spec shuts off or sends another way
// is not missed.
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/core/facts.ts';
import { found, ruleSet } from './around.ts';
import type { Around } from './around.ts';

const HOOK = '-A FORWARD -m comment --comment "netctl:1a2b3c4d networks" -j netctl-FORWARD';
const above = (line: string): Around => ({ rules: `*filter\n:FORWARD ACCEPT [0:0]\n${line}\n${HOOK}\nCOMMIT\n` });
const told = async (spec: string, around: Around): Promise<readonly string[]> =>
  (await found(`apiVersion: netctl/v1\n${spec}`, around)).map(({ message }) => message.replace(/ are dropped .*/, ''));

const PUBLIC = `hosts: { h1: { publicInterface: eth1 } }
pools: { public: { ranges: [198.51.100.16/28] } }
`;

test('what comes for a floating address is not yet sent to its guest before it is translated', async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }
`;
  const drop = (table: string, chain: string): Around => ({
    rules: `*${table}\n:${chain} ACCEPT [0:0]\n-A ${chain} -d 192.168.50.0/24 -i eth1 -j DROP\nCOMMIT\n`,
  });
  expect(await told(spec, drop('raw', 'PREROUTING'))).toEqual([]);
  expect(await told(spec, drop('mangle', 'FORWARD'))).toEqual([
    'lab: replies from outside and packets to floating addresses',
  ]);
});

test('guests with a floating address pass netfilter on their bridge whatever the host is told', async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances:
  vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] }
  vm-2: { nics: [{ network: lab, device: { type: tap } }] }
`;
  const around = { tables: { 'inet filter': ruleSet('strict.json') } };
  expect(await told(spec, around)).toContain('lab: packets between instances');
  expect(await told(spec.replace('floating: [198.51.100.17], ', ''), around)).not.toContain(
    'lab: packets between instances',
  );
});

test("a floating address on the network's own uplink is a matter of its bridge", async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: eth1 } }
instances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }
`;
  expect(await told(spec, above('-A FORWARD -i br-lab -o br-lab -m conntrack --ctstate DNAT -j DROP'))).toEqual([]);
});

test('behind an outside router the host is not the way out', async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null, gateway: 192.168.50.254, dhcp: { server: 192.168.50.2 } } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
  expect(await told(spec, above('-A FORWARD -o eth1 -j DROP'))).toEqual([]);
});

test('metadata elsewhere is shut off with the network, by netctl itself', async () => {
  const spec = (
    forward: string,
  ): string => `hosts: { h1: { publicInterface: eth1, metadata: { address: 203.0.113.9, port: 80 } } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null, forward: ${forward} } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
  const drop = above('-A FORWARD -p tcp -m tcp --dport 80 -d 203.0.113.9/32 -j DROP');
  expect(await told(spec('all'), drop)).toEqual(['lab: requests for metadata']);
  expect(await told(spec('none'), above('-A FORWARD -i docker0 -j DROP'))).toEqual([]);
});

test("a rule that somebody put among firewalld's is not firewalld's", async () => {
  const rules = ruleSet('firewalld.iptables').replace(
    '-A FORWARD -m conntrack --ctstate RELATED',
    `-A FORWARD -i br-lab -j DROP\n${HOOK}\n-A FORWARD -m conntrack --ctstate RELATED`,
  );
  const [first] = await found(
    `apiVersion: netctl/v1\n${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }\n`,
    { rules },
  );
  expect(first).toMatchObject({
    message:
      'lab: packets of instances to the outside are dropped by a rule in chain FORWARD of table filter (iptables): -A FORWARD -i br-lab -j DROP',
    hint: 'iptables -I FORWARD -i br-lab -j ACCEPT',
  });
});

describe('servers upstream', () => {
  const spec = (
    dns: string,
    more = '',
  ): string => `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null${dns}${more} } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
  const [asks, hears] = ['lab: DNS requests to servers upstream', 'lab: DNS replies of servers upstream'];
  const rules = (table: string, chain: string, ...lines: readonly string[]): Around => ({
    rules: `*${table}\n:${chain} ACCEPT [0:0]\n${lines.map((line) => `-A ${chain} ${line}\n`).join('')}COMMIT\n`,
  });
  const shut = (...lines: readonly string[]): Around => ({
    rules: `*filter\n:OUTPUT DROP [0:0]\n${['-o br-lab -j ACCEPT', ...lines].map((line) => `-A OUTPUT ${line}\n`).join('')}COMMIT\n`,
  });
  const own = (...lines: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
    '/etc/resolv.conf': lines,
  });
  const near = (facts: Facts): Facts => ({
    ...facts,
    links: new Map([
      [
        'eth0',
        {
          name: 'eth0',
          ours: false,
          promiscuous: false,
          addresses: [{ cidr: '10.1.0.5/24', ours: false }],
          routes: [{ to: '10.9.0.0/16', family: 4, via: '10.1.0.1', protocol: 'static' }],
        },
      ],
    ]),
  });
  const one = ', dns: [9.9.9.9]';
  for (const [name, text, around, expected] of [
    ['asked, not', spec(one), rules('filter', 'OUTPUT', '-o eth1 -p udp -m udp --dport 53 -j DROP'), [asks]],
    [
      'let out, not',
      spec(one),
      shut('-p tcp -m multiport --dports 80,443 -j ACCEPT', '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
      [asks],
    ],
    ['let out', spec(one), shut('-p udp -m udp --dport 53 -j ACCEPT'), []],
    ['let out by itself', spec(one), shut('-d 9.9.9.9/32 -p udp -m udp --dport 53 -j ACCEPT'), []],
    ['heard, not', spec(one), rules('raw', 'PREROUTING', '-p udp -m udp --sport 53 -j DROP'), [hears]],
    ['heard, not let in', spec(one), rules('mangle', 'INPUT', '-i eth1 -p udp -j DROP'), [hears]],
    ['those of others', spec(one), rules('filter', 'OUTPUT', '-d 8.8.8.8/32 -p udp -m udp --dport 53 -j DROP'), []],
    ['one of two', spec(', dns: [9.9.9.9, 8.8.8.8]'), rules('filter', 'OUTPUT', '-d 8.8.8.8/32 -j DROP'), []],
    [
      'two of two, by two rules',
      spec(', dns: [9.9.9.9, 8.8.8.8]'),
      rules('filter', 'OUTPUT', '-d 8.8.8.8/32 -j DROP', '-d 9.9.9.9/32 -j DROP'),
      [asks, asks],
    ],
    [
      "the host's",
      spec(''),
      {
        ...rules('filter', 'OUTPUT', '-d 10.0.0.2/32 -j DROP'),
        settings: own('# a comment', 'search example', 'nameserver 10.0.0.2', 'nameserver 2001:db8::1'),
      },
      [asks],
    ],
    [
      "the host's, of which the network has no need",
      spec(one),
      { ...rules('filter', 'OUTPUT', '-d 10.0.0.2/32 -j DROP'), settings: own('nameserver 10.0.0.2') },
      [],
    ],
    [
      "the host's own",
      spec(''),
      { ...rules('filter', 'OUTPUT', '-o eth1 -p udp -j DROP'), settings: own('nameserver 127.0.0.53') },
      [],
    ],
    [
      "the host's own, not asked",
      spec(''),
      { ...rules('filter', 'OUTPUT', '-o lo -p udp -j DROP'), settings: own('nameserver 127.0.0.53') },
      [asks],
    ],
    ['none that is known', spec(''), rules('filter', 'OUTPUT', '-o eth1 -p udp -j DROP'), []],
    ['in an instance of the network', spec(', dns: [192.168.50.9]'), rules('filter', 'OUTPUT', '-o eth1 -j DROP'), []],
    [
      'by another interface',
      spec(', dns: [10.1.0.9]'),
      { ...rules('filter', 'OUTPUT', '-o eth1 -j DROP'), facts: near },
      [],
    ],
    [
      'by another interface, and a route',
      spec(', dns: [10.9.0.9]'),
      { ...rules('filter', 'OUTPUT', '-s 10.1.0.5/32 -o eth0 -j DROP'), facts: near },
      [asks],
    ],
    [
      'asked from an address',
      spec(', dns: [10.9.0.9]'),
      { ...rules('filter', 'OUTPUT', '-s 10.1.0.6/32 -o eth0 -j DROP'), facts: near },
      [],
    ],
    [
      "whatever an operator's own file names",
      spec('', ', dhcp: { config: /etc/own.conf }'),
      { ...rules('filter', 'OUTPUT', '-d 10.0.0.2/32 -j DROP'), settings: own('nameserver 10.0.0.2') },
      [],
    ],
    ['without instances', spec(one).replace(/^instances.*\n/m, ''), rules('filter', 'OUTPUT', '-o eth1 -j DROP'), []],
  ] as const satisfies readonly (readonly [string, string, Around, readonly string[]])[]) {
    test(name, async () => expect(await told(text, around)).toEqual(expected));
  }

  for (const [around, hint] of [
    [
      rules('filter', 'OUTPUT', '-o eth1 -p udp -m udp --dport 53 -j DROP'),
      'iptables -I OUTPUT -d 9.9.9.9 -p udp --dport 53 -j ACCEPT',
    ],
    [
      rules('raw', 'PREROUTING', '-p udp -m udp --sport 53 -j DROP'),
      'iptables -t raw -I PREROUTING -s 9.9.9.9 -p udp --sport 53 -j ACCEPT',
    ],
  ] as const) {
    test(`mended by ${hint}`, async () =>
      expect((await found(`apiVersion: netctl/v1\n${spec(one)}`, around)).map(({ hint: said }) => said)).toEqual([
        hint,
      ]));
  }
});
