// test/kernel/ipv6.test.ts — addresses, routes, neighbours, settings and rules of IPv6 on a real kernel: made, mended,
// heard of when others change them, and gone; also with a store that was lost.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hint } from '../../src/core/hint.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { features } from '../../src/features/index.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { watchHost } from '../../src/monitors/index.ts';
import { prepare } from '../../src/pipeline/prepare.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { ipv6 } from '../house/sample/ipv6.ts';
import { applied, destroyed, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';
import { Lab, must } from './lab.ts';

let lab: Lab;
let store = createMemoryStore();
beforeAll(() => (lab = new Lab()));
afterAll(() => lab.close());

const spec = (more = ', cidr6: "fd00:64::/64"'): string =>
  `apiVersion: netctl/v1\nhosts: { h1: {} }\nnetworks:\n  lab: { mode: flat, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dns: [9.9.9.9]${more} }\n`;

function world(text = spec()): TestWorld {
  const paths = { state: lab.path('state'), run: lab.path('run'), netns: lab.host };
  return worldOf(
    { driver: createLinuxDriver({ netns: lab.host }), store, spec: { 'spec.yaml': text }, host: 'h1' },
    { paths, netns: lab.host, kinds: kindsFor(paths), features: [...features, ipv6] },
  );
}

async function plan(text?: string): Promise<readonly string[]> {
  return (await prepare(world(text))).plan.changes.map(({ verb, ref }) => `${verb} ${ref}`);
}

async function settled(text?: string): Promise<void> {
  const one = world(text);
  expect(await applied(one), `${one.said.out}${one.said.err}`).toBe(0);
  expect(await plan(text)).toEqual([]);
}

const rules = (): string => inHost('ip6tables-save');
const inHost = (words: string): string => must(lab.in(lab.host, words.split(' '))).out;

/** What somebody does, what is heard of that, and what is to be done about it. */
const DRIFT: readonly (readonly [does: string, hint: Hint, change: string])[] = [
  [
    'ip address del fd00:64::1/64 dev br-lab',
    { subsystem: 'links', name: 'br-lab' },
    'create address br-lab fd00:64::1/64',
  ],
  ['ip route del fd00:99::/48', { subsystem: 'routes' }, 'create route 6 fd00:99::/48 br-lab 1024'],
  ['ip -6 route del default via fe80::7 dev br-lab', { subsystem: 'routes' }, 'create route 6 default br-lab 2048'],
  [
    'sysctl -q -w net.ipv6.conf.br-lab.proxy_ndp=0',
    { subsystem: 'settings' },
    'update sysctl net.ipv6.conf.br-lab.proxy_ndp',
  ],
  [
    'ip6tables -F netctl-FORWARD',
    { subsystem: 'rules6', name: 'filter/netctl-FORWARD' },
    'update chain6 filter/netctl-FORWARD',
  ],
  ['ip6tables -F FORWARD', { subsystem: 'rules6', name: 'filter/FORWARD' }, 'create chain6 filter/FORWARD'],
];

test('it is made, mended, heard of, and goes', async () => {
  await settled();
  expect(rules()).toContain('-p ipv6-icmp -m icmp6 --icmpv6-type 128 -m comment');
  expect(rules()).toContain('-j REJECT --reject-with icmp6-adm-prohibited');
  expect(inHost('ip -6 route show default')).toContain('default via fe80::7 dev br-lab proto 117 metric 2048');
  expect(inHost('ip -6 neigh show proxy')).toContain('fd00:64::99 dev br-lab');

  const heard: Hint[] = [];
  const watch = await watchHost({
    netns: lab.host,
    directories: [],
    run: lab.path('run'),
    isOwn: () => false,
    onHint: (hint) => heard.push(hint),
    onState: () => undefined,
  });
  try {
    for (const [does, hint, change] of DRIFT) {
      heard.length = 0;
      inHost(does);
      await expect.poll(() => heard, { timeout: 10_000, message: does }).toContainEqual(expect.objectContaining(hint));
      expect(await plan(), does).toContain(change);
      await settled();
    }
  } finally {
    await watch.close();
  }

  // What is wanted no more goes from a bridge that stays.
  await settled(spec(''));
  expect(rules()).not.toContain('netctl');
  expect(inHost('ip -6 neigh show proxy')).toBe('');
  // Of a store that is lost, the host itself tells.
  await settled();
  store = createMemoryStore();
  expect(await destroyed(world())).toBe(0);
  expect(rules()).not.toContain('netctl');
  expect(inHost('ip -6 route show table all')).not.toContain('br-lab');
});
