// test/vm/two-hosts.test.ts — one spec on two hosts that share a trunk: a tenant's guests meet across it, and nobody
// else's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '../kernel/capture.ts';
import { Lab, must } from '../kernel/lab.ts';

/** Guests of both tenants on both hosts; on the wire between these a switch that lets only their two VLANs through. */
const GUESTS = [
  ['h1', 'blue', '10.1.0.11'],
  ['h2', 'blue', '10.1.0.12'],
  ['h1', 'red', '10.2.0.11'],
  ['h2', 'red', '10.2.0.12'],
] as const;

describe('two hosts on one trunk', () => {
  const labs = new Map<string, Lab>();
  const labOf = (host: string): Lab => {
    const lab = labs.get(host);
    if (lab === undefined) throw new Error(`there is no host ${host}`);
    return lab;
  };
  const guest = (host: string, network: string): string => labOf(host).host.replace(/host$/, network);
  const reaches = (host: string, network: string, to: string): boolean => labOf(host).pings(guest(host, network), to);
  const spec = (): string => `apiVersion: netctl/v1
hosts: { h1: { vlanInterface: eth2 }, h2: { vlanInterface: eth2 } }
networks:
  blue: { mode: vlan, vlan: 100, cidr: 10.1.0.0/24 }
  red: { mode: vlan, vlan: 101, cidr: 10.2.0.0/24 }
instances:
${GUESTS.map(([host, network, address]) => `  ${host}-${network}: { host: ${host}, nics: [{ network: ${network}, address: ${address}, device: { type: veth, netns: ${guest(host, network)} } }] }`).join('\n')}
`;

  beforeAll(() => {
    for (const host of ['h1', 'h2']) labs.set(host, new Lab());
    const [one, two] = [labOf('h1'), labOf('h2')];
    two.ip(two.host, 'link set dev eth2 address 02:00:00:00:01:e2');
    two.ip(two.world, `link set dev far2 netns ${one.world} name far3`);
    one.ip(one.world, 'link add name switch type bridge vlan_filtering 1 vlan_default_pvid 0 forward_delay 0');
    for (const port of ['far2', 'far3']) {
      one.ip(one.world, `link set dev ${port} master switch up`);
      for (const id of ['100', '101']) must(one.in(one.world, ['bridge', 'vlan', 'add', 'vid', id, 'dev', port]));
    }
    one.ip(one.world, 'link set dev switch up');
    for (const [host, network] of GUESTS) labOf(host).namespace(network);
    for (const [host, lab] of labs) must(lab.netctl(['apply', '--yes', '--host', host], { spec: spec() }));
  });
  afterAll(() => {
    for (const lab of labs.values()) lab.close();
  });

  // Both servers hear it. The other host's has the same address and refuses what it does not know: when that comes
  // first, the guest asks again.
  test('each guest is given its own address', () => {
    expect(GUESTS.map(([host, network]) => labOf(host).lease(guest(host, network))['ip'])).toEqual(
      GUESTS.map(([, , address]) => address),
    );
  });

  for (const [network, id, other, peer] of [
    ['blue', 100, 'red', '10.1.0.12'],
    ['red', 101, 'blue', '10.2.0.12'],
  ] as const) {
    test(`${network} reaches its own tenant on the other host, by frames that bear ${id}`, async () => {
      const { world } = labOf('h1');
      const frames = await capture({ namespace: world, link: 'far3', filter: 'vlan and icmp', count: 2 }, () =>
        reaches('h1', network, peer),
      );
      expect(frames).toEqual([expect.stringContaining(`vlan ${id}, p 0`), expect.stringContaining(`vlan ${id}, p 0`)]);
    });

    test(`${other} does not get there on the wire, whatever address it takes`, () => {
      const taken = peer.replace(/12$/, '99/24');
      labOf('h1').ip(guest('h1', other), `address add ${taken} dev eth0`);
      expect(reaches('h1', other, peer)).toBe(false);
      labOf('h1').ip(guest('h1', other), `address del ${taken} dev eth0`);
    });
  }

  test('a whole packet of 1500 bytes passes between the hosts, tag and all', () => {
    expect(
      labOf('h1').in(guest('h1', 'blue'), ['ping', '-n', '-c', '1', '-w', '5', '-M', 'do', '-s', '1472', '10.1.0.12'])
        .code,
    ).toBe(0);
  });

  test('one host restores all, and the other is as it was', () => {
    const before = labOf('h2').snapshot();
    must(labOf('h1').netctl(['destroy', '--yes', '--host', 'h1']));
    expect(labOf('h2').snapshot()).toBe(before);
    expect(reaches('h2', 'blue', '10.1.0.1')).toBe(true);
  });
});
