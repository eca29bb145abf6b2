// test/vm/vlan.test.ts — networks on VLANs: two tenants on one trunk, tagged on the wire and apart from each other, and
// what is wrong put right.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '../kernel/capture.ts';
import { Lab, must } from '../kernel/lab.ts';

const spec = (mtu = 1500): string => `apiVersion: netctl/v1
hosts: { h1: { vlanInterface: eth2 } }
networks:
  blue: { mode: vlan, vlan: 100, cidr: 10.1.0.0/24, mtu: ${mtu} }
  red: { mode: vlan, vlan: 101, cidr: 10.2.0.0/24 }
instances:
  a: { nics: [{ network: blue, address: 10.1.0.11, device: { type: veth, netns: GUEST-a } }] }
  b: { nics: [{ network: red, address: 10.2.0.11, device: { type: veth, netns: GUEST-b } }] }
`;

describe('two tenants on one trunk', () => {
  let lab: Lab;
  let untouched: string;
  const guest = (name: string): string => lab.host.replace(/host$/, name);
  const apply = (mtu?: number): string =>
    must(
      lab.netctl(['apply', '--yes', '--host', 'h1'], {
        spec: spec(mtu).replaceAll('GUEST', lab.host.replace(/-host$/, '')),
      }),
    ).out;

  beforeAll(() => {
    lab = new Lab();
    lab.ip(lab.host, 'link set dev eth2 down');
    lab.ip(lab.world, 'link set dev far2 mtu 9000');
    // The other end of the trunk: a guest of another host on each VLAN.
    for (const [id, address] of [
      [100, '10.1.0.12/24'],
      [101, '10.2.0.12/24'],
    ] as const) {
      lab.ip(lab.world, `link add link far2 name vlan${id} type vlan id ${id}`);
      lab.ip(lab.world, `address add ${address} dev vlan${id}`);
      lab.ip(lab.world, `link set dev vlan${id} up`);
    }
    untouched = lab.snapshot();
    for (const name of ['a', 'b']) lab.namespace(name);
    apply();
    for (const [name, address] of [
      ['a', '10.1.0.11/24'],
      ['b', '10.2.0.11/24'],
    ] as const)
      lab.ip(guest(name), `address add ${address} dev eth0`);
  });
  afterAll(() => {
    lab.close();
  });

  for (const [name, id, peer] of [
    ['a', 100, '10.1.0.12'],
    ['b', 101, '10.2.0.12'],
  ] as const)
    test(`frames of ${name} bear the tag ${id}`, async () => {
      const frames = await capture({ namespace: lab.world, link: 'far2', filter: 'vlan and icmp', count: 2 }, () =>
        lab.pings(guest(name), peer),
      );
      expect(frames).toEqual([expect.stringContaining(`vlan ${id}, p 0`), expect.stringContaining(`vlan ${id}, p 0`)]);
    });

  test('a whole packet of 1500 bytes passes', () => {
    expect(whole('1472')).toBe(0);
  });

  test('a guest on the other VLAN does not get there, whatever address it takes', () => {
    lab.ip(guest('b'), 'address add 10.1.0.99/24 dev eth0');
    expect(lab.pings(guest('b'), '10.1.0.12')).toBe(false);
    lab.ip(guest('b'), 'address del 10.1.0.99/24 dev eth0');
  });

  for (const [what, lines] of [
    ['another id', ['link del dev vlan100', 'link add link eth2 name vlan100 group 117 type vlan id 999']],
    ['another parent', ['link del dev vlan100', 'link add link eth1 name vlan100 group 117 type vlan id 100']],
    ['a parent that is down', ['link set dev eth2 down']],
  ] as const) {
    test(`${what} is seen and put right`, () => {
      for (const line of lines) lab.ip(lab.host, line);
      expect(lab.pings(guest('a'), '10.1.0.12')).toBe(false);
      expect(apply()).toContain('vlan100');
      expect(lab.pings(guest('a'), '10.1.0.12')).toBe(true);
    });
  }

  test("somebody else's VLAN device of the same id is in the way, and stays", () => {
    lab.ip(lab.host, 'link del dev vlan100');
    lab.ip(lab.host, 'link add link eth2 name others type vlan id 100');
    expect(lab.netctl(['apply', '--yes', '--host', 'h1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('link-foreign') as string,
    });
    lab.ip(lab.host, 'link del dev others');
    apply();
  });

  test('packets of 9000 bytes pass whole once the network says so', () => {
    lab.ip(lab.world, 'link set dev vlan100 mtu 9000');
    apply(9000);
    expect(whole('8972')).toBe(0);
  });

  test('destroyed, the parent is what it was: down, and with its own MTU', () => {
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(untouched);
  });

  function whole(size: string): number | null {
    return lab.in(guest('a'), ['ping', '-n', '-c', '1', '-w', '5', '-M', 'do', '-s', size, '10.1.0.12']).code;
  }
});
