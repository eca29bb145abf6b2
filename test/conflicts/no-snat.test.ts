// test/conflicts/no-snat.test.ts — networks that a host would source-NATe if it named its way out: which of them are
// said, and with which interface.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';

const LAB = 'lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null';
const spec = (more = '', hosts = '', rest = ''): string =>
  `apiVersion: netctl/v1\n${hosts}networks: { ${LAB}${more} } }\n${rest}`;
const by = (link: string, via = '203.0.113.1', to = 'default'): string =>
  `1 ${to} via ${via} dev ${link} table 254 proto 3 scope 0`;
const floating = (second: string): string =>
  `pools: { public: { ranges: [203.0.113.64/27], interface: eth1 } }\ninstances:\n  a: { nics: [{ network: lab, floating: [{ pool: public }] }] }\n  b: { nics: [{ network: lab${second} }] }\n`;

async function told(
  text: string,
  routes: readonly string[],
  around: Around = {},
): Promise<readonly (readonly [string, string | undefined])[]> {
  const others = {
    [READ_ALL_ROUTES.join(' ')]: routes.join('\n'),
    [READ_RULES.join(' ')]: JSON.stringify([
      { priority: 0, src: 'all', table: '255' },
      { priority: 32766, src: 'all', table: '254' },
    ]),
  };
  return (await found(text, { ...around, others }))
    .filter(({ code }) => code === 'no-snat')
    .map(({ message, hint }) => [message, hint]);
}

const said = (link: string, host = 'NAME'): readonly (readonly [string, string])[] => [
  [
    `nothing of lab is source-NATed, because no publicInterface is named for this host: what instances send to the outside leaves by ${link} as it is, and replies come back only if a router knows the way to 192.168.50.0/24`,
    `hosts: { ${host}: { publicInterface: ${link} } }; or snat: false on the network, if a router knows the way back`,
  ],
];

describe('said', () => {
  for (const [name, text, routes, expected] of [
    ['by the default route', spec(), [by('eth0')], said('eth0')],
    ['with the name that the host has in the spec', spec('', 'hosts: { h1: {} }\n'), [by('eth1')], said('eth1', 'h1')],
    ['by the best of two', spec(), [`${by('eth1')} metric 200`, by('eth2')], said('eth2')],
    [
      'by a tunnel for everything',
      spec(),
      [
        by('eth1'),
        '1 0.0.0.0/1 dev tun0 table 254 proto 3 scope 253',
        '1 128.0.0.0/1 dev tun0 table 254 proto 3 scope 253',
      ],
      said('tun0'),
    ],
    [
      'asked for',
      spec(', snat: true', 'hosts: { h1: {}, h2: { publicInterface: eth1 } }\n'),
      [by('eth1')],
      said('eth1', 'h1'),
    ],
    ['let out there', spec(', forward: [eth1]'), [by('eth1')], said('eth1')],
    [
      'with some destinations that are not to be translated',
      spec(', noSnat: [10.0.0.0/8]'),
      [by('eth1')],
      said('eth1'),
    ],
    ['floating addresses for some', spec('', '', floating('')), [by('eth1')], said('eth1')],
    [
      'by the interface that is about to go into its bridge',
      spec().replace('null', 'eth1'),
      [by('eth1')],
      said('eth1'),
    ],
    ['by the one that is in it', spec().replace('null', 'eth1'), [by('br-lab')], said('eth1')],
  ] as const) {
    test(name, async () => expect(await told(text, routes)).toEqual(expected));
  }
});

describe('nothing is said', () => {
  for (const [name, text, routes] of [
    ['without a default route', spec(), [by('eth1', '203.0.113.1', '10.0.0.0/8')]],
    ['where nobody could read the routes', spec(), []],
    ['where the default route leads nowhere', spec(), ['6 default table 254 proto 3 scope 0']],
    ['with a public interface', spec('', 'hosts: { h1: { publicInterface: eth1 } }\n'), [by('eth1')]],
    ['with another public interface', spec('', 'hosts: { h1: { publicInterface: eth2 } }\n'), [by('eth1')]],
    ['with a source address of the host', spec('', 'hosts: { h1: { sourceAddress: 203.0.113.11 } }\n'), [by('eth1')]],
    ['with one of its own', spec(', snat: 203.0.113.50'), [by('eth1')]],
    ['of one that is not to be translated', spec(', snat: false'), [by('eth1')]],
    ['of one whose destinations are not', spec(', noSnat: [0.0.0.0/0]'), [by('eth1')]],
    ['of one that is not let out', spec(', forward: none'), [by('eth1')]],
    ['of one that is let out elsewhere', spec(', forward: [eth2]'), [by('eth1')]],
    ['without a gateway', spec(', gateway: null'), [by('eth1')]],
    [
      'of one with an outside router',
      spec(', gateway: 192.168.50.254, dhcp: { server: 192.168.50.1 }').replace('null', 'eth1'),
      [by('eth1')],
    ],
    ['of a flat one', spec().replace('flat-dhcp', 'flat'), [by('eth1')]],
    ['of one that the router of the host is in', spec().replace('null', 'eth1'), [by('eth1', '192.168.50.254')]],
    ['with floating addresses for all', spec('', '', floating(', floating: [{ pool: public }]')), [by('eth1')]],
  ] as const) {
    test(name, async () => expect(await told(text, routes)).toEqual([]));
  }

  test('where somebody else translates it', async () => {
    const nat = (rule: string): Around => ({
      rules: `*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ${rule} -j MASQUERADE\nCOMMIT\n`,
    });
    expect(await told(spec(), [by('eth1')], nat('-o eth1'))).toEqual([]);
    expect(await told(spec(), [by('eth1')], nat('-s 172.17.0.0/16 ! -o docker0'))).toEqual(said('eth1'));
  });
});

test('several are named together, a warning that holds up nothing', async () => {
  const text = `apiVersion: netctl/v1\nnetworks:\n${[1, 2].map((n) => `  n${n}: { mode: flat-dhcp, cidr: 10.0.${n}.0/24, interface: null }\n`).join('')}`;
  const diagnostics = await found(text, { others: { [READ_ALL_ROUTES.join(' ')]: by('eth1') } });
  expect(diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'no-snat',
      at: [
        ['networks', 'n1'],
        ['networks', 'n2'],
      ],
      message:
        'nothing of n1, n2 is source-NATed, because no publicInterface is named for this host: what instances send to the outside leaves by eth1 as it is, and replies come back only if a router knows the way to 10.0.1.0/24, 10.0.2.0/24',
      hint: 'hosts: { NAME: { publicInterface: eth1 } }; or snat: false on the networks, if a router knows the way back',
    },
  ]);
});
