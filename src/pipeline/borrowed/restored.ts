// pipeline/borrowed/restored.ts — an interface comes back with what was put on its bridge meanwhile, and is then
// looked at: is all there that was there before?
import { setTimeout } from 'node:timers/promises';
import type { Originals } from '../../core/borrow.ts';
import type { Facts, LinkFact, RouteFact } from '../../core/facts.ts';
import type { Ref, Resource, State, Wanted } from '../../core/resource.ts';
import { addressText, isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../../core/marks.ts';
import { isRoute, nearFirst, routeKey } from '../../kinds/route/model.ts';
import type { Route } from '../../kinds/route/model.ts';
import { withoutOthersKin } from '../../kinds/sysctl/kin.ts';
import { isSysctl } from '../../kinds/sysctl/model.ts';
import { uplinkOf } from '../../parts/uplink-mapping.ts';
import { contains } from '../../net/ip.ts';
import { isLinkLocalOfMac } from '../../net/ipv6.ts';
import type { Host, Spec } from '../../specfile/model.ts';
import { differencesOf } from '../../uplinks/differences.ts';
import type { Snapshot } from '../../uplinks/snapshot.ts';
import { readSnapshots } from '../../uplinks/read.ts';
import { settledSince } from '../../uplinks/settled-since.ts';
import type { Snapshots } from './snapshots.ts';
import type { World } from '../world.ts';

/**
 * The originals with the addresses and routes that others have put on the bridges of interfaces which are about to be
 * restored.
 */
export function withPutOn(originals: Originals, wanted: Wanted, facts: Facts): Originals {
  return withAll(originals, goingBack(originals, wanted, facts));
}

/**
 * The originals with what others have put on bridges that an uplink leaves for another: it goes along, and to the
 * interface later, as what that had itself. A route of theirs would have no gateway without it.
 */
export function withPutOnLeft(originals: Originals, spec: Spec, self: Host, { links }: Facts): Originals {
  const others = elsewhere(links);
  const along = spec.networks.flatMap((network) => {
    const found = links.get(uplinkOf(network, self) ?? '');
    const bridge = links.get(found?.master ?? '');
    return found?.promiscuous === true &&
      bridge?.ours === true &&
      bridge.name !== network.bridge &&
      originals.has(`link ${found.name}`)
      ? [putOn(found.name, bridge, originals, others)]
      : [];
  });
  return withAll(originals, along);
}

function withAll(originals: Originals, all: readonly PutOn[]): Originals {
  const added = all.flatMap(({ addresses, routes }) => [
    ...addresses.map((one) => [`address ${one.link} ${addressText(one)}`, one] as const),
    ...routes.map((one) => [`route ${routeKey(one)}`, one] as const),
  ]);
  return added.length === 0
    ? originals
    : new Map([
        ...[...originals].map(
          ([ref, one]) => [ref, isRoute(one) ? onWhatIsThere(one, originals, added) : one] as const,
        ),
        ...added,
      ]);
}

/** A route that fell with an address which somebody has replaced comes back after those that are there instead. */
function onWhatIsThere(route: Route, originals: Originals, added: readonly (readonly [string, Resource])[]): Route {
  const { dependsOn = [] } = route;
  if (dependsOn.every((ref) => originals.has(ref))) return route;
  const instead = added.flatMap(([ref, one]) => (isAddress(one) && one.link === route.link ? [ref as Ref] : []));
  return { ...route, dependsOn: [...dependsOn.filter((ref) => originals.has(ref)), ...instead] };
}

/**
 * What goes with a kernel setting, as `ip_forward`, is restored where nobody has set it otherwise since: else it is
 * somebody's by now.
 */
export function withOthersSettings(wanted: Wanted, observed: State): Wanted {
  const changed = [...wanted.state].flatMap(([ref, former]): readonly (readonly [Ref, Resource])[] => {
    const found = observed.get(ref);
    return isSysctl(former) &&
      former.borrowed === true &&
      former.kin !== undefined &&
      found !== undefined &&
      isSysctl(found)
      ? [[ref, withoutOthersKin(former, found)]]
      : [];
  });
  return changed.length === 0 ? wanted : { ...wanted, state: new Map([...wanted.state, ...changed]) };
}

interface PutOn {
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
}

/** Addresses on devices that are not netctl's. */
function elsewhere(links: Facts['links']): readonly string[] {
  return [...links.values()]
    .filter(({ ours }) => !ours)
    .flatMap(({ addresses }) => addresses.map(({ cidr }) => cidr.split('/', 1).join('')));
}

function goingBack(originals: Originals, wanted: Wanted, { links }: Facts): readonly PutOn[] {
  const others = elsewhere(links);
  return [...originals.keys()].flatMap((ref) => {
    const name = ref.startsWith('link ') ? ref.slice('link '.length) : undefined;
    const found = name === undefined || wanted.state.has(ref) ? undefined : links.get(name);
    const bridge = links.get(found?.master ?? '');
    // A guest's device is no uplink: nothing of the host's is on its bridge.
    return found?.promiscuous === true && bridge?.ours === true ? [putOn(found.name, bridge, originals, others)] : [];
  });
}

/** What ends by itself is for whoever renews it. `others`: addresses on devices that are not netctl's. */
function putOn(link: string, bridge: LinkFact, originals: Originals, others: readonly string[]): PutOn {
  const borrowed = [...originals.values()].flatMap((one) => (isAddress(one) && one.link === link ? [one] : []));
  // Of whichever interface: one may have been on its way here from another when somebody was killed.
  const known = new Set(
    [...originals.values()].flatMap((one) =>
      isAddress(one) ? [textOf(one)] : isRoute(one) ? [routeKey({ ...one, link: '' })] : [],
    ),
  );
  const addresses = bridge.addresses
    .filter(
      (one) =>
        !one.ours &&
        one.limited !== true &&
        !isLinkLocalOfMac(one.cidr.split('/', 1).join('')) &&
        !known.has(textOf(one)),
    )
    .map(({ ours: _ours, ...one }): Address => ({ ...one, kind: 'address', link, borrowed: true }));
  const dependsOn = [...borrowed, ...addresses].map((one): Ref => `address ${link} ${addressText(one)}`);
  const put = bridge.routes.filter(
    (one) => one.protocol !== PROTOCOL && one.limited !== true && !known.has(routeKey({ ...one, link: '' })),
  );
  const sources = new Set([...others, ...[...borrowed, ...addresses].map(({ cidr }) => cidr.split('/', 1).join(''))]);
  const isReached = ({ via, onlink }: RouteFact): boolean =>
    via === undefined ||
    onlink === true ||
    via.startsWith('fe80:') ||
    via.startsWith('inet6 ') ||
    [...borrowed, ...addresses].some((one) => holds(one, via));
  return {
    addresses,
    routes: nearFirst(put)
      .filter((one) => isReached(one) && (one.source === undefined || sources.has(one.source)))
      .map((one): Route => ({ ...one, kind: 'route', link, borrowed: true, dependsOn })),
  };
}

/** Whether an address is in the network of another. */
export function holds({ cidr, peer }: Address, ip: string): boolean {
  const [own = '', bits = ''] = cidr.split('/');
  return contains(`${peer ?? own}/${bits}`, ip);
}

function textOf({ cidr, peer }: { readonly cidr: string; readonly peer?: string }): string {
  return `${cidr.split('/', 1).join('')} ${peer ?? ''}`;
}

/**
 * What of interfaces that are restored by now is not as it was, a line each with the command that mends it. What they
 * have besides is somebody's. `right`: how they were right before. A host that `forwards` for netctl, now or until now,
 * has every device forward meanwhile.
 */
export async function missingFrom(
  { driver }: Pick<World, 'driver'>,
  given: readonly Snapshot[],
  right: Snapshots,
  forwards: boolean,
): Promise<readonly string[]> {
  const isIpv6Again = await restore(driver, given);
  const since = given.map((snapshot) => settledSince(snapshot, right.get(snapshot.name), forwards));
  const expected = forwards ? since.map(withoutForwarding) : since;
  const until = performance.now() + IPV6_COMES;
  for (;;) {
    const missing = await unlike(driver, expected, Infinity);
    if (missing.length === 0 || performance.now() >= until) return missing;
    if (!isIpv6Again && !(await isDetecting(driver, given))) return missing;
    await setTimeout(200);
    driver.invalidate();
  }
}

/** A tentative address has no route in table local yet. */
async function isDetecting(driver: World['driver'], given: readonly Snapshot[]): Promise<boolean> {
  const now = await readSnapshots(
    driver,
    given.map(({ name }) => name),
  );
  return [...now.values()].some(({ addresses }) => addresses.some(({ tentative }) => tentative === true));
}

/**
 * What the kernel, netctl or an operator by its advice has set otherwise while the interface was a port. Says whether
 * it has IPv6 again by that.
 */
export async function restore(driver: World['driver'], given: readonly Snapshot[]): Promise<boolean> {
  const now = await readSnapshots(
    driver,
    given.map(({ name }) => name),
  );
  const set = given.flatMap(({ name, settings, link }) =>
    RESTORED.flatMap((setting) => {
      const [was, is] = [settings[setting], now.get(name)?.settings[setting]];
      const isToBe =
        setting === IPV6_MTU
          ? was !== undefined && was !== String(link['mtu']) && is !== undefined && is !== was
          : was === '0' && is === '1';
      return isToBe ? [{ name, setting, value: was ?? '' }] : [];
    }),
  );
  for (const { name, setting, value } of set) {
    const [family = '', , word = ''] = setting.split('/');
    await driver.perform({ op: 'run', argv: ['sysctl', '-q', '-w', `net/${family}/conf/${name}/${word}=${value}`] });
    driver.invalidate();
  }
  return set.some(({ setting }) => setting === IPV6_OFF);
}

/**
 * Milliseconds. Its own addresses come by themselves, when duplicate detection (RFC 4862) has waited for its second.
 */
const IPV6_COMES = 3_000;
const IPV6_OFF = 'ipv6/conf/disable_ipv6';
const IPV6_MTU = 'ipv6/conf/mtu';
/**
 * What may have been set meanwhile for the bridge's sake: that secondaries outlive their primary
 * (kinds/address/steps.ts), and that a port whose addresses come by router advertisements has no IPv6, as the warning
 * about it advises (neighbours/autoconfigured.ts). With a device's MTU the kernel sets IPv6's.
 */
const RESTORED = ['ipv4/conf/promote_secondaries', IPV6_OFF, IPV6_MTU] as const;

function withoutForwarding(snapshot: Snapshot): Snapshot {
  const { 'ipv4/conf/forwarding': _, ...settings } = snapshot.settings;
  return { ...snapshot, settings };
}

/** `elapsed`: seconds since they were read; what lasted no longer has gone by itself. */
export async function unlike(
  driver: World['driver'],
  before: readonly Snapshot[],
  elapsed: number,
): Promise<readonly string[]> {
  const names = before.map(({ name }) => name);
  let after = await readSnapshots(driver, names);
  // A look that fails once tells nothing.
  if ([...after.values()].some(({ unread }) => unread.length > 0)) {
    driver.invalidate();
    after = await readSnapshots(driver, names);
  }
  return before.flatMap((snapshot) => {
    const now = after.get(snapshot.name);
    // With a device goes what lived on it.
    if (now === undefined) return [];
    if (now.unread.length > snapshot.unread.length)
      return [`${snapshot.name} could not be looked at: ${now.unread.join('; ')}`];
    return differencesOf(withoutOurs(snapshot), now, elapsed)
      .filter(({ what }) => !what.endsWith(' was not there'))
      .map(({ what, mend }) => (mend === undefined ? what : `${what}: ${mend}`));
  });
}

/** Floating addresses may have been on it: those come and go with the spec. */
function withoutOurs(snapshot: Snapshot): Snapshot {
  const isOurs = ({ metric }: Snapshot['addresses'][number]): boolean => metric === METRIC || metric === UNANNOUNCED;
  const own = new Set(snapshot.addresses.filter(isOurs).map(({ local }) => local));
  return {
    ...snapshot,
    addresses: snapshot.addresses.filter((address) => !isOurs(address)),
    routes: snapshot.routes.filter(
      ({ fields }) => fields['protocol'] !== PROTOCOL && fields['metric'] !== METRIC && !own.has(fields['prefsrc']),
    ),
  };
}
