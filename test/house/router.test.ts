// test/house/router.test.ts — what stands in a network namespace of netctl's own is applied, mended, rolled back and
// destroyed as what stands on the host, by kinds that know nothing of it.
import { describe, expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import { prepare } from '../../src/pipeline/prepare.ts';
import { showPlan } from '../../src/pipeline/show-plan.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import { applied, destroyed, worldOf } from '../world.ts';
import { router } from './sample/router.ts';
import { describeWays, plan } from './ways.ts';
import type { Subject, Ways } from './ways.ts';

const NETNS = 'netctl-lab';
const spec = (name = 'lab', gateway = '192.168.50.1'): string =>
  `apiVersion: netctl/v1\nhosts: { h1: {} }\nnetworks:\n  ${name}: { mode: flat, bridge: br-${name}, interface: null, cidr: 192.168.50.0/24, gateway: ${gateway}, dns: [9.9.9.9] }\n`;

function subject(): Subject {
  const whole = createWhole({ namespaces: ['g1'] });
  const { host, ip, iptables, perNetns } = whole;
  const store = createMemoryStore();
  const ofPlaces = (): readonly string[] =>
    ip.kernel
      .names()
      .filter((name) => name !== 'g1')
      .flatMap((name) => [
        `netns ${name}`,
        perNetns.in(name).iptables.text(),
        perNetns.in(name).sysctl.run({ argv: ['sysctl', '-e', 'net.ipv4.ip_forward'] }).stdout,
      ]);
  return {
    whole,
    world: (text = spec()) =>
      worldOf({ driver: host, store, spec: { 'spec.yaml': text }, host: 'h1' }, { features: [...features, router] }),
    snapshot: () =>
      [
        ip.snapshot().replaceAll(/ mac 0e:\S+/g, ''),
        ...ofPlaces(),
        iptables.text(),
        host.daemons.text(),
        host.disk.text().replaceAll(/^\d+$/gm, 'PID'),
      ].join('\n--\n'),
  };
}

test('all that can be in a namespace is made in it, in an order that holds; and then nothing differs', async () => {
  const { whole, world, snapshot } = subject();
  const shown = world();
  showPlan(shown, await prepare(shown));
  expect(shown.said.out).toMatch(/^ {2}\+ netns +netctl-lab\b/m);
  expect(shown.said.out).toMatch(/^ {2}\+ netns\/address +netctl-lab: 192\.168\.50\.1\/24 on qr-0\b/m);
  expect(await applied(world())).toBe(0);
  expect(snapshot()).toContain(`netns ${NETNS}
  br-in: bridge up mtu 1400 mac 02:00:00:00:01:02 stp 0 delay 0 group 117
      inet 10.8.0.1/24 brd 10.8.0.255 metric 117
  qr-0: veth up mtu 1500 mac 02:00:00:00:01:01
      inet 192.168.50.1/24 brd 192.168.50.255 metric 117
  route 10.9.0.0/16 via 192.168.50.7 dev qr-0 proto 117
  neigh 192.168.50.7 dev qr-0 lladdr 02:00:00:00:01:07 nud permanent
`);
  expect(whole.perNetns.in(NETNS).iptables.text()).toContain('-A netctl-snat -s 10.8.0.0/24');
  expect(whole.perNetns.in(NETNS).iptables.text()).toMatch(
    /^-A netctl-at-10\.8\.0\.0 -s 10\.8\.0\.9\/32 .*^-A netctl-snat -s 10\.8\.0\.0\/26 .* -j netctl-at-10\.8\.0\.0$/ms,
  );
  expect(whole.iptables.text()).not.toContain('netctl-snat');
  expect(snapshot()).toContain('net.ipv4.ip_forward = 1');
  expect(await whole.host.processes('/netns/netctl-lab/', NETNS)).toMatchObject([{ argv: { 0: 'dnsmasq' } }]);
  expect(await plan(world())).toEqual([]);
});

test('where nothing is in one, nobody looks into a namespace', async () => {
  const { whole, world } = subject();
  const inside: unknown[] = [];
  const { host } = whole;
  const without = {
    ...world(),
    features,
    driver: {
      read: (argv: readonly string[], netns?: string) => {
        if (netns !== undefined) inside.push(argv);
        return host.read(argv, netns);
      },
      files: (path: string) => host.files(path),
      processes: (having: string, netns?: string) => host.processes(having, netns),
      perform: (op: Parameters<typeof host.perform>[0]) => host.perform(op),
      invalidate: () => undefined,
    },
  };
  expect(await applied(without)).toBe(0);
  expect(inside).toEqual([]);
});

/** What somebody does, and what is to be done about it. */
const DRIFT: readonly (readonly [what: string, does: (whole: Whole) => void, changes: readonly string[]])[] = [
  [
    'an address is gone',
    ({ ip }) => ip.do(`netns exec ${NETNS} ip address del 10.8.0.1/24 dev br-in`),
    ['create netns/address netctl-lab br-in 10.8.0.1/24'],
  ],
  [
    'a bridge is down',
    ({ ip }) => ip.do(`netns exec ${NETNS} ip link set dev br-in down`),
    ['update netns/link netctl-lab br-in'],
  ],
  [
    'a route is gone',
    ({ ip }) => ip.do(`netns exec ${NETNS} ip route del 10.9.0.0/16 via 192.168.50.7 dev qr-0`),
    ['create netns/route netctl-lab 4 10.9.0.0/16 qr-0 0'],
  ],
  [
    'rules are gone',
    ({ perNetns }) => perNetns.in(NETNS).iptables.load('*nat\n-F netctl-snat\nCOMMIT\n'),
    ['update netns/chain netctl-lab nat/netctl-snat'],
  ],
  [
    'a setting is another',
    ({ perNetns }) => perNetns.in(NETNS).sysctl.run({ argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'] }),
    ['update netns/sysctl netctl-lab net.ipv4.ip_forward'],
  ],
  [
    'its daemon is killed',
    ({ host }) => host.daemons.having('/netctl-lab/').forEach(({ pid }) => host.daemons.kill(pid)),
    ['create netns/process netctl-lab dnsmasq-lab'],
  ],
  [
    'its loopback is down',
    ({ ip }) => ip.do(`netns exec ${NETNS} ip link set dev lo down`),
    ['update netns netctl-lab'],
  ],
  [
    'its wire is cut: what stood on that is gone, and the daemon is to bind anew',
    ({ ip }) => ip.do('link del dev vr-lab'),
    [
      'create link vr-lab',
      'create netns/address netctl-lab qr-0 192.168.50.1/24',
      'create netns/route netctl-lab 4 10.9.0.0/16 qr-0 0',
      'create netns/neighbour netctl-lab qr-0 192.168.50.7',
      'replace netns/process netctl-lab dnsmasq-lab',
    ],
  ],
];

describe('drift inside is seen and mended', () => {
  for (const [what, does, changes] of DRIFT) {
    test(what, async () => {
      const { whole, world, snapshot } = subject();
      expect(await applied(world())).toBe(0);
      const right = snapshot();
      does(whole);
      expect((await plan(world())).toSorted()).toEqual(changes.toSorted());
      expect(await applied(world())).toBe(0);
      expect(snapshot()).toBe(right);
      expect(await plan(world())).toEqual([]);
    });
  }

  test('the whole namespace is gone, and its daemon runs where nobody finds it', async () => {
    const { whole, world, snapshot } = subject();
    expect(await applied(world())).toBe(0);
    const right = snapshot();
    whole.ip.do(`netns del ${NETNS}`);
    const told = await plan(world());
    expect(told).toContain('create netns netctl-lab');
    expect(told).toContain('replace netns/process netctl-lab dnsmasq-lab');
    expect(await applied(world())).toBe(0);
    expect(snapshot()).toBe(right);
    expect(await plan(world())).toEqual([]);
  });
});

test('destroy leaves nothing; also of a namespace that somebody has removed', async () => {
  for (const does of [() => undefined, ({ ip }: Whole) => ip.do(`netns del ${NETNS}`)]) {
    const { whole, world, snapshot } = subject();
    const before = snapshot();
    expect(await applied(world())).toBe(0);
    does(whole);
    expect(await destroyed(world())).toBe(0);
    expect(snapshot()).toBe(before);
  }
});

test('a namespace of somebody is left alone, whatever stands in it', async () => {
  const { whole, world } = subject();
  whole.ip.do('netns add netctlx', 'netns exec netctlx ip link add name br9 group 117 type bridge');
  expect(await applied(world())).toBe(0);
  expect(await destroyed(world())).toBe(0);
  expect(whole.ip.kernel.names()).toEqual(['g1', 'netctlx']);
  expect([...whole.ip.kernel.namespace('netctlx').devices.keys()]).toEqual(['lo', 'br9']);
});

const WAYS: Ways = [
  ['from nothing', undefined, spec()],
  ['to another gateway', spec(), spec('lab', '192.168.50.2')],
  ['to another network', spec(), spec('red')],
];

describeWays(WAYS, subject);
