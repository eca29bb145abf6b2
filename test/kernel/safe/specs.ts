// test/kernel/safe/specs.ts — what an apply leads from, and to: between them, every tool is called and every sort of
// thing changes.

const [G1, G2] = ['GUEST-1', 'GUEST-2'];
const tap = (name: string, network: string): string =>
  `  ${name}: { nics: [{ network: ${network}, device: { type: tap, name: tap-${name} } }] }\n`;

/** From, and to. */
export const PAIRS = {
  'nothing, and a network': [
    '',
    `networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${G1} } }] }
${tap('a', 'lab')}`,
  ],
  'one uplink, and another': [
    `networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${G1} } }] }
  vm-2: { nics: [{ network: lab, device: { type: veth, name: v-vm-2, netns: ${G1}, peer: eth2 } }] }
${tap('a', 'lab')}${tap('b', 'lab')}`,
    `defaults: { domain: example.test, leaseTime: 1h }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: 192.168.50.254, mtu: 1400 }
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24, forward: none }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${G2} } }] }
${tap('b', 'more')}${tap('c', 'lab')}`,
  ],
  'one name, and another': [
    `networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${G1} } }] }
${tap('a', 'lab')}`,
    `networks:
  other: { mode: flat-dhcp, bridge: br-other, interface: eth1, cidr: 192.168.50.0/24, forward: [eth2] }
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.20.0.0/24 }
instances:
  vm-1: { nics: [{ network: other, device: { type: veth, name: v-vm-1, netns: ${G1} } }] }
${tap('a', 'lab')}`,
  ],
  'ways out and in, and others': [
    ways({
      snat: '203.0.113.40-203.0.113.42',
      floating: ['203.0.113.65', '203.0.113.66'],
      metadata: '{}',
      router: '192.168.50.254',
    }),
    ways({
      snat: '203.0.113.42',
      floating: ['203.0.113.66', '203.0.113.67'],
      metadata: '{ address: 203.0.113.1 }',
      router: '192.168.50.253',
    }),
  ],
} as const;

/** Each of them there, and back. */
export const WAYS: ReadonlyMap<string, readonly [from: string, to: string]> = new Map(
  Object.entries(PAIRS).flatMap(([name, [from, to]]) => [
    [name, [from, to]] as const,
    [`${name}, back`, [to, from]] as const,
  ]),
);

function ways({
  snat,
  floating: [first, second],
  metadata,
  router,
}: {
  readonly snat: string;
  readonly floating: readonly [string, string];
  readonly metadata: string;
  readonly router: string;
}): string {
  return `defaults: { floatingPool: public, noSnat: [10.128.0.0/24] }
hosts: { this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: ${metadata} } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: ${router}, dhcp: { server: 192.168.50.1 }, snatTo: [192.0.2.0/24] }
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24, snat: ${snat} }
pools:
  public: { ranges: [203.0.113.64/26] }
instances:
  one: { nics: [{ network: more, floating: [${first}], device: { type: veth, name: v-one, netns: ${G1} } }] }
  two: { nics: [{ network: more, floating: [${second}, { pool: public }], device: { type: veth, name: v-two, netns: ${G2} } }] }
  three: { nics: [{ network: lab, floating: [203.0.113.80], device: { type: veth, name: v-three, netns: ${G2}, peer: eth3 } }] }
`;
}

export function specOf(text: string, guests: readonly string[]): string {
  const named = text.replaceAll(/GUEST-(\d)/g, (_, number: string) => guests[Number(number) - 1] ?? '');
  return `apiVersion: netctl/v1\n${text === '' ? 'networks: {}\n' : named}`;
}
