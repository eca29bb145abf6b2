// test/features/host/checks.test.ts — a network whose way out is the uplink of another, which is shut off: by which keys
// of either.
import { expect, test } from 'vitest';
import { problemsOf } from '../../specfile/problems.ts';

/** The shut one begins at line 4, the other at line 5. */
const spec = (shut: string, other = '', more = ''): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  up: { mode: flat-dhcp, cidr: 10.0.0.0/24, interface: eth1, bridge: br-up${shut} }
  vms: { mode: flat-dhcp, cidr: 10.1.0.0/24, interface: null, bridge: br-vms${other} }
${more}`;

for (const [name, text, problems] of [
  ['open', spec(''), []],
  ['forward: none', spec(', forward: none'), ['4:86 warning forward-shut, also 5:8']],
  ['gateway: null', spec(', gateway: null'), ['4:86 warning forward-shut, also 5:8']],
  ['a list without the other', spec(', forward: [eth2]'), ['4:86 warning forward-shut, also 5:8']],
  ['a list with the other', spec(', forward: [br-vms]'), []],
  [
    'the other names the interface',
    spec(', forward: none', ', forward: [eth1]'),
    ['4:86 warning forward-shut, also 5:88'],
  ],
  ['the other is shut off itself', spec(', forward: none', ', forward: none'), []],
  ['the other goes out by another interface', spec(', forward: none', ', forward: [eth2]'), []],
  [
    'its floating addresses come by it alone',
    spec(
      ', forward: none',
      '',
      'pools: { p: { ranges: [198.51.100.0/28], interface: eth1 } }\ninstances: { vm: { nics: [{ network: vms, floating: [{ pool: p }] }] } }\n',
    ).replace('publicInterface: eth1', 'publicInterface: eth2'),
    ['4:86 warning forward-shut, also 5:8'],
  ],
] as const)
  test(name, () => expect(problemsOf(text)).toEqual(problems));
