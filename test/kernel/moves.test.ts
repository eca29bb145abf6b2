// test/kernel/moves.test.ts — the way out goes from bridge to bridge and back to its interface, on a host that asks
// where answers would go: nothing is said, since traffic goes on; and a host whose way out is another one is told so
// before and after.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const [FLOATING, FAR] = ['203.0.113.70', '192.0.2.99'];

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
  lab.ip(lab.host, 'address add 198.51.100.11/24 dev eth2');
  lab.ip(lab.world, 'address add 198.51.100.1/24 dev far2');
  lab.ip(lab.world, `address add ${FAR}/32 dev lo`);
  host('sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1');
});
afterEach(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};
const spec = (interface_: string, more = ''): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, interface: ${interface_}, cidr: 192.168.50.0/24 }
  priv: { mode: flat-dhcp, interface: null, cidr: 192.168.60.0/24 }
${more}pools: { public: { ranges: [203.0.113.64/27] } }
instances: { g1: { nics: [{ network: priv, address: 192.168.60.10, floating: [${FLOATING}], device: { type: veth, name: v-g1, netns: ${guest} } }] } }
`;

/** What is said of a spec by `plan`, what then by `status`, and whether an instance gets out and is reached. */
function went(text: string): readonly unknown[] {
  const conflicts = (verb: string): readonly string[] =>
    (
      JSON.parse(lab.netctl([verb, '-o', 'json'], { spec: text }).out) as {
        readonly conflicts: readonly { readonly code: string }[];
      }
    ).conflicts.map(({ code }) => code);
  const planned = conflicts('plan');
  must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: text }));
  lab.ip(guest, 'address replace 192.168.60.10/24 dev eth0');
  lab.ip(guest, 'route replace default via 192.168.60.1');
  const pings = (from: string, argv: readonly string[]): boolean =>
    lab.in(from, ['ping', '-n', '-c', '1', '-W', '2', ...argv]).code === 0;
  return [planned, conflicts('status'), pings(guest, [FAR]), pings(lab.world, ['-I', FAR, FLOATING])];
}

const WELL = [[], [], true, true];
const NEW = '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: eth2 }\n';

test('the way out goes with its interface', () => {
  const steps = [
    spec('eth1'),
    spec('eth1, bridge: brx'),
    spec('null, bridge: brx'),
    spec('eth1', NEW),
    spec('eth2', NEW.replace('eth2', 'eth1')),
    spec('null'),
  ];
  expect(steps.map(went)).toEqual(steps.map(() => WELL));
  must(lab.netctl(['apply', '--yes'], { spec: steps[0] ?? '' }));
  const { out, err } = must(lab.netctl(['rollback', '--yes']));
  expect(out + err).not.toMatch(/\[(other-way-out|rp-filter)\]/);
});

test('another way out is said, wherever it goes', () => {
  host('ip route replace default via 198.51.100.1 dev eth2');
  const steps = [spec('eth2'), spec('eth2, bridge: brx'), spec('null')];
  const said = ['rp-filter', 'other-way-out'];
  expect(steps.map((step) => went(step).slice(0, 2))).toEqual(steps.map(() => [said, said]));
});
