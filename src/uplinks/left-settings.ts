// uplinks/left-settings.ts — settings that somebody has given a bridge: neither what new devices have, nor what it has from its uplink or from netctl.
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Leaving } from './leaving.ts';
import type { Picture } from './picture.ts';

export interface Bridge extends Leaving {
  readonly picture: Picture;
  readonly ofWire?: Picture;
  /** What netctl sets on it, whatever new devices have. */
  readonly ownSettings: Readonly<Record<string, string>>;
}

export function* leftSettings({ bridge, goes, to = 'INTERFACE', wire = '', picture, ofWire, ownSettings }: Bridge): Iterable<Finding> {
  const own = Object.entries(picture.settings).filter(([setting, value]) => isSomebodys(setting, value, picture) && ownSettings[setting] !== value && ofWire?.settings[setting] !== value);
  // A bridge has the MTU of its uplink.
  const mtu = ofWire === undefined || ofWire.link['mtu'] === picture.link['mtu'] ? [] : [String(picture.link['mtu'])];
  if (own.length === 0 && mtu.length === 0) return;
  const words = [...own.map(([setting, value]) => `${nameOn(bridge, setting)}=${value}`), ...mtu.map((value) => `mtu ${value}`)];
  const mends = [...own.map(([setting, value]) => `sysctl -w ${nameOn(to, setting)}='${value}'`), ...mtu.map((value) => `ip link set dev ${to} mtu ${value}`)];
  yield { ...said('bridge-setting', `settings that somebody has given ${bridge} ${goes ? 'go with it' : `stay there when ${wire} leaves`}: ${listed(words)}`, listed(mends)), details: [...words, ...mends] };
}

function isSomebodys(setting: string, value: string, { settings, defaults, link }: Picture): boolean {
  const name = setting.split('/').at(-1) ?? '';
  // It follows the device's, where nobody says otherwise.
  const usual = setting === 'ipv6/conf/mtu' ? String(link['mtu']) : defaults[setting];
  return !DERIVED.has(name) && usual !== undefined && value !== usual && settings[setting] !== undefined;
}

/** `hasUplink`: such a bridge hears routers as its uplink does. `forwards`: the host, for a network of netctl's. */
export function settingsOfOurs({ hasUplink, forwards }: { readonly hasUplink: boolean; readonly forwards: boolean }): Bridge['ownSettings'] {
  return {
    'ipv4/conf/arp_notify': '1', 'ipv4/conf/promote_secondaries': '1',
    ...(forwards ? { 'ipv4/conf/forwarding': '1' } : {}),
    ...(hasUplink ? {} : { 'ipv6/conf/accept_ra': '0', 'ipv6/conf/autoconf': '0' }),
  };
}

/** The kernel's alone, or said by another one as well. */
const DERIVED: ReadonlySet<string> = new Set(['mc_forwarding', 'stable_secret', 'medium_id', 'base_reachable_time', 'retrans_time', 'unres_qlen']);

function nameOn(link: string, setting: string): string {
  const [family = '', room = '', name = ''] = setting.split('/');
  return `net.${family}.${room}.${link.replaceAll('.', '/')}.${name}`;
}
