// uplinks/settled-since.ts — what somebody has set of an interface while it was in a bridge of netctl's: it stays as it
// is when the interface is restored.
import type { Fields } from '../iproute2/fields.ts';
import { textOf, textsOf } from '../iproute2/fields.ts';
import { linkSettledSince } from '../iproute2/settled-since.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { isLinkLocalOfMac, LEAST_MTU } from '../net/ipv6.ts';
import { differencesOf } from './differences.ts';
import type { Snapshot } from './snapshot.ts';

const FORWARDING = 'ipv4/conf/forwarding';
const IPV6_FORWARDING = 'ipv6/conf/forwarding';
const IPV6_MTU = 'ipv6/conf/mtu';
const IPV6_OFF = 'ipv6/conf/disable_ipv6';
/** What may be on for the bridge's sake, and is off again afterwards. */
const SWITCHED_ON: ReadonlySet<string> = new Set(['ipv4/conf/promote_secondaries', IPV6_OFF]);

/**
 * How an interface is to be that was `found` so and is restored: with what somebody has set of it since, which is so
 * `now`, right before. Addresses, routes and neighbours were on the bridge meanwhile. A host that `forwards` for netctl
 * has every device forward.
 */
export function settledSince(found: Snapshot, now: Snapshot | undefined, forwards: boolean): Snapshot {
  return now === undefined || now.unread.length > 0 ? found : withoutFallen(withOwn(found, now, forwards), found, now);
}

/** The queue of a device that has not been up since it is there. */
const NO_QUEUE = 'noop';

/** The same in words. What it has besides is no difference. */
export function saidSince(found: Snapshot, now: Snapshot, forwards: boolean): readonly string[] {
  // The kernel gives a device its queues when it comes up first, as it does in a bridge.
  const hasNone = !isUp(now) && now.qdiscs.every(({ kind }) => kind === NO_QUEUE);
  const before = isUp(found) && !hasNone ? found : { ...found, qdiscs: now.qdiscs };
  return now.unread.length > 0
    ? []
    : differencesOf(before, withOwn(found, now, forwards)).flatMap(({ what }) =>
        what.endsWith(' was not there') ? [] : [what],
      );
}

/** What stays on an interface while it is a port. */
function withOwn(found: Snapshot, now: Snapshot, forwards: boolean): Snapshot {
  const names = new Set([...Object.keys(found.settings), ...Object.keys(now.settings)]);
  const settings = [...names].flatMap((name): readonly [string, string][] => {
    const value = (isOfTheWay(name, found, now, forwards) ? found : now).settings[name];
    return value === undefined ? [] : [[name, value]];
  });
  const named = found.named === undefined || now.named === undefined ? {} : { named: now.named };
  return {
    ...found,
    link: linkSettledSince(found.link, now.link),
    settings: Object.fromEntries(settings),
    qdiscs: now.qdiscs,
    filters: now.filters,
    joins: now.joins,
    ...named,
  };
}

/**
 * What netctl, an operator by its advice or the kernel with that has set, and is set back
 * (pipeline/borrowed/restored.ts).
 */
function isOfTheWay(setting: string, found: Snapshot, now: Snapshot, forwards: boolean): boolean {
  if (setting === FORWARDING) return forwards;
  // With the MTU that it gets back the kernel takes IPv6 from it.
  if (setting.startsWith('ipv6/') && Number(found.link['mtu']) < LEAST_MTU) return true;
  // It follows the device's, which is raised for a network and set back.
  if (setting === IPV6_MTU)
    return found.settings[setting] !== String(found.link['mtu']) || now.link['mtu'] !== found.link['mtu'];
  return SWITCHED_ON.has(setting) && found.settings[setting] === '0' && now.settings[setting] === '1';
}

/** What the kernel has for itself on an interface goes with what somebody sets of that: it was gone before. */
function withoutFallen(snapshot: Snapshot, found: Snapshot, now: Snapshot): Snapshot {
  const fallen = new Set(
    isUp(now) && now.settings[IPV6_OFF] === '0' ? ownIps(found).filter((ip) => !ownIps(now).includes(ip)) : [],
  );
  const isLocal = now.settings[IPV6_FORWARDING] !== found.settings[IPV6_FORWARDING];
  const isGrouped = textOf(now.link, 'group') !== textOf(found.link, 'group');
  return {
    ...snapshot,
    addresses: snapshot.addresses.filter(({ local }) => !fallen.has(String(local))),
    routes: snapshot.routes.filter(
      ({ fields }) =>
        fields['protocol'] !== KERNEL ||
        !(
          fallen.has(String(fields['dst'])) ||
          (isLocal && fields['type'] === ANYCAST && textOf(fields, 'dst')?.includes(':') === true)
        ),
    ),
    rules: snapshot.rules.filter((rule) => !isGrouped || rule['suppress_ifgroup'] === undefined),
  };
}

/** Type of route, as a number. Every router answers to the address of its network (RFC 4291). */
const ANYCAST = '4';

function isUp({ link }: Snapshot): boolean {
  return textsOf(link, 'flags').includes('UP');
}

/** IPv6's own by the MAC. */
function ownIps({ addresses }: Snapshot): readonly string[] {
  return addresses.map((address: Fields) => textOf(address, 'local') ?? '').filter(isLinkLocalOfMac);
}
