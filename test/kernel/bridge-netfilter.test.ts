// test/kernel/bridge-netfilter.test.ts — packets that stay on a bridge, or are meant to: who answers over it is
// translated all the same, and who goes by an outside router is taken out where the host has to translate.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from './lab.ts';
import { Site } from './nova/site.ts';
import type { Call } from './nova/site.ts';

/** The world is the router of `office`, on its uplink; it knows its guests by their own addresses. */
const guest = (address: string) => ({ bridge: 'br-office', address: `${address}/24`, via: '192.168.0.254' });
const surroundings = {
  world: [
    'address add 198.51.100.9/32 dev lo',
    'address add 198.51.100.19/32 dev lo',
    'address add 198.51.100.99/32 dev lo',
    'address add 192.168.0.254/24 dev far2',
  ],
  // What is not let through by a rule is not let through, on bridges neither.
  firewall: '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n',
  guests: {
    o1: guest('192.168.0.3'),
    o2: guest('192.168.0.4'),
    o3: guest('192.168.0.5'),
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b2: { bridge: 'br-blue', address: '10.0.0.4/24', via: '10.0.0.1' },
  },
};
const spec = `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.11 } }
networks:
  office: { mode: flat-dhcp, interface: eth2, cidr: 192.168.0.0/24, gateway: 192.168.0.254, dhcp: { server: 192.168.0.1 }, snatTo: [198.51.100.0/27], noSnat: [198.51.100.16/28] }
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  o1: { nics: [{ network: office, address: 192.168.0.3, floating: [203.0.113.65], device: { type: veth, netns: o1 } }] }
  o2: { nics: [{ network: office, address: 192.168.0.4, device: { type: veth, netns: o2 } }] }
  o3: { nics: [{ network: office, address: 192.168.0.5, device: { type: veth, netns: o3 } }] }
  b1: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.66], device: { type: veth, netns: b1 } }] }
  b2: { nics: [{ network: blue, address: 10.0.0.4, device: { type: veth, netns: b2 } }] }
`;

/** What the other end sees. */
const flows: readonly (readonly [name: string, call: Call, sees: string])[] = [
  ['a neighbour’s floating address', 'b2 tcp 203.0.113.66', '10.0.0.4 → 10.0.0.3'],
  ['and by UDP', 'b2 udp 203.0.113.66', '10.0.0.4 → 10.0.0.3'],
  ['and by ping', 'b2 icmp 203.0.113.66', 'answers'],
  ['one’s own', 'b1 tcp 203.0.113.66', '203.0.113.66 → 10.0.0.3'],
  ['a neighbour by its own address', 'b2 tcp 10.0.0.3', '10.0.0.4 → 10.0.0.3'],
  ['and back', 'b1 udp 10.0.0.4', '10.0.0.3 → 10.0.0.4'],
  ['behind a router: a neighbour by its own address', 'o2 tcp 192.168.0.5', '192.168.0.4 → 192.168.0.5'],
  ['the router', 'o1 tcp 192.168.0.254', '192.168.0.3 → 192.168.0.254'],
  ['what goes by the router', 'o2 tcp 198.51.100.99', '192.168.0.4 → 198.51.100.99'],
  ['and by UDP', 'o2 udp 198.51.100.99', '192.168.0.4 → 198.51.100.99'],
  ['what goes by the host, to a range', 'o2 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and by UDP', 'o2 udp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['what is exempt in a range', 'o2 tcp 198.51.100.19', '192.168.0.4 → 198.51.100.19'],
  ['the metadata service', 'o2 tcp 169.254.169.254:80', '192.168.0.4 → 203.0.113.11'],
  ['with a floating address, by the host as that', 'o1 tcp 198.51.100.99', '203.0.113.65 → 198.51.100.99'],
  ['in a range too', 'o1 udp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
  ['and its metadata', 'o1 tcp 169.254.169.254:80', '192.168.0.3 → 203.0.113.11'],
  ['from the world to it', 'world tcp 203.0.113.65', '203.0.113.1 → 192.168.0.3'],
  ['and by ping', 'world icmp 203.0.113.65', 'answers'],
];

/** For all bridges of the host: it is on in a namespace that nobody has told otherwise. */
for (const [name, setting] of [
  ['off', '0'],
  ['on', '1'],
] as const) {
  describe(`where bridge netfilter is ${name} for bridges as such`, () => {
    let site: Site;
    let answers: ReadonlyMap<Call, string>;
    beforeAll(async () => {
      site = new Site({ ...surroundings, settings: [`net.bridge.bridge-nf-call-iptables=${setting}`] });
      must(
        site.lab.in(site.lab.host, [
          'ebtables-nft',
          '-t',
          'nat',
          '-A',
          'PREROUTING',
          '-p',
          'IPv4',
          '--ip-src',
          '192.168.0.99',
          '-j',
          'DROP',
        ]),
      );
      site.apply(spec);
      await site.open();
      answers = await site.ask(flows.map(([, call]) => call));
    });
    afterAll(() => {
      site.close();
    });

    for (const [what, call, sees] of flows)
      test(`${what}: ${call}: ${sees}`, () => expect(answers.get(call)).toBe(sees));

    test('nothing is left to do, and that setting is as it was', () => {
      expect(site.lab.netctl(['plan', '--detailed-exitcode']).code).toBe(0);
      expect(must(site.lab.in(site.lab.host, ['sysctl', '-n', 'net.bridge.bridge-nf-call-iptables'])).out.trim()).toBe(
        setting,
      );
    });

    test('rules of others stay, and ours go', () => {
      const save = (): string => must(site.lab.in(site.lab.host, ['ebtables-nft-save'])).out;
      expect(save()).toContain('-A PREROUTING -j netctl-PREROUTING');
      must(site.lab.netctl(['destroy', '--yes']));
      expect(
        save()
          .split('\n')
          .filter((line) => line.startsWith('-A') || line.includes('netctl')),
      ).toEqual(['-A PREROUTING -p IPv4 --ip-src 192.168.0.99 -j DROP']);
    });
  });
}
