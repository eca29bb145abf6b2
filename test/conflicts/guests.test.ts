// test/conflicts/guests.test.ts — rules of others that mean a part of a network: those count who are there.
import { expect, test } from 'vitest';
import { found } from './around.ts';

const spec = (...addresses: readonly string[]): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 }, h2: {} }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances:
${addresses.map((address, i) => `  vm-${i + 1}: { host: h1, nics: [{ network: lab, address: ${address} }] }\n`).join('')}  far: { host: h2, nics: [{ network: lab, address: 192.168.50.250 }] }
`;
const ONE = spec('192.168.50.2');
const TWO = spec('192.168.50.2', '192.168.50.3');
const [out, back] = ['packets of instances to the outside', 'replies from outside'];
const ACCEPTED = ['-o br-lab -j ACCEPT', '-i br-lab -j DROP'];

for (const [name, given, rules, told] of [
  ['all but the gateway', ONE, ['-m iprange --src-range 192.168.50.2-192.168.50.254 -j DROP'], [`${out} are`]],
  ['half of it, with all who are there', TWO, ['-s 192.168.50.0/25 -j DROP'], [`${out} are`]],
  ['where they are sent to', TWO, ['-d 192.168.50.0/25 -j DROP'], [`${back} are`]],
  ['half of it, with none', TWO, ['-s 192.168.50.128/25 -j DROP'], []],
  ['all but half of it, with none', TWO, ['! -s 192.168.50.0/25 -o eth1 -j DROP'], []],
  ['all but the other half', TWO, ['! -s 192.168.50.128/25 -o eth1 -j DROP'], [`${out} are`]],
  ['all but the gateway, told by that', TWO, ['! -s 192.168.50.1 -o eth1 -j DROP'], [`${out} are`]],
  [
    'half of it, by a match that only its writer understands',
    TWO,
    ['-s 192.168.50.0/25 -m bpf --bytecode "1,6 0 0 1" -j DROP'],
    [`${out} may be`],
  ],
  ['the address of the only one', ONE, ['-s 192.168.50.2 -j DROP'], []],
  ['one address of two', TWO, ['-s 192.168.50.2 -j DROP'], []],
  ['let pass by a part of the network', TWO, ['-s 192.168.50.0/25 -j ACCEPT', ...ACCEPTED], []],
  ['let pass by the address of the only one', ONE, ['-s 192.168.50.2 -j ACCEPT', ...ACCEPTED], []],
  ['let pass by a part with none', TWO, ['-s 192.168.50.128/25 -j ACCEPT', ...ACCEPTED], [`${out} are`]],
] as const satisfies readonly (readonly [string, string, readonly string[], readonly string[]])[]) {
  test(name, async () => {
    const lines = rules.map((rule) => `-A FORWARD ${rule}\n`).join('');
    const all = await found(given, {
      rules: `*filter\n:FORWARD ACCEPT [0:0]\n:netctl-FORWARD - [0:0]\n${lines}-A FORWARD -j netctl-FORWARD\nCOMMIT\n`,
    });
    expect(
      all.flatMap(({ code, message }) =>
        code === 'foreign-drop' ? [message.replace(/^lab: (.*) dropped by .*$/, '$1')] : [],
      ),
    ).toEqual(told);
  });
}
