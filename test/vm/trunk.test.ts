// test/vm/trunk.test.ts — the kernel under these tests has 802.1Q: frames are tagged on the wire, and VLANs on one
// trunk do not meet.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '../kernel/capture.ts';
import { Lab, must } from '../kernel/lab.ts';

describe('two VLANs on one trunk', () => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab();
    for (const [namespace, trunk, own] of [
      [lab.host, 'eth2', 1],
      [lab.world, 'far2', 2],
    ] as const)
      for (const id of [100, 200]) {
        lab.ip(namespace, `link add link ${trunk} name vlan${id} type vlan id ${id}`);
        lab.ip(namespace, `address add 10.0.${id}.${own}/24 dev vlan${id}`);
        lab.ip(namespace, `link set dev vlan${id} up`);
      }
  });
  afterAll(() => {
    lab.close();
  });

  for (const id of [100, 200])
    test(`frames of VLAN ${id} bear its tag`, async () => {
      const frames = await capture({ namespace: lab.world, link: 'far2', filter: 'vlan and icmp', count: 2 }, () =>
        lab.pings(lab.host, `10.0.${id}.2`),
      );
      expect(frames).toEqual([
        expect.stringContaining(`vlan ${id}, p 0, ethertype IPv4`),
        expect.stringContaining(`vlan ${id}, p 0, ethertype IPv4`),
      ]);
    });

  test('a whole packet of 1500 bytes passes, tag and all', () => {
    expect(
      must(lab.in(lab.host, ['ping', '-n', '-c', '1', '-w', '5', '-M', 'do', '-s', '1472', '10.0.100.2'])).code,
    ).toBe(0);
  });

  test('who has only the other VLAN does not get there', () => {
    lab.ip(lab.world, 'link del dev vlan100');
    expect(lab.pings(lab.host, '10.0.100.2')).toBe(false);
    expect(lab.pings(lab.host, '10.0.200.2')).toBe(true);
  });
});
