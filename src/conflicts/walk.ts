// conflicts/walk.ts — packets of one sort on their way through one firewall's chains: who stops them, if anybody does.
import { fitAll } from './rule-match.ts';
import { areSingle } from './guests.ts';
import type { Chain, Meaning, Packet, Rule, Table, Then } from './model.ts';

/** Where packets end. */
export interface Stop {
  readonly table: Table;
  /** Where they came in. */
  readonly base: Chain;
  /** Where they are dropped, and by which rule; none: by the policy of the base chain. */
  readonly chain: Chain;
  readonly rule?: Rule;
  /** Else it depends on what cannot be known from here. */
  readonly sure: boolean;
}

/**
 * How many rules may still be asked, in all walks together: a host of many rules is judged in part rather than late.
 */
export interface Budget {
  left: number;
}

/** Chains that lead into each other deeper than this the kernel refuses, or they lead in a circle. */
const DEEPEST = 32;

/** What comes of packets in a chain. `on`: they come out of it again. */
type Outcome = 'on' | 'accept' | 'return' | Stopped;
interface Stopped {
  readonly chain: Chain;
  readonly rule: Rule;
}

/** Nobody: they pass. A drop by a rule of netctl's is what the spec asks for. */
export function stopOf(table: Table, base: Chain, packet: Packet, budget: Budget): Stop | undefined {
  const walk: Walk = { table, packet, budget, marked: false, doubt: base.base?.isDoubtful === true, may: undefined };
  const outcome = through(base, walk, 0);
  const ends = typeof outcome === 'object' ? outcome : undefined;
  if (ends?.rule.ours === true) return undefined;
  if (ends !== undefined) return { table, base, ...ends, sure: !walk.doubt };
  if (outcome !== 'accept' && base.base?.policy === 'drop' && budget.left > 0)
    return { table, base, chain: base, sure: !walk.doubt };
  return walk.may === undefined || walk.may.rule.ours ? undefined : { table, base, ...walk.may, sure: false };
}

/** Whether packets surely end there, by whosever rule or policy. */
export function isEnd(table: Table, base: Chain, packet: Packet, budget: Budget): boolean {
  const walk: Walk = { table, packet, budget, marked: false, doubt: base.base?.isDoubtful === true, may: undefined };
  const outcome = through(base, walk, 0);
  return !walk.doubt && (typeof outcome === 'object' || (outcome !== 'accept' && base.base?.policy === 'drop'));
}

/** Whether any packet at all may end in it. */
export function canDrop(base: Chain, table: Table): boolean {
  return base.base?.policy === 'drop' || leadsToDrop(base, table, new Set());
}

function leadsToDrop(chain: Chain, table: Table, seen: Set<Chain>): boolean {
  if (seen.has(chain)) return false;
  seen.add(chain);
  return chain.rules.some((rule) => {
    const { then, spoils } = rule.meaning();
    const next = then.then === 'jump' || then.then === 'goto' ? table.chains.get(then.chain) : undefined;
    return (
      spoils !== undefined ||
      then.then === 'drop' ||
      isUnheard(then, table) ||
      (next !== undefined && leadsToDrop(next, table, seen))
    );
  });
}

/** Chains from which a packet comes as it went: some firewalls keep dozens of them, empty, in each packet's way. */
const idle = new WeakMap<Chain, boolean>();

function isIdle(chain: Chain, table: Table): boolean {
  const known = idle.get(chain);
  if (known !== undefined) return known;
  // One that leads back to itself is found busy.
  idle.set(chain, false);
  const is = chain.rules.every((rule) => {
    const { then, marks, spoils } = rule.meaning();
    const next = then.then === 'jump' ? table.chains.get(then.chain) : undefined;
    return (
      marks !== true && spoils === undefined && (then.then === 'on' || (next !== undefined && isIdle(next, table)))
    );
  });
  idle.set(chain, is);
  return is;
}

/** Of packets that are spread over several queues, those of one to which nobody listens are dropped. */
function isUnheard(then: Then, { heard }: Table): boolean {
  if (then.then !== 'queue' || heard === undefined) return false;
  for (let queue = then.queues.first; queue <= then.queues.last; queue++) if (!heard.has(queue)) return true;
  return false;
}

interface Walk {
  readonly table: Table;
  readonly packet: Packet;
  readonly budget: Budget;
  /** Somebody may have marked the packet. */
  marked: boolean;
  /** Some rule may have accepted it. */
  doubt: boolean;
  /** The first rule that may have dropped it. */
  may: Stopped | undefined;
}

function through(chain: Chain, walk: Walk, depth: number): Outcome {
  for (const rule of chain.rules) {
    // Undecided, and said to pass: better than a false alarm.
    if (walk.budget.left-- <= 0) return 'accept';
    const { matches, then, marks, spoils } = rule.meaning();
    for (const { ask } of matches) if (ask.on === 'any-of') walk.budget.left -= ask.lists.length;
    const fits = fitAll(matches, walk.packet, walk.marked);
    if (fits === 'none') continue;
    if (marks) walk.marked = true;
    if (spoils !== undefined && fits !== 'some' && !areSingle(matches, walk.packet)) {
      if (spoils === 'ttl' && fits === 'all' && walk.packet.isToRoute) return { chain, rule };
      if (isSpoilt(spoils, walk.packet)) walk.may ??= { chain, rule };
    }
    const outcome = outcomeOf(rule, chain, then, walk, depth, fits === 'some');
    if (outcome === 'on') continue;
    if (fits !== 'some' && typeof outcome === 'object' && areSingle(matches, walk.packet)) continue;
    // Of those that some rule lets pass or drops, the others go on: a firewall that means single packets is to have its
    // way.
    if (fits === 'all') return outcome;
    if (fits === 'unknown' && typeof outcome === 'object') walk.may ??= outcome;
    else if (fits === 'unknown') walk.doubt = true;
  }
  return 'on';
}

/** What stays on a bridge, or is for the host itself, needs no hops. */
function isSpoilt(by: NonNullable<Meaning['spoils']>, { protocol, bridged, in: came, out }: Packet): boolean {
  return protocol !== 'arp' && (by === 'address' || (bridged !== true && came !== '' && out !== ''));
}

function outcomeOf(
  rule: Rule,
  chain: Chain,
  then: ReturnType<Rule['meaning']>['then'],
  walk: Walk,
  depth: number,
  partly: boolean,
): Outcome {
  switch (then.then) {
    case 'accept':
    case 'return':
    case 'on':
      return then.then;
    case 'drop':
      return { chain, rule };
    case 'queue':
      return isUnheard(then, walk.table) ? { chain, rule } : 'accept';
    case 'jump':
    case 'goto': {
      const next = walk.table.chains.get(then.chain);
      if (next === undefined || depth >= DEEPEST) return 'on';
      if (then.then === 'jump' && isIdle(next, walk.table)) return 'on';
      const { doubt, may } = walk;
      const outcome = through(next, walk, depth + 1);
      // What becomes of some is no doubt about the others.
      if (partly) Object.assign(walk, { doubt, may });
      if (outcome === 'on' || outcome === 'return') return then.then === 'goto' ? 'return' : 'on';
      return outcome;
    }
  }
}
