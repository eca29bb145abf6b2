// uplinks/left-settings.ts — settings that somebody has given a bridge: neither what new devices have, nor what it has
// from its uplink or from netctl.
import { optionsOf } from '../iproute2/bridge-options.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Leaving } from './leaving.ts';
import type { Snapshot } from './snapshot.ts';

export interface Bridge extends Leaving {
  readonly snapshot: Snapshot;
  readonly ofUplink?: Snapshot;
  /** Of the uplink as it was found. */
  readonly mtuFound?: number;
}

export function* leftSettings({
  bridge,
  goes,
  to = 'INTERFACE',
  uplink = '',
  snapshot,
  ofUplink,
  mtuFound,
}: Bridge): Iterable<Finding> {
  const own = Object.entries(snapshot.settings).filter(
    ([setting, value]) =>
      isSomebodys(setting, value, snapshot) && OURS[setting] !== value && ofUplink?.settings[setting] !== value,
  );
  const mtu = isSmaller(snapshot, ofUplink, mtuFound) ? [String(snapshot.link['mtu'])] : [];
  // Nothing but a bridge has them, and one that stays keeps them.
  const options = goes ? optionsOf(snapshot.link) : [];
  if (own.length === 0 && mtu.length === 0 && options.length === 0) return;
  const words = [
    ...own.map(([setting, value]) => `${nameOn(bridge, setting)}=${value}`),
    ...mtu.map((value) => `mtu ${value}`),
    ...options.map((option) => option.replace('type bridge ', '')),
  ];
  const mends = [
    ...own.map(([setting, value]) => `sysctl -w ${nameOn(to, setting)}='${value}'`),
    ...mtu.map((value) => `ip link set dev ${to} mtu ${value}`),
    ...options.map((option) => `ip link set dev BRIDGE ${option}`),
  ];
  yield {
    ...said(
      'bridge-setting',
      `settings that somebody has given ${bridge} ${goes ? 'are lost with it' : `stay there when ${uplink} leaves`}: ${listed(words)}`,
      listed(mends),
    ),
    details: [...words, ...mends],
  };
}

/**
 * netctl gives no bridge a smaller MTU than its uplink had; it raises that of the uplink, and lowers it when it gives
 * it back.
 */
function isSmaller({ link }: Snapshot, ofUplink: Snapshot | undefined, found = Infinity): boolean {
  const [own, theirs] = [link['mtu'], ofUplink?.link['mtu']];
  return typeof own === 'number' && typeof theirs === 'number' && own < Math.min(theirs, found);
}

function isSomebodys(setting: string, value: string, { settings, defaults, link }: Snapshot): boolean {
  const name = setting.split('/').at(-1) ?? '';
  // It follows the device's, where nobody says otherwise.
  const usual = setting === 'ipv6/conf/mtu' ? String(link['mtu']) : defaults[setting];
  return !DERIVED.has(name) && usual !== undefined && value !== usual && settings[setting] !== undefined;
}

/**
 * What netctl sets on bridges, whatever new devices have; it may have set them while the bridge was another network's,
 * or had no uplink.
 */
const OURS: Readonly<Record<string, string>> = {
  'ipv4/conf/arp_notify': '1',
  'ipv4/conf/forwarding': '1',
  'ipv4/conf/promote_secondaries': '1',
  'ipv6/conf/accept_ra': '0',
  'ipv6/conf/autoconf': '0',
};

/** The kernel's alone, or said by another one as well. */
const DERIVED: ReadonlySet<string> = new Set([
  'mc_forwarding',
  'stable_secret',
  'medium_id',
  'base_reachable_time',
  'retrans_time',
  'unres_qlen',
]);

function nameOn(link: string, setting: string): string {
  const [family = '', room = '', name = ''] = setting.split('/');
  return `net.${family}.${room}.${link.replaceAll('.', '/')}.${name}`;
}
