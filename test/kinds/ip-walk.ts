// test/kinds/ip-walk.ts — the walk of the kinds that speak `ip`: from any wanted set to any other, killed anywhere,
// then settled.
import { withRestored, recordOriginals, stillBorrowed } from '../../src/core/borrow.ts';
import type { Originals } from '../../src/core/borrow.ts';
import { compose } from '../../src/core/compose.ts';
import { diff } from '../../src/core/diff.ts';
import { execute } from '../../src/core/execute.ts';
import { memoriesOf, observe } from '../../src/core/observe.ts';
import type { Memories } from '../../src/core/observe.ts';
import { order } from '../../src/core/order.ts';
import type { Change, Driver, Kinds, Op, Plan, Ref, State, Want, Wanted } from '../../src/core/resource.ts';
import { address } from '../../src/kinds/address/index.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { link } from '../../src/kinds/link/index.ts';
import type { Link } from '../../src/kinds/link/model.ts';
import { route } from '../../src/kinds/route/index.ts';
import type { Route } from '../../src/kinds/route/model.ts';
import { sysctl } from '../../src/kinds/sysctl/index.ts';
import type { Sysctl } from '../../src/kinds/sysctl/model.ts';

const kinds: Kinds = [sysctl, link, address, route];

/** Equal chances, the same for the same seed. */
export type Random = (below: number) => number;
export function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * What an uplink carries before netctl comes: two networks, a secondary, IPv6, a default route with its source, a route
 * beside it.
 */
export const UPLINK: readonly string[] = [
  'address add 192.0.2.5/24 brd 192.0.2.255 dev eth1',
  'address add 192.0.2.6/24 dev eth1',
  'address add 198.51.100.5/25 label eth1:0 dev eth1',
  'address add 2001:db8::5/64 dev eth1 nodad',
  'route add default via 192.0.2.1 dev eth1 proto 16 src 192.0.2.5 metric 100',
  'route add 10.77.0.0/16 via 192.0.2.2 dev eth1 proto 4',
  'route add ::/0 via 2001:db8::1 dev eth1 proto 4',
];

const MOVED: readonly Pick<Address, 'cidr' | 'broadcast'>[] = [
  { cidr: '192.0.2.5/24', broadcast: '192.0.2.255' },
  { cidr: '198.51.100.5/25' },
  { cidr: '192.0.2.6/24' },
  { cidr: '2001:db8::5/64' },
];
const ROUTES: readonly Pick<Route, 'family' | 'to' | 'via' | 'source' | 'metric'>[] = [
  { family: 4, to: 'default', via: '192.0.2.1', source: '192.0.2.5', metric: 100 },
  { family: 4, to: '10.77.0.0/16', via: '192.0.2.2' },
  { family: 6, to: 'default', via: '2001:db8::1' },
];

/**
 * Addresses that a network's bridge may have first: other networks, the same network again, the uplink's network, none.
 */
const GATEWAYS = [
  '10.0.0.1/24',
  '10.0.0.254/24',
  '10.0.1.1/24',
  '192.0.2.200/24',
  '198.51.100.9/25',
  undefined,
] as const;

/**
 * Two networks, one uplink for at most one of them, and guests whose names are used again for another type or bridge.
 */
export function randomWants(random: Random, guests: readonly string[]): readonly Want[] {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[random(items.length)];
    if (item === undefined && items.length === 0) throw new Error('nothing to pick from');
    return item as T;
  };
  const bridges = ['br-a', 'br-b'].filter(() => random(4) > 0);
  const uplinked = random(3) === 0 ? undefined : bridges[random(bridges.length)];
  const forwarding: Sysctl = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' };
  const wants: Want[] = [{ resource: forwarding, because: [] }];
  const taken = new Set<string>();
  for (const bridge of bridges) {
    const gateway = pick(GATEWAYS);
    const free = gateway !== undefined && !taken.has(gateway) ? gateway : undefined;
    if (free !== undefined) taken.add(free);
    wants.push(...networkWants(bridge, pick([1400, 1500]), free, bridge === uplinked));
  }
  const namespaces = [...guests];
  for (const name of ['vm-1', 'vm-2', 'vm-3', 'vm-4']) {
    const master = bridges[random(bridges.length)];
    if (master === undefined || random(4) === 0) continue;
    const mtu = pick([1400, 1500]);
    const alias = `${name}/net${pick(['', '#2'])} ${pick(['10.0.0.9', '10.0.0.10'])}`;
    const netns = random(2) === 0 ? namespaces.splice(random(namespaces.length), 1)[0] : undefined;
    const device: Link =
      netns === undefined
        ? { kind: 'link', type: 'tap', name, master, mtu, alias }
        : {
            kind: 'link',
            type: 'veth',
            name,
            master,
            mtu,
            alias,
            peer: { name: 'eth0', netns, mac: pick(['02:00:00:00:01:01', '02:00:00:00:01:02']) },
          };
    wants.push({ resource: device, because: [] });
  }
  return wants;
}

function networkWants(bridge: string, mtu: number, gateway: string | undefined, uplinked: boolean): readonly Want[] {
  const first: Address[] =
    gateway === undefined
      ? []
      : [{ kind: 'address', link: bridge, cidr: gateway, broadcast: '255.255.255.255', first: true }];
  const resources: (Link | Address)[] = [
    {
      kind: 'link',
      type: 'bridge',
      name: bridge,
      mac: bridge === 'br-a' ? '02:00:00:00:00:0a' : '02:00:00:00:00:0b',
      mtu,
      netfilter: uplinked,
    },
    ...first,
  ];
  const wants: Want[] = resources.map((resource) => ({ resource, because: [] }));
  if (!uplinked) return wants;
  const port: Link = {
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth1',
    master: bridge,
    promiscuous: true,
    hairpin: false,
    up: true,
  };
  const moved = MOVED.map((given): Address => ({ kind: 'address', link: bridge, ...given, movedFrom: 'eth1' }));
  const after = moved.map((a): Ref => `address ${bridge} ${a.cidr}`);
  return [
    ...wants,
    { resource: port, because: [] },
    ...moved.map((resource) => ({ resource, because: [] })),
    ...ROUTES.map((given): Want<Route> => ({
      resource: { kind: 'route', link: bridge, protocol: '117', ...given, movedFrom: 'eth1' },
      because: [],
      after,
    })),
  ];
}

/** What somebody may do behind netctl's back. Some of it is refused where it does not apply. */
export const DRIFT: readonly (readonly [line: string, netns?: string])[] = [
  ['link del dev br-a'],
  ['link del dev br-b'],
  ['link del dev vm-1'],
  ['link del dev vm-2'],
  ['link set dev vm-1 nomaster'],
  ['link set dev vm-2 down'],
  ['link set dev vm-3 type bridge_slave hairpin off'],
  ['link set dev vm-3 mtu 1300'],
  ['link set dev br-a down'],
  ['link set dev br-b mtu 1300'],
  ['link set dev br-a type bridge stp_state 1'],
  ['link set dev br-a type bridge nf_call_iptables 1'],
  ['link set dev br-b type bridge nf_call_iptables 0'],
  ['link set dev br-b address 02:00:00:00:00:ff'],
  ['link set dev eth1 nomaster promisc off'],
  ['address del 10.0.0.1/24 dev br-a'],
  ['address del 192.0.2.200/24 dev br-b'],
  ['address add 10.0.0.77/24 metric 117 dev br-a'],
  ['address add 10.0.0.78/24 metric 117 dev br-b'],
  ['address add 192.0.2.5/24 dev eth1'],
  ['route del default via 192.0.2.1 dev br-a proto 117 metric 100'],
  ['link set dev eth0 down', 'g1'],
  ['link set dev eth0 name lan0', 'g1'],
  ['link set dev eth0 address 02:00:00:00:02:02', 'g2'],
  ['link set dev eth0 mtu 1300', 'g2'],
  ['link del dev eth0', 'g3'],
];

/** Somebody else's, with names and numbers like ours. It is to be there to the end. */
export const FOREIGN: readonly string[] = [
  'link add name br-c group 200 address 02:00:00:00:00:0c type bridge',
  'link set dev br-c up',
  'address add 10.50.0.1/24 brd 10.50.0.255 dev br-c',
  'route add 10.51.0.0/16 via 10.50.0.2 dev br-c proto 4',
  'tuntap add dev tap-x mode tap',
  'link set dev tap-x alias "netctl vm-1/net" master br-c up',
  'address add 10.60.0.1/24 dev eth2',
];

/** netctl's pipeline without a spec, and what it keeps between runs. */
export class Keeper {
  originals: Originals = new Map();
  memories: Memories = {};
  private readonly driver: Driver;
  constructor(driver: Driver) {
    this.driver = driver;
  }

  async plan(wants: readonly Want[]): Promise<{
    readonly plan: Plan;
    readonly asked: Wanted;
    readonly changes: readonly Change[];
    readonly observed: State;
  }> {
    const composed = compose(wants, kinds);
    if (!composed.ok) throw new Error(composed.problems.map((problem) => problem.message).join('; '));
    const wanted = withRestored(this.originals, composed.value, new Set(['eth1', 'eth2']), kinds);
    this.driver.invalidate();
    const observed = await observe(this.driver, wanted.state, kinds, this.memories);
    const changes = diff(observed, wanted, kinds);
    return { plan: order(changes, wanted, kinds), asked: composed.value, changes, observed };
  }

  /** Says what failed. A cut of power is thrown on. */
  async apply(wants: readonly Want[]): Promise<readonly string[]> {
    const { plan, asked, changes } = await this.plan(wants);
    this.originals = recordOriginals(changes, this.originals);
    this.memories = {
      ...this.memories,
      link: { ...this.memories['link'], ...link.recordBefore?.(changes.filter(isLinkChange)) },
    };
    const failed: string[] = [];
    await execute(plan, this.driver, (event) => {
      if (event.event === 'failed') failed.push(event.error.message);
    });
    if (failed.length > 0) return [...failed, ...plan.steps.flatMap((step) => step.ops.flatMap(linesOf))];
    const after = await this.plan(wants);
    if (after.changes.length > 0)
      return [
        ...after.changes.map((change) => JSON.stringify(change)),
        ...plan.steps.flatMap((step) => step.ops.flatMap(linesOf)),
      ];
    this.originals = stillBorrowed(this.originals, asked, kinds);
    this.memories = memoriesOf(after.observed, kinds);
    return [];
  }
}

function isLinkChange(change: Change): change is Change<Link> {
  return change.ref.startsWith('link ');
}

function linesOf(op: Op): readonly string[] {
  return op.op === 'batch' ? op.lines.map((line) => `  ${op.netns ?? ''} ${line}`) : [`  ${JSON.stringify(op)}`];
}
