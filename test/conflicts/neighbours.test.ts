// test/conflicts/neighbours.test.ts — permanent neighbours on bridges for instances' addresses.
import { expect, test } from 'vitest';
import { found } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 }, h2: {} }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, cidr: 192.168.50.0/24, interface: eth2 }
  plain: { mode: flat, cidr: 192.168.52.0/24, interface: null }
instances:
  vm-1: { host: h1, nics: [{ mac: '02:00:00:00:00:01', network: lab, address: 192.168.50.2 }] }
  vm-2: { host: h2, nics: [{ network: lab, address: 192.168.50.3 }] }
  p-1: { host: h1, nics: [{ network: plain, address: 192.168.52.2 }] }
`;
const put = (dst: string, lladdr: string, dev: string, state = 'PERMANENT'): string =>
  JSON.stringify([{ dst, lladdr, dev, state: [state] }]);

const WRONG =
  "lab: by permanent neighbours that somebody has put on br-lab, 192.168.50.2 is 02:00:00:00:00:99 and not vm-1/lab's 02:00:00:00:00:01: what this host sends and routes there reaches no instance";
for (const [name, printed, told] of [
  [
    "another MAC than the instance's",
    put('192.168.50.2', '02:00:00:00:00:99', 'br-lab'),
    [[WRONG, 'ip neigh del 192.168.50.2 dev br-lab']],
  ],
  [
    'on the interface that the bridge takes the place of',
    put('192.168.50.2', '02:00:00:00:00:99', 'eth2'),
    [[WRONG, 'ip neigh del 192.168.50.2 dev eth2']],
  ],
  ["the instance's", put('192.168.50.2', '02:00:00:00:00:01', 'br-lab'), []],
  ['on another device', put('192.168.50.2', '02:00:00:00:00:99', 'eth1'), []],
  ['one that the kernel has learnt', put('192.168.50.2', '02:00:00:00:00:99', 'br-lab', 'STALE'), []],
  ['an address of nobody', put('192.168.50.9', '02:00:00:00:00:99', 'br-lab'), []],
  ["another host's instance", put('192.168.50.3', '02:00:00:00:00:99', 'br-lab'), []],
  ['where the host has no part', put('192.168.52.2', '02:00:00:00:00:99', 'br-plain'), []],
] as const) {
  test(name, async () => {
    const all = await found(SPEC, { others: { 'ip -d -N -j neigh show nud permanent': printed } });
    expect(all.flatMap(({ code, message, hint }) => (code === 'neighbour-wrong' ? [[message, hint]] : []))).toEqual(
      told,
    );
  });
}
