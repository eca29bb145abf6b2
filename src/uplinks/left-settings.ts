// uplinks/left-settings.ts — settings that somebody has given a bridge: neither what new devices have, nor what it has from its uplink or from netctl.
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Leaving } from './leaving.ts';
import type { Picture } from './picture.ts';

export function* leftSettings({ bridge, goes, to, wire = '', picture, ofWire }: Leaving & { readonly picture: Picture; readonly ofWire?: Picture }): Iterable<Finding> {
  const own = Object.entries(picture.settings).filter(([setting, value]) => isSomebodys(setting, value, picture) && ofWire?.settings[setting] !== value);
  if (own.length === 0) return;
  const words = own.map(([setting, value]) => `${nameOn(bridge, setting)}=${value}`);
  const mends = own.map(([setting, value]) => `sysctl -w ${nameOn(to ?? 'INTERFACE', setting)}='${value}'`);
  yield { ...said('bridge-setting', `settings that somebody has given ${bridge} ${goes ? 'go with it' : `stay there when ${wire} leaves`}: ${listed(words)}`, listed(mends)), details: [...words, ...mends] };
}

function isSomebodys(setting: string, value: string, { settings, defaults }: Picture): boolean {
  const name = setting.split('/').at(-1) ?? '';
  return !DERIVED.has(name) && !(setting === 'ipv6/conf/mtu') && value !== defaults[setting] && OURS[setting] !== value && defaults[setting] !== undefined && settings[setting] !== undefined;
}

/** The kernel's alone, or said by another one as well. */
const DERIVED: ReadonlySet<string> = new Set(['mc_forwarding', 'stable_secret', 'medium_id', 'base_reachable_time', 'retrans_time', 'unres_qlen']);

/** What netctl sets on bridges, whatever new devices have. */
const OURS: Readonly<Record<string, string>> = { 'ipv4/conf/arp_notify': '1', 'ipv4/conf/forwarding': '1', 'ipv4/conf/promote_secondaries': '1', 'ipv6/conf/accept_ra': '0', 'ipv6/conf/autoconf': '0' };

function nameOn(link: string, setting: string): string {
  const [family = '', room = '', name = ''] = setting.split('/');
  return `net.${family}.${room}.${link.replaceAll('.', '/')}.${name}`;
}
