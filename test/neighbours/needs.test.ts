// test/neighbours/needs.test.ts — which packets a network needs: what the spec shuts off or sends another way is not missed.
import { expect, test } from 'vitest';
import { found, ruleSet } from './around.ts';
import type { Around } from './around.ts';

const HOOK = '-A FORWARD -m comment --comment "netctl:1a2b3c4d networks" -j netctl-FORWARD';
const above = (line: string): Around => ({ rules: `*filter\n:FORWARD ACCEPT [0:0]\n${line}\n${HOOK}\nCOMMIT\n` });
const told = async (spec: string, around: Around): Promise<readonly string[]> => (await found(`apiVersion: netctl/v1\n${spec}`, around)).map(({ message }) => message.replace(/ are dropped .*/, ''));

const PUBLIC = `hosts: { h1: { publicInterface: eth1 } }
pools: { public: { ranges: [198.51.100.16/28] } }
`;

test('what comes for a floating address is not yet sent to its guest before it is translated', async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }
`;
  const drop = (table: string, chain: string): Around => ({ rules: `*${table}\n:${chain} ACCEPT [0:0]\n-A ${chain} -d 192.168.50.0/24 -i eth1 -j DROP\nCOMMIT\n` });
  expect(await told(spec, drop('raw', 'PREROUTING'))).toEqual([]);
  expect(await told(spec, drop('mangle', 'FORWARD'))).toEqual(['lab: answers from the outside and packets to floating addresses']);
});

test('guests with a floating address pass netfilter on their bridge whatever the host is told', async () => {
  const spec = `${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances:
  vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] }
  vm-2: { nics: [{ network: lab, device: { type: tap } }] }
`;
  const around = { tables: { 'inet filter': ruleSet('strict.json') } };
  expect(await told(spec, around)).toContain('lab: packets between guests');
  expect(await told(spec.replace('floating: [198.51.100.17], ', ''), around)).not.toContain('lab: packets between guests');
});

test('a floating address on the network\'s own uplink is a matter of its bridge', async () => {
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
  const spec = (forward: string): string => `hosts: { h1: { publicInterface: eth1, metadata: { address: 203.0.113.9, port: 80 } } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null, forward: ${forward} } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
  const drop = above('-A FORWARD -p tcp -m tcp --dport 80 -d 203.0.113.9/32 -j DROP');
  expect(await told(spec('all'), drop)).toEqual(['lab: requests for metadata']);
  expect(await told(spec('none'), above('-A FORWARD -i docker0 -j DROP'))).toEqual([]);
});

test('a rule that somebody put among firewalld\'s is not firewalld\'s', async () => {
  const rules = ruleSet('firewalld.iptables').replace('-A FORWARD -m conntrack --ctstate RELATED', `-A FORWARD -i br-lab -j DROP\n${HOOK}\n-A FORWARD -m conntrack --ctstate RELATED`);
  const [first] = await found(`apiVersion: netctl/v1\n${PUBLIC}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }\n`, { rules });
  expect(first).toMatchObject({ message: 'lab: packets of guests to the outside are dropped by a rule in chain FORWARD of table filter (iptables): -A FORWARD -i br-lab -j DROP', hint: 'iptables -I FORWARD -i br-lab -j ACCEPT' });
});
