// commands/prepare.ts — from the spec and the host to a plan: the pipeline that plan, apply and status share.
import { allocate } from '../allocate/allocate.ts';
import type { Granted, Request } from '../allocate/allocate.ts';
import { giveBack, ledgerOf, lend } from '../core/borrow.ts';
import type { Ledger } from '../core/borrow.ts';
import { compose } from '../core/compose.ts';
import { diff } from '../core/diff.ts';
import type { Facts } from '../core/facts.ts';
import { withoutHeld } from '../core/hold.ts';
import { observe } from '../core/observe.ts';
import { order } from '../core/order.ts';
import { kindOf } from '../core/resource.ts';
import type { Change, Checked, HostReader, Kinds, Memory, Plan, Ref, Resource, State, Waiting, Want, Wanted } from '../core/resource.ts';
import { review } from '../core/review.ts';
import type { Allocations, Stored } from '../core/stored.ts';
import { features } from '../features/index.ts';
import type { Record } from '../generations/model.ts';
import type { Way } from '../guards/circumstances.ts';
import { forwardsNoMore } from '../guards/forwarding-used.ts';
import { guardsFor } from '../guards/index.ts';
import { savedRules } from '../iptables/read.ts';
import type { Context } from '../parts/context.ts';
import { lookAround } from '../neighbours/look.ts';
import { translatingRules } from '../neighbours/translating.ts';
import type { Rehearsal } from '../rehearsal/model.ts';
import { placeAll } from '../spec/locate.ts';
import type { Host, Locate, Placed, Spec } from '../spec/model.ts';
import { readSpec } from '../spec/read.ts';
import type { Source } from '../spec/sources.ts';
import { aboutToBorrow } from '../uplinks/borrowing.ts';
import { aboutToLeave, leavingIn } from '../uplinks/leaving.ts';
import { NO_UPLINKS, readUplinks } from '../uplinks/uplinks.ts';
import type { Uplinks } from '../uplinks/uplinks.ts';
import { wayIn } from './circumstances.ts';
import { withOthersSettings, withPutOn } from './given-back.ts';
import { preflight, standingAgainst } from './preflight.ts';
import { foundOf, givenBackBy } from './pictures.ts';
import type { Pictures } from './pictures.ts';
import { movesSeveral } from './lent-by-now.ts';
import { configsInside, hashesOfConfigs } from './own-configs.ts';
import { say } from './say.ts';
import { standing } from './standing.ts';
import { exit, Exit } from './world.ts';
import type { World } from './world.ts';

export interface Read {
  /** Its texts, as they were read. */
  readonly sources: readonly Source[];
  readonly spec: Spec;
  readonly locate: Locate;
  readonly self: Host;
}

export interface Prepared {
  readonly sources: readonly Source[];
  readonly locate: Locate;
  /** The host of the spec. */
  readonly self: string;
  /** What the operator calls it. */
  readonly title: string;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly observed: State;
  readonly wanted: Wanted;
  /** All that differs, also what is to wait. */
  readonly differs: readonly Change[];
  /** Among which something may need what is lent: what the spec asks for, and without pruning also what would be given back. */
  readonly inUse: Wanted;
  /** What is to be saved before the first step, and over what. */
  readonly stored: Stored;
  readonly before: Stored | undefined;
  readonly revision: string;
  readonly isOutdated: boolean;
  readonly ledger: Ledger;
  /** What stands against the plan. */
  readonly problems: readonly Placed[];
  /** How the plan went on a copy of the host, where that was asked for. */
  readonly rehearsal?: Rehearsal;
  /** What others have on the host that stops traffic of the spec. Nothing waits for it. */
  readonly hindrances: readonly Placed[];
  /** How the interfaces were found that are about to be borrowed. */
  readonly uplinks: Uplinks;
  /** And those that were borrowed before. */
  readonly pictures: Pictures;
  readonly spec: Spec;
}

/** A value, or what is wrong, each at its lines. */
export type Placing<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Placed[] }
  | { readonly ok: false; readonly problems: readonly Placed[] };

/** Reads and checks the spec, and finds out which of its hosts this is. Ends with what is wrong, all of it. */
export async function readOrExit(world: World): Promise<Read> {
  return take(world, readHere(await world.sources(), world));
}

/** Reads and checks the spec for whoever it is: the host that `--host` names, else all that it has. Ends with what is wrong, all of it. */
export async function readForAllOrExit(world: World): Promise<Omit<Read, 'self'> & { readonly hosts: readonly Host[] }> {
  const sources = await world.sources();
  const read = readSpec(sources);
  const { spec, locate } = take(world, read.ok ? { ...read, value: read } : read);
  return { sources, spec, locate, hosts: world.host === undefined ? spec.hosts : [selfOf(spec, world)] };
}

/** The spec of these texts, as this host reads it. Ends the command where the spec has no such host. */
export function readHere(sources: readonly Source[], world: Pick<World, 'host' | 'hostname'>): Placing<Read> {
  const read = readSpec(sources);
  if (!read.ok) return read;
  const { spec, locate, warnings } = read;
  return { ok: true, value: { sources, spec, locate, self: selfOf(spec, world) }, warnings };
}

/** `--host`, else the host's own name, else the only one. A spec without hosts is for whichever host reads it. */
function selfOf(spec: Spec, world: Pick<World, 'host' | 'hostname'>): Host {
  const named = world.host ?? world.hostname;
  const found = spec.hosts.find(({ name, implied }) => name === named || implied);
  const only = spec.hosts.length === 1 && world.host === undefined ? spec.hosts[0] : undefined;
  const self = found ?? only;
  if (self !== undefined) return self;
  throw new Exit(exit.usage, `the spec has no host ${named}; it has ${spec.hosts.map(({ name }) => name).join(', ')}: say which with --host`);
}

/** The whole way to a plan. Nothing is changed, neither on the host nor in the store. */
export async function prepare(world: World, prune = true): Promise<Prepared> {
  const read = await readOrExit(world);
  return await planTowards(world, take(world, await wish(world, read)), prune);
}

/** The same for a spec of an earlier apply: whoever held something then has it again. */
export async function prepareAsThen(world: World, { sources, host, allocations }: Pick<Record, 'sources' | 'host' | 'allocations'>): Promise<Prepared> {
  const as = host === undefined ? world : { ...world, host };
  const read = take(as, readHere(sources, as));
  return await planTowards(as, take(as, await wish(as, read, allocations)), true);
}

/** What the spec wants of this host as it stands, and who gets what; `asThen`: whoever held something then has it again. */
export async function wish(world: World, read: Read, asThen?: Allocations): Promise<Placing<Wish>> {
  const { sources, spec, locate, self } = read;
  const inside = await configsInside(spec, world.paths, world.driver);
  if (inside.length > 0) return { ok: false, problems: placeAll(inside, locate) };
  const [{ facts, pictures, before, kept, revision, said, isOutdated }, configs] = await Promise.all([standing(world, spec, self), hashesOfConfigs(spec, world.driver)]);
  const held = asThen === undefined ? before : { ...before, allocations: asThen };
  const granted = placing(allocate(requestsOf(spec, facts), held, world.now().getTime()), locate);
  if (!granted.ok) return granted;
  const ledger = ledgerOf(before.former, world.kinds);
  const context = { spec, self, facts, pictures, former: ledger, allocations: granted.value.allocations, paths: world.paths, configs };
  const wanted = placing(compose(wantsOf(context), world.kinds), locate);
  if (!wanted.ok) return wanted;
  const title = self.implied ? (world.host ?? world.hostname) : self.name;
  return { ok: true, value: { sources, spec, locate, self: self.name, title, facts, pictures, wanted: wanted.value, ledger, granted: granted.value, before, kept, revision, isOutdated }, warnings: [...placeAll(said, locate), ...granted.warnings, ...wanted.warnings] };
}

/** What is wanted of a host, and how it stands with who holds what. */
export interface Wish {
  readonly sources: readonly Source[];
  readonly spec: Spec;
  readonly locate: Locate;
  /** The host of the spec. */
  readonly self: string;
  /** What the operator calls it. */
  readonly title: string;
  readonly facts: Facts;
  readonly pictures: Pictures;
  readonly wanted: Wanted;
  readonly ledger: Ledger;
  readonly granted: Granted;
  readonly before: Stored;
  readonly kept: Stored | undefined;
  readonly revision: string;
  /** The store is to be saved, also where nothing is to be done. */
  readonly isOutdated: boolean;
}

/** From what is wanted to a plan, with what was lent and is wanted no more given back. */
export async function planTowards(world: World, wished: Wish, prune: boolean): Promise<Prepared> {
  const aim = goal(world, wished, prune);
  const [way, observed, hindrances, rules] = await Promise.all([
    wayIn(world), observe(world.driver, aim.state, world.kinds, wished.before.memories), hindrancesTo(wished, world.driver, aim), savedRules(world.driver),
  ]);
  const wanted = withOthersSettings(aim, observed);
  const [uplinks, unready, translating] = await Promise.all([
    readUplinks(world.driver, aboutToBorrow(wanted.state, observed), prune ? [...new Set([...aboutToLeave(leavingIn(wanted.state, observed)), ...givenBackBy({ ...wished, inUse: wished.wanted }, world.kinds).map(({ name }) => name)])] : []),
    preflight(wished, world.driver, { wanted: wanted.state, observed, all: true }),
    forwardsNoMore(wanted.state, observed) ? translatingRules(world.driver) : [],
  ]);
  return planFrom(world, wished, wanted, observed, prune, { way, hindrances, uplinks, unready, rules, translating });
}

/** What others have on the host that stops traffic of the spec, or stands against it, once it is as it is to be. */
export async function hindrancesTo({ spec, self: name, facts, wanted, locate }: Wish, host: HostReader, { state: goal }: Pick<Wanted, 'state'>): Promise<readonly Placed[]> {
  const self = spec.hosts.find((one) => one.name === name);
  return self === undefined ? [] : placeAll(await lookAround(host, { spec, self, facts }, wanted, goal), locate);
}

/** What is asked for, and what is to be given back because nobody asks for it. What is to stay keeps what it has borrowed. */
export function goal({ kinds }: Pick<World, 'kinds'>, { facts, ledger, wanted }: Wish, prune: boolean): Wanted {
  return prune ? giveBack(withPutOn(ledger, wanted, facts), wanted, devicesOf(facts), kinds) : wanted;
}

/** What bears on a plan beside what is wanted and what was found. */
interface Beside {
  /** What is to be left for later. */
  readonly isHeld?: (ref: Ref) => boolean;
  /** How the operator came in. */
  readonly way?: Way | undefined;
  readonly hindrances?: readonly Placed[];
  readonly uplinks?: Uplinks;
  /** What on the host would have a step fail. */
  readonly unready?: readonly Placed[];
  readonly rules?: string;
  readonly translating?: readonly string[];
}

/** From how the host was found to a plan, without what is to wait. Pure. */
export function planFrom({ kinds, safety }: Pick<World, 'kinds' | 'safety'>, wished: Wish, wanted: Wanted, observed: State, prune: boolean, { isHeld = () => false, way, hindrances = [], uplinks = NO_UPLINKS, unready = [], rules, translating = [] }: Beside = {}): Prepared {
  const { sources, spec, locate, self, title, facts, pictures, ledger, granted, before, kept, revision, isOutdated } = wished;
  const all = diff(observed, wanted, kinds);
  const changes = withoutHeld(prune ? all : withoutRemovals(all, wanted, kinds), isHeld, wanted, kinds);
  const plan = order(changes, wanted, kinds);
  // As they were observed, not as they go: the first address of an interface is to be its first again.
  const lent = lend(changes, prune ? withPutOn(ledger, wished.wanted, facts) : ledger);
  const stored: Stored = { ...granted, former: [...lent.values()], memories: withPutDown(before.memories, plan, kinds), ...foundOf(pictures, lent), ...(before.beside === undefined ? {} : { beside: before.beside }), ...(before.moving === true || movesSeveral(plan.changes) ? { moving: true as const } : {}), start: safety.start };
  const [against, beside] = parted(hindrances, ({ severity, asks }) => severity === 'error' || asks === true);
  const made = new Set(plan.changes.flatMap(({ verb, ref }) => (verb === 'create' || verb === 'replace' ? [ref] : [])));
  const inUse = prune ? wished.wanted : giveBack(ledger, wished.wanted, devicesOf(facts), kinds);
  const problems = [...placeAll(review(plan, observed, wanted, kinds, guardsFor({ way, links: facts.links, uplinks, rules, translating, lent: ledger, givenBack: givenBackBy({ before, ledger, inUse }, kinds) })), locate), ...against, ...standingAgainst(unready, made)];
  return { sources, spec, locate, self, title, facts, plan, observed, wanted, differs: all, inUse, stored, before: kept, revision, isOutdated, ledger: lent, problems, hindrances: beside, uplinks, pictures };
}

function parted<T>(all: readonly T[], is: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

function devicesOf(facts: Facts): ReadonlySet<string> {
  return new Set([...facts.links.values()].filter(({ ours }) => !ours).map(({ name }) => name));
}

export function* wantsOf(context: Context): Iterable<Want | Waiting> {
  for (const feature of features) yield* feature.want(context);
}

export function requestsOf(spec: Spec, facts: Facts): readonly Request[] {
  return features.flatMap((feature) => [...(feature.requests?.(spec, facts) ?? [])]);
}

/** Leaves what nobody wants any more, unless it holds what somebody else is to have. */
function withoutRemovals(changes: readonly Change[], wanted: Wanted, kinds: Kinds): readonly Change[] {
  const claims = (resource: Resource): readonly string[] => kindOf(resource, kinds).claims?.(resource) ?? [];
  const held = new Set([...wanted.state.values()].flatMap(claims));
  return changes.filter((change) => change.verb !== 'delete' || change.before.borrowed === true || claims(change.before).some((claim) => held.has(claim)));
}

export function withPutDown(memories: Stored['memories'], plan: Plan, kinds: Kinds): Stored['memories'] {
  const added = kinds.map((kind): readonly [string, Memory] => {
    const [known = {}, put = {}] = [memories[kind.kind], kind.putDown?.(plan.changes.filter(({ ref }) => ref.startsWith(`${kind.kind} `)))];
    return [kind.kind, Object.keys(put).length === 0 ? known : { ...known, ...put }];
  });
  // One that is kept stays, also while it is empty: else every repair would write the store, and none could be made without room for that.
  return Object.fromEntries(added.filter(([kind, memory]) => memories[kind] !== undefined || Object.keys(memory).length > 0));
}

/** Takes the value, or prints all that is wrong and ends the command. */
export function orExit<T>(world: World, locate: Locate, checked: Checked<T>): T {
  return take(world, placing(checked, locate));
}

function placing<T>(checked: Checked<T>, locate: Locate): Placing<T> {
  return checked.ok ? { ...checked, warnings: placeAll(checked.warnings, locate) } : { ok: false, problems: placeAll(checked.problems, locate) };
}

function take<T>(world: World, placed: Placing<T>): T {
  say(world, placed.ok ? placed.warnings : placed.problems);
  if (!placed.ok) throw new Exit(exit.invalid);
  return placed.value;
}
