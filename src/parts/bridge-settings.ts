// parts/bridge-settings.ts — what is set of a bridge before anything is put into it: forwarding, router advertisements,
// and what its uplink had.

import { settingOf } from '../kinds/sysctl/model.ts';
import type { Sysctl } from '../kinds/sysctl/model.ts';
import { LEAST_MTU } from '../net/ipv6.ts';
import type { Network } from '../specfile/model.ts';
import type { Snapshot } from '../uplinks/snapshot.ts';
import { uplinkOf } from './uplink-mapping.ts';
import type { Context } from './context.ts';

/**
 * What makes the host deaf to router advertisements on a bridge: who else than an instance could send one, where no
 * uplink of the host's is in it?
 * The kernel's default is to take its IPv6 default route and addresses from whoever says that he is a router.
 */
function deafTo(network: Network, { self }: Pick<Context, 'self'>): readonly Sysctl[] {
  return uplinkOf(network, self) === undefined && network.mtu >= LEAST_MTU
    ? ['accept_ra', 'autoconf'].map((setting) => settingOf(6, network.bridge, setting, '0'))
    : [];
}

/**
 * A bridge that was without an uplink hears routers from now on as the one does that it gets. Once that is in it, what
 * somebody sets stays.
 */
function hearsAgain(network: Network, { self, facts, snapshots }: Settled): readonly Sysctl[] {
  const uplink = uplinkOf(network, self) ?? '';
  const { settings = {} } = snapshots?.get(uplink) ?? {};
  const gains = facts.links.get(network.bridge)?.ours === true && facts.links.get(uplink)?.master !== network.bridge;
  return ['accept_ra', 'autoconf'].flatMap((setting) => {
    const value = gains && network.mtu >= LEAST_MTU ? settings[`ipv6/conf/${setting}`] : undefined;
    return value === undefined ? [] : [settingOf(6, network.bridge, setting, value)];
  });
}

/** All that is set of a bridge before anybody is put into it. What is said first holds. */
export function settingsOf(network: Network, context: Settled): readonly Sysctl[] {
  const all = [
    ...forwards(network, context),
    ...deafTo(network, context),
    ...actsAs(network, context),
    ...hearsAgain(network, context),
    ...actedAs(network, context),
  ];
  return [...new Map(all.toReversed().map((sysctl) => [sysctl.name, sysctl])).values()].toReversed();
}

export type Settled = Pick<Context, 'spec' | 'self' | 'snapshots' | 'facts'>;
/**
 * What comes by it is for elsewhere: a guest's packets, or answers by an uplink. The kernel forwards as each device
 * says, and new ones say what a host has for them.
 */
function forwards(network: Network, { spec, self }: Pick<Context, 'spec' | 'self'>): readonly Sysctl[] {
  const isRouted = (one: Network): boolean => one.mode !== 'flat' && one.gateway !== undefined;
  return isRouted(network) || (uplinkOf(network, self) !== undefined && spec.networks.some(isRouted))
    ? [settingOf(4, network.bridge, 'forwarding', '1')]
    : [];
}

/**
 * With an uplink the bridge is the host's interface: it answers, filters and forwards as that did. Of what new devices
 * are given, only what differs is set.
 */
function actsAs(network: Network, context: Settled): readonly Sysctl[] {
  const snapshot = context.snapshots?.get(uplinkOf(network, context.self) ?? '');
  return snapshot === undefined ? [] : settingsLike(snapshot, network, context);
}

/**
 * What a bridge has from an interface that leaves it: set back to what new devices are given, unless the next one says
 * otherwise.
 */
function actedAs(network: Network, context: Settled): readonly Sysctl[] {
  const uplink = uplinkOf(network, context.self);
  const left = [...(context.snapshots?.values() ?? [])].filter(
    ({ name }) => name !== uplink && context.facts.links.get(name)?.master === network.bridge,
  );
  return left.flatMap((snapshot) =>
    settingsLike(snapshot, network, context).flatMap((sysctl) => {
      const value = snapshot.defaults[settingIn(sysctl.name)];
      return value === undefined ? [] : [{ ...sysctl, value }];
    }),
  );
}

/** `net.ipv6.conf.br-lab.accept_ra` is `ipv6/conf/accept_ra` of a snapshot. */
function settingIn(name: string): string {
  const words = name.split('.');
  return `${words[1] ?? ''}/${words[2] ?? ''}/${words.at(-1) ?? ''}`;
}

function settingsLike(snapshot: Snapshot, network: Network, { spec, self, snapshots }: Settled): readonly Sysctl[] {
  return Object.entries(snapshot.settings).flatMap(([setting, value]) => {
    const [, version = '', room = '', name = ''] = /^ipv([46])\/(conf|neigh)\/(\w+)$/.exec(setting) ?? [];
    const isOwn =
      (version === '4' ||
        (version === '6' &&
          Math.max(network.mtu, snapshots === undefined ? 0 : mtuOf(snapshot.name, { snapshots })) >= LEAST_MTU)) &&
      !UNSET.has(name) &&
      !isSecret(setting, value) &&
      !(setting === 'ipv4/conf/forwarding' && forwards(network, { spec, self }).length > 0) &&
      isOfItsOwn(setting, value, snapshot);
    return isOwn
      ? [settingOf(version === '4' ? 4 : 6, network.bridge, name, value, room === 'neigh' ? room : 'conf')]
      : [];
  });
}

/**
 * What a router has said the next one may say otherwise. What new devices have in their neighbour tables is not known
 * of what was kept by an earlier release.
 */
function isOfItsOwn(setting: string, value: string, { defaults, routes }: Snapshot): boolean {
  if (BY_ADVERTISEMENT.has(setting) && routes.some(({ fields }) => fields['protocol'] === ADVERTISED)) return false;
  return value !== (setting.includes('/neigh/') ? (defaults[setting] ?? value) : defaults[setting]);
}

/** RFC 4861, section 4.2. */
const BY_ADVERTISEMENT: ReadonlySet<string> = new Set([
  'ipv6/conf/hop_limit',
  'ipv6/neigh/base_reachable_time_ms',
  'ipv6/neigh/retrans_time_ms',
]);
/** The protocol of routes by router advertisement. */
const ADVERTISED = '9';
/** Made from a secret (RFC 7217) that only its own device has. */
function isSecret(setting: string, value: string): boolean {
  return setting === 'ipv6/conf/addr_gen_mode' && value === '2';
}

/**
 * Nobody can set them, or they follow something else, as IPv6's MTU does whenever a carrier comes: of neighbour tables
 * those that are said in a finer unit as well.
 */
const UNSET: ReadonlySet<string> = new Set([
  'mc_forwarding',
  'mtu',
  'stable_secret',
  'medium_id',
  'base_reachable_time',
  'retrans_time',
  'unres_qlen',
]);
/** The host sends by the bridge what it sent by the uplink. A VLAN device carries what its network does. */
export function mtuOf(uplink: string | undefined, { snapshots }: Pick<Context, 'snapshots'>): number {
  const mtu = uplink === undefined ? undefined : snapshots?.get(uplink)?.link['mtu'];
  return typeof mtu === 'number' ? mtu : 0;
}
