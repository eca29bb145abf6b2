// test/kernel/uplinks/next-spec.test.ts — a host with an uplink in a bridge gets another spec, in which that bridge is
// something else.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const NIC = 'instances: { vm-1: { nics: [{ network: lab }] } }\n';
const specOf = (network: string, rest = NIC): string =>
  `apiVersion: netctl/v1\nnetworks: { lab: { bridge: br-lab, ${network} } }\n${rest}`;
const FLAT = specOf('mode: flat, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1');

function inTurn(...specs: readonly string[]): void {
  const before = lab.snapshot();
  for (const spec of specs) {
    must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec }));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  }
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(lab.snapshot()).toBe(before);
}

test("a network of its own with floating addresses beside a hoster's /32 becomes the network of the wire", () => {
  lab.ip(lab.host, 'address flush dev eth1');
  lab.ip(lab.host, 'address add 203.0.113.11/32 dev eth1');
  lab.ip(lab.host, 'route add default via 203.0.113.1 dev eth1 onlink');
  const own = specOf(
    'mode: flat-dhcp, interface: eth1, cidr: 192.168.50.0/24',
    `pools: { public: { ranges: [203.0.113.64/28], interface: eth1 } }\n${NIC.replace('lab }', 'lab, floating: [203.0.113.66] }')}`,
  );
  inTurn(own, FLAT, own);
});

for (const server of ['203.0.113.11', '203.0.113.12'])
  test(`a network of its own becomes the lower half of the LAN, with the host's ${server} in it, and the whole of it`, () => {
    lab.ip(lab.host, 'address add 203.0.113.12/24 dev eth1');
    const [own, half, whole] = [
      specOf('mode: flat-dhcp, interface: eth1, cidr: 192.168.50.0/24'),
      ...['203.0.113.0/25', '203.0.113.0/24'].map((cidr) =>
        specOf(
          `mode: flat-dhcp, interface: eth1, cidr: ${cidr}, gateway: 203.0.113.1, dhcp: { server: ${server} }, allocate: [203.0.113.64/27]`,
        ),
      ),
    ] as [string, string, string];
    inTurn(own, half, whole, half, own);
  });

test('an uplink with a permanent neighbour leaves a bridge that stays: the kernel flushes neighbours with the MAC it gets', () => {
  for (const line of [
    '-6 address add 2001:db8::11/64 dev eth1',
    'neigh add 2001:db8::9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent router',
    'neigh add 203.0.113.9 lladdr 02:00:00:00:00:98 dev eth1 nud permanent',
  ])
    lab.ip(lab.host, line);
  const neighbours = (): string =>
    lab.ip(lab.host, 'neigh show dev eth1 nud permanent') + lab.ip(lab.host, '-6 neigh show dev eth1 nud permanent');
  const before = neighbours();
  expect(before).toMatch(/203\.0\.113\.9 [^]*2001:db8::9 /);
  must(lab.netctl(['apply', '--yes'], { spec: FLAT }));
  must(
    lab.netctl(['apply', '--yes', '--allow-mass-delete'], {
      spec: specOf('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24'),
    }),
  );
  expect(neighbours()).toBe(before);
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
});
