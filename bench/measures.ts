// bench/measures.ts — what is measured: each verb of netctl, and beside it, in the same rounds, the raw commands of the
// same effect.
import { execPath } from 'node:process';
import { inTurns, timed } from './clock.ts';
import type { Times } from './clock.ts';
import { Site } from './site.ts';
import { specOf } from './specs.ts';

export interface Measure {
  readonly what: string;
  /** How often as long as the raw commands it may take. */
  readonly goal?: number;
  readonly raw: Times;
  /** `node -e 0`, in the same rounds; not where it is itself what is compared with. */
  readonly node?: Times;
  readonly netctl: Times;
}

export interface Rounds {
  /** Of what is quick, of what changes one thing, of what makes or removes all. */
  readonly quick: number;
  readonly one: number;
  readonly all: number;
}

/** `node -e 0`: what any program in this language costs. */
const node = (): number => timed([execPath, '-e', '0']);

export function startOf(rounds: number): Measure {
  const times = inTurns(rounds, { raw: node, netctl: () => timed([execPath, 'dist/netctl.js', 'version']) });
  return { what: '`netctl version` (raw: `node -e 0`)', goal: 1.6, raw: times('raw'), netctl: times('netctl') };
}

/** Everything about a host of so many instances. */
export async function* measuresOf(count: number, rounds: Rounds): AsyncGenerator<Measure> {
  const site = new Site();
  try {
    const spec = specOf(count);
    yield validating(site, spec, rounds.quick);
    yield* await makingAndRemoving(site, spec, rounds.all);
    site.netctl('apply', spec);
    yield reading(site, spec, rounds.quick);
    yield* await changingOne(site, count, rounds.one);
    site.expectSettled(spec);
  } finally {
    site.close();
  }
}

function validating(site: Site, spec: string, rounds: number): Measure {
  const times = inTurns(rounds, { raw: node, netctl: () => site.netctl('validate', spec) });
  return { what: '`validate` (raw: `node -e 0`)', raw: times('raw'), netctl: times('netctl') };
}

function reading(site: Site, spec: string, rounds: number): Measure {
  const script = site.scriptOf('iptables-save\nip -j -d link\nip -j addr\n');
  const times = inTurns(rounds, { raw: () => site.raw(script), node, netctl: () => site.netctl('apply', spec) });
  return { what: 'second `apply`', goal: 2, raw: times('raw'), node: times('node'), netctl: times('netctl') };
}

async function makingAndRemoving(site: Site, spec: string, rounds: number): Promise<readonly Measure[]> {
  const make = await site.rawTowards(spec, 'there');
  const empty = site.scriptOf(emptying(site));
  // Once without the watch: the raw commands start from the files that this leaves.
  site.netctl('apply', spec);
  site.keepFiles();
  site.netctl('destroy', spec);

  const raw = { make: (): number => site.raw(make), empty: (): number => site.raw(empty) };
  let checked = false;
  const times = inTurns(rounds, {
    rawMake: () => {
      site.restoreFiles();
      const took = raw.make();
      // The same effect, or it is no comparison.
      if (!checked) site.expectSettled(spec);
      checked = true;
      return took;
    },
    rawEmpty: raw.empty,
    node,
    make: () => site.netctl('apply', spec),
    remove: () => site.netctl('destroy', spec),
  });
  return [
    { what: 'first `apply`', goal: 1.5, raw: times('rawMake'), node: times('node'), netctl: times('make') },
    { what: '`destroy`', raw: times('rawEmpty'), node: times('node'), netctl: times('remove') },
  ];
}

/**
 * The kernel takes all links of a group in one call; the rules of a namespace that is netctl's alone go with their
 * tables.
 */
function emptying({ state, run }: Site): string {
  const tables = ['mangle', 'nat', 'filter'].map((table) => `*${table}\nCOMMIT\n`).join('');
  return `cat ${run}/dnsmasq-*.pid | xargs kill\nip link del group 117\niptables-restore <<'END'\n${tables}END\nsysctl -q -w net.ipv4.ip_forward=0\nip addr flush dev eth1 to 198.18.0.0/19\nrm -r ${state} ${run}\n`;
}

async function changingOne(site: Site, count: number, rounds: number): Promise<readonly Measure[]> {
  const [without, first, second] = [
    specOf(count),
    specOf(count, { address: '10.20.0.253' }),
    specOf(count, { address: '10.20.0.254' }),
  ];
  const add = await site.rawTowards(first, 'written');
  site.netctl('apply', first);
  const change = await site.rawTowards(second, 'written');
  const remove = await site.rawTowards(without, 'written');
  site.netctl('apply', second);
  const changeBack = await site.rawTowards(first, 'written');
  site.netctl('apply', without);

  const times = inTurns(rounds, {
    rawAdd: () => site.raw(add),
    rawChange: () => site.raw(change),
    rawBack: () => site.raw(changeBack),
    rawRemove: () => site.raw(remove),
    node,
    add: () => site.netctl('apply', first),
    change: () => site.netctl('apply', second),
    back: () => site.netctl('apply', first),
    remove: () => site.netctl('apply', without),
  });
  return [
    { what: 'one instance more', goal: 3, raw: times('rawAdd'), node: times('node'), netctl: times('add') },
    {
      what: 'one instance changed',
      goal: 3,
      raw: [...times('rawChange'), ...times('rawBack')],
      node: times('node'),
      netctl: [...times('change'), ...times('back')],
    },
    { what: 'one instance less', goal: 3, raw: times('rawRemove'), node: times('node'), netctl: times('remove') },
  ];
}
