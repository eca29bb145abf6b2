// test/kernel/busy-host.ts — a host with guests, floating addresses and a world behind it, all of them talking while
// netctl changes it.
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, must } from './lab.ts';
import { clock, Conversation } from './traffic.ts';
import type { Lost, Pace } from './traffic.ts';

/** What a spec of these tests has; JSON is YAML. */
export interface Draft {
  readonly apiVersion: string;
  readonly defaults: { dns: string[] };
  readonly hosts: {
    readonly h: {
      publicInterface: string;
      sourceAddress?: string;
      metadata?: { address: string; port: number };
      vlanInterface?: string;
    };
  };
  readonly pools: Record<string, { ranges: string[] }>;
  readonly networks: Record<string, Record<string, unknown>>;
  readonly instances: Record<string, { nics: Record<string, unknown>[] }>;
}
export type Edit = (spec: Draft) => void;

/** Who talks with whom; the first calls. */
export type Pair =
  /** A guest with the world, by the host's source NAT. */
  | { readonly talk: 'out'; readonly guest: Guest }
  /** The world with a guest, by its floating address. */
  | { readonly talk: 'floating'; readonly guest: Guest; readonly address: string }
  /** Two guests of one bridge. */
  | { readonly talk: 'bridged'; readonly guest: Guest; readonly other: Guest }
  /** A guest with a machine on the wire of its bridge. */
  | { readonly talk: 'wire'; readonly guest: Guest }
  /** The world with the host itself, as its operator does. */
  | { readonly talk: 'host' };

const ADDRESSES = {
  'vm-1': '10.0.0.5',
  'vm-2': '10.0.0.6',
  'vm-3': '10.0.1.5',
  'vm-4': '10.0.1.6',
  'vm-5': '10.0.2.5',
  'vm-6': '10.0.2.6',
} as const;
export type Guest = keyof typeof ADDRESSES;
const NETWORKS: Readonly<Record<Guest, string>> = {
  'vm-1': 'lab',
  'vm-2': 'lab',
  'vm-3': 'side',
  'vm-4': 'side',
  'vm-5': 'office',
  'vm-6': 'office',
};
const GUESTS = Object.keys(ADDRESSES) as readonly Guest[];

/** The wire's machine as a guest of each network finds it. */
const wireOf = (guest: Guest): string => ADDRESSES[guest].replace(/\d+$/, '9');

/** Where the guests' networks are: lab and side inside the host, or each on a VLAN of the wire. */
export type Site = 'inside' | 'trunk';
/** Tenants by network, and by which ids the wire's machine has them. */
const TENANTS = { lab: [100, 102], side: [101] } as const;

export interface Run {
  /** What happens to the host just before, by somebody else. */
  readonly befalls?: string;
  /** Not confirmed, it is rolled back. */
  readonly unconfirmed?: true;
  readonly concerned?: Pair;
  readonly bystander: Pair;
  /** Milliseconds in which what was interrupted may come back. */
  readonly patience: number;
}

export interface Ran {
  /** What the plan said: `none`, `new connections`, or what it touches. */
  readonly said: string;
  /** Milliseconds that the apply took. */
  readonly took: number;
  readonly calm: readonly Lost[];
  readonly concerned: Lost | undefined;
  readonly bystander: Lost;
}

/** Who takes part. */
export function guestsOf(...pairs: readonly (Pair | undefined)[]): readonly Guest[] {
  return pairs.flatMap((pair) =>
    pair === undefined || pair.talk === 'host' ? [] : pair.talk === 'bridged' ? [pair.guest, pair.other] : [pair.guest],
  );
}

/** Of a plan that touches no established flow. */
export function spares({ said }: Ran): boolean {
  return said === 'none' || said === 'new connections';
}

/** The lab's host, whose eth2 and eth3 lead to one wire on which the world has a machine. */
export class BusyHost {
  readonly lab = new Lab();
  readonly namespaces: Readonly<Record<Guest, string>>;
  private readonly pace: Pace;
  private readonly site: Site;

  constructor(pace: Pace, site: Site = 'inside') {
    this.pace = pace;
    this.site = site;
    const { lab } = this;
    const { host, world } = lab;
    this.namespaces = Object.fromEntries(GUESTS.map((guest) => [guest, lab.namespace(guest)])) as Record<Guest, string>;
    lab.ip(host, 'address add 203.0.113.12/24 brd + dev eth1');
    lab.ip(host, `link add name eth3 address 02:00:00:00:00:e3 type veth peer name far3 netns ${world}`);
    lab.ip(host, 'link set dev eth3 up');
    lab.ip(world, 'link add name wire type bridge forward_delay 0');
    for (const far of ['far2', 'far3']) lab.ip(world, `link set dev ${far} master wire up`);
    lab.ip(world, `address add ${wireOf('vm-5')}/24 dev wire`);
    lab.ip(world, 'link set dev wire up');
    lab.ip(world, 'route add 198.51.100.0/24 dev far1');
    if (site === 'trunk') this.tag();
  }

  /** The wire's machine has each tenant by all of his ids. */
  private tag(): void {
    const {
      lab,
      lab: { world },
    } = this;
    for (const [tenant, ids] of Object.entries(TENANTS)) {
      lab.ip(world, `link add name ${tenant} type bridge forward_delay 0`);
      for (const id of ids) {
        lab.ip(world, `link add link wire name wire${id} type vlan id ${id}`);
        lab.ip(world, `link set dev wire${id} master ${tenant} up`);
      }
      lab.ip(world, `address add ${wireOf(tenant === 'lab' ? 'vm-1' : 'vm-3')}/24 dev ${tenant}`);
      lab.ip(world, `link set dev ${tenant} up`);
    }
  }

  /** Networks lab and side behind the host's NAT, office on the wire; two guests on each. */
  spec(...edits: readonly Edit[]): string {
    const nic = (guest: Guest): Record<string, unknown> => ({
      network: NETWORKS[guest],
      address: ADDRESSES[guest],
      device: { type: 'veth', name: guest, netns: this.namespaces[guest] },
    });
    const onTrunk = (id: number): Record<string, unknown> => ({ mode: 'vlan', vlan: id, interface: 'eth2' });
    const inside = { mode: 'flat-dhcp', interface: null };
    const [lab, side] = this.site === 'trunk' ? [onTrunk(TENANTS.lab[0]), onTrunk(TENANTS.side[0])] : [inside, inside];
    const draft: Draft = {
      apiVersion: 'netctl/v1',
      defaults: { dns: ['203.0.113.1'] },
      hosts: { h: { publicInterface: 'eth1' } },
      pools: { public: { ranges: ['198.51.100.16/28'] } },
      networks: {
        lab: { ...lab, cidr: '10.0.0.0/24' },
        side: { ...side, cidr: '10.0.1.0/24' },
        office: { mode: 'flat-dhcp', interface: 'eth2', cidr: '10.0.2.0/24' },
      },
      instances: Object.fromEntries(GUESTS.map((guest) => [guest, { nics: [nic(guest)] }])),
    };
    for (const edit of edits) edit(draft);
    return JSON.stringify(draft, undefined, 1);
  }

  /** Applies a spec before anybody talks, and boots the guests that it has, or those of them that will talk. */
  settle(spec: string, talking: readonly Guest[] = GUESTS): void {
    must(this.lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec }));
    const { networks, instances } = JSON.parse(spec) as Draft;
    for (const guest of talking)
      if (instances[guest] !== undefined) this.boot(guest, networks[NETWORKS[guest]]?.['mode'] === 'flat');
  }

  /** Applies a spec while all talk, and says what they lost. */
  async change(spec: string, { befalls, unconfirmed, concerned, bystander, patience }: Run): Promise<Ran> {
    const talks: Conversation[] = [];
    try {
      for (const pair of [...(concerned === undefined ? [] : [concerned]), bystander])
        talks.push(await this.talk(pair));
      for (const talk of talks)
        if (!(await talk.passes()))
          throw new Error(`nothing passes before the change: ${JSON.stringify([concerned, bystander])}`);
      await sleep(1000);
      const since = clock();
      if (befalls !== undefined) must(this.lab.in(this.lab.host, ['sh', '-ec', befalls]));
      const { code, out, err } = this.lab.netctl(
        ['apply', '--yes', '--allow-mass-delete', ...(unconfirmed ? ['--confirm-timeout', '30s'] : [])],
        { spec },
      );
      const took = clock() - since;
      if (code !== (unconfirmed ? UNCONFIRMED : 0)) throw new Error(`exit code ${code}\n${out}${err}`);
      await Promise.all(talks.map((talk) => talk.passes(patience)));
      // What comes late (an answer of a neighbour that was asked in vain) belongs to the change.
      await sleep(500);
      const lost = await Promise.all(talks.map((talk) => talk.end(since)));
      const all = lost.map(({ after }) => after);
      const last = all.at(-1);
      if (last === undefined) throw new Error('nobody talked');
      return {
        said: saidIn(out),
        took,
        calm: lost.map(({ before }) => before),
        concerned: concerned === undefined ? undefined : all[0],
        bystander: last,
      };
    } finally {
      for (const talk of talks) talk.close();
    }
  }

  close(): void {
    this.lab.close();
  }

  /** A guest on a flat network configures itself. */
  private boot(guest: Guest, isFlat: boolean): void {
    const netns = this.namespaces[guest];
    if (isFlat) this.lab.ip(netns, `address replace ${ADDRESSES[guest]}/24 dev eth0`);
    else this.lab.lease(netns);
  }

  private talk(pair: Pair): Promise<Conversation> {
    const {
      lab: { host, world },
      pace,
    } = this;
    switch (pair.talk) {
      case 'out':
        return Conversation.begin({ from: this.namespaces[pair.guest], to: world, address: '203.0.113.1', pace });
      case 'floating':
        return Conversation.begin({
          from: world,
          to: this.namespaces[pair.guest],
          address: pair.address,
          listens: ADDRESSES[pair.guest],
          pace,
        });
      case 'bridged':
        return Conversation.begin({
          from: this.namespaces[pair.guest],
          to: this.namespaces[pair.other],
          address: ADDRESSES[pair.other],
          pace,
        });
      case 'wire':
        return Conversation.begin({ from: this.namespaces[pair.guest], to: world, address: wireOf(pair.guest), pace });
      case 'host':
        return Conversation.begin({ from: world, to: host, address: '203.0.113.11', pace });
    }
  }
}

/** An exit code: rolled back, since nobody confirmed. */
const UNCONFIRMED = 5;

/** The class in the plan that apply printed. */
function saidIn(out: string): string {
  const touched = /^interrupts: (.*)$/m.exec(out)?.[1];
  return touched ?? (/ {3}new connections +\S/.test(out) ? 'new connections' : 'none');
}
