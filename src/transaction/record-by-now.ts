// transaction/record-by-now.ts — what a generation that is rolled back gives an interface: what that has by now. What
// somebody has removed meanwhile stays away, also where the generation's record would make it again; what he has put on
// an interface that goes back into its bridge goes along.
import type { Facts } from '../core/facts.ts';
import { refOf } from '../core/resource.ts';
import type { Diagnostic, Kinds, Ref, Resource, State } from '../core/resource.ts';
import { NOTHING, together } from '../core/stored.ts';
import type { HostState, Stored } from '../core/stored.ts';
import { withoutCarried } from '../generations/image.ts';
import type { Image } from '../generations/image.ts';
import type { Record } from '../generations/model.ts';
import { addressText, isAddress } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { PROTOCOL } from '../core/marks.ts';
import { isRoute, routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { contains, ipOf } from '../net/ip.ts';
import { deviceOf } from '../parts/rebuild.ts';
import { originalsByNow } from '../pipeline/borrowed/originals-by-now.ts';
import { UPLINK_CHANGED } from '../pipeline/borrowed/routes-by-now.ts';
import { withoutAddresses, withoutRoutes } from '../pipeline/borrowed/originals-without.ts';

export interface ByNow {
  readonly record: Record;
  /**
   * What is to be saved before the first step back: whoever goes on after a kill cannot see any more what somebody has
   * removed.
   */
  readonly state: HostState;
  readonly told: readonly Diagnostic[];
  /** Without what is no more as it was, for a comparison. */
  readonly comparable: (image: Image) => Image;
}

type Executed = Address | Route;

/** `observed`: as the way back sees the host. */
export function recordByNow(
  record: Record,
  state: HostState,
  facts: Facts,
  observed: State,
  kinds: Kinds,
  start?: string,
): ByNow {
  const borrowed = (record.originals ?? []).filter(isCarried);
  const now =
    state.moving === true
      ? { originals: state.originals, told: [] }
      : judged(record, borrowed, state, facts, observed, start);
  const has = new Set(now.originals.map(nameOf));
  const had = new Set(borrowed.map(nameOf));
  const gone = borrowed.filter((one) => !has.has(nameOf(one)));
  const bridges = bridgesIn(record);
  const added = now.originals.filter(isCarried).filter((one) => !had.has(nameOf(one)) && bridges.has(one.link));
  const moving = { ...state, originals: now.originals, moving: true as const };
  if (gone.length + added.length === 0) return { record, state: moving, told: now.told, comparable: (image) => image };
  const { originals, found } = without(
    { ...NOTHING, originals: record.originals ?? [], ...(record.found === undefined ? {} : { found: record.found }) },
    gone,
  );
  const before = record.before === null ? null : without(record.before, gone);
  return {
    state: moving,
    told: now.told,
    comparable: (image) => comparable(image, [...gone, ...added]),
    record: {
      ...record,
      originals,
      ...(found === undefined ? {} : { found }),
      undo: {
        found: [
          ...withoutGone(record.undo.found, gone),
          ...added.map((one) => onBridge(one, bridges.get(one.link) ?? '')),
        ],
        made: [...record.undo.made, ...added.map((one) => refOf(one, kinds))],
      },
      before: before === null ? null : { ...before, originals: [...before.originals, ...added] },
    },
  };
}

/**
 * Of interfaces that are in their bridges, what is borrowed still; of those that this generation has restored, what
 * they have.
 */
function judged(
  { originals: all = [] }: Record,
  borrowed: readonly Executed[],
  state: HostState,
  facts: Facts,
  observed: State,
  start: string | undefined,
): { readonly originals: readonly Resource[]; readonly told: readonly Diagnostic[] } {
  const { kept, told } = originalsByNow(state, facts, start, false);
  const known = new Set(state.originals.map((one) => deviceOf(one)));
  const names = [...new Set(borrowed.map(({ link }) => link))].filter(
    (name) => !known.has(name) && facts.links.get(name)?.master === undefined && facts.links.has(name),
  );
  const own = [...observed.values()]
    .filter(isCarried)
    .filter((one) => one.borrowed === true && names.includes(one.link));
  const gone = borrowed.filter((one) => names.includes(one.link) && isGone(one, own, facts));
  const back = all.filter((one) => names.includes(deviceOf(one) ?? '') && !(gone as readonly Resource[]).includes(one));
  const there = new Set(back.filter(isCarried).map(nameOf));
  return {
    originals: [...kept.originals, ...back, ...own.filter((one) => !there.has(nameOf(one)))],
    told: [...told, ...gone.filter(isAddress).map(removed)],
  };
}

/** As where it is in a bridge: all that is missing may have been lost together. */
function isGone(one: Executed, own: readonly Executed[], { links }: Facts): boolean {
  if (own.some((each) => nameOf(each) === nameOf(one))) return false;
  if (isRoute(one))
    return [...links.values()].some(({ routes }) =>
      routes.some(
        (each) =>
          each.protocol !== KERNEL && each.family === one.family && each.to === one.to && each.table === one.table,
      ),
    );
  const isElsewhere = [...links.values()].some(({ addresses }) =>
    addresses.some(({ cidr }) => ipOf(cidr) === ipOf(one.cidr)),
  );
  return (
    isElsewhere ||
    own.some(
      (each) => isAddress(each) && each.scope === undefined && each.cidr.includes(':') === one.cidr.includes(':'),
    )
  );
}

function removed({ cidr, link }: Address): Diagnostic {
  return {
    severity: 'warning',
    code: UPLINK_CHANGED,
    at: [],
    message: `${cidr} is on ${link} no more: it is not put on the bridge that ${link} goes back into`,
    hint: `ip address add ${cidr} dev ${link}, if the host is to have it`,
  };
}

function isCarried(one: Resource): one is Executed {
  return isAddress(one) || isRoute(one);
}

/** A route by another gateway is another one. */
function nameOf(one: Resource): string {
  if (isAddress(one)) return `address ${one.link} ${addressText(one)}`;
  return isRoute(one) ? `route ${routeKey(one)} ${one.via ?? ''}` : '';
}

/** Of interfaces that go back into one. */
function bridgesIn({ undo: { found } }: Record): ReadonlyMap<string, string> {
  return new Map(
    found.flatMap((one): readonly (readonly [string, string])[] =>
      isLink(one) && one.type === 'port' && one.promiscuous && one.master !== undefined ? [[one.name, one.master]] : [],
    ),
  );
}

function onBridge(one: Executed, bridge: string): Executed {
  const { borrowed: _borrowed, link: movedFrom, ...rest } = one;
  if (rest.kind === 'route') {
    const { dependsOn: _on, expires: _expires, ...route } = rest;
    return { ...route, link: bridge, movedFrom, protocol: PROTOCOL };
  }
  const {
    label: _label,
    lifetime: _lifetime,
    stands: _stands,
    comesAfter: _after,
    promotes: _promotes,
    goes: _goes,
    makesRoom: _room,
    behind: _behind,
    restores: _restores,
    empties: _empties,
    noDad: _dad,
    ...address
  } = rest;
  return { ...address, link: bridge, movedFrom };
}

function without(kept: Stored, gone: readonly Executed[]): Stored {
  const names = new Set(gone.map(nameOf));
  const routes = kept.originals.filter(isRoute).filter((one) => names.has(nameOf(one)));
  return together(
    kept,
    withoutAddresses(withoutRoutes(kept, routes), gone.filter(isAddress), () => undefined),
  );
}

/** On whichever link it was. What comes after it moves up. */
function withoutGone(found: readonly Resource[], gone: readonly Executed[]): readonly Resource[] {
  const names = new Set(gone.map((one) => nameOf({ ...one, link: '' } as Executed)));
  const isLeft = (one: Resource): boolean =>
    !isCarried(one) ||
    !(one.borrowed === true || one.movedFrom !== undefined) ||
    !names.has(nameOf({ ...one, link: '' } as Executed));
  const fallen = new Set(
    found
      .filter((one) => !isLeft(one))
      .filter(isAddress)
      .map((one): Ref => `address ${one.link} ${addressText(one)}`),
  );
  return found.filter(isLeft).map((one) => {
    if (isRoute(one) && one.dependsOn !== undefined)
      return { ...one, dependsOn: one.dependsOn.filter((ref) => !fallen.has(ref)) };
    return isAddress(one) && one.place !== undefined ? { ...one, place: placeOf(one, found, isLeft) } : one;
  });
}

function placeOf({ link, place = 0 }: Address, found: readonly Resource[], isLeft: (one: Resource) => boolean): number {
  return (
    place -
    found.filter(
      (one) => isAddress(one) && one.link === link && one.place !== undefined && one.place < place && !isLeft(one),
    ).length
  );
}

/** With an address go the kernel's route to its network and what has it as source. */
function comparable(image: Image, executed: readonly Executed[]): Image {
  const ips = executed.filter(isAddress).map(({ cidr, peer }) => [ipOf(cidr), ipOf(peer ?? cidr)] as const);
  const routes = new Set(
    executed.filter(isRoute).map(({ to, family }) => (to === 'default' && family === 6 ? '::/0' : to)),
  );
  return withoutCarried(
    image,
    new Set(ips.map(([ip]) => ip)),
    ({ to, source, protocol }) =>
      routes.has(to) ||
      ips.some(
        ([ip, end]) =>
          source === ip || (protocol === KERNEL && (to === end || (to.includes('/') && contains(to, end)))),
      ),
  );
}
