// kinds/sysctl/goes-with.ts — settings of a device that is about to be removed: made again on the way back, it has
// those of new devices.
import type { HostReader, Resource } from '../../core/resource.ts';
import { familyWord } from '../../net/ip.ts';
import type { Family } from '../../net/ip.ts';
import { removedDevicesIn } from '../removed-devices.ts';
import { settingOf } from './model.ts';
import type { Sysctl } from './model.ts';

export async function goesWith(host: HostReader, removed: readonly Resource[]): Promise<readonly Sysctl[]> {
  const devices = removedDevicesIn(removed);
  if (devices.length === 0) return [];
  const settings = parseSettings(await host.read(['sh', '-c', READ_OF_DEVICES, 'sh', ...devices, 'default', 'lo']));
  const values = new Map(settings.map(({ name, value }) => [name, value]));
  const asNew = ({ family, room, setting }: Setting): string | undefined =>
    values.get(settingOf(family, 'default', setting, '', room).name) ??
    (room === 'neigh' ? values.get(settingOf(family, 'lo', setting, '', room).name) : undefined);
  const found = settings.filter(
    (one) =>
      devices.includes(one.link ?? '') &&
      !UNSET.has(one.setting) &&
      (CHANGING.has(`${familyWord(one.family, 'kernel')} ${one.setting}`) || one.value !== asNew(one)),
  );
  // The mode is set with the secret.
  return [...found.filter(isSecret), ...found.filter((one) => !isSecret(one))].map(
    ({ family: _family, room: _room, setting: _setting, ...sysctl }) => sysctl,
  );
}

/** One process for all. `sysctl -a` would look at all devices; some files cannot be read before they are set. */
export const READ_OF_DEVICES =
  'for n; do grep -rs "" "/proc/sys/net/ipv4/conf/$n" "/proc/sys/net/ipv6/conf/$n" "/proc/sys/net/ipv4/neigh/$n" "/proc/sys/net/ipv6/neigh/$n"; done; :';

interface Setting extends Sysctl {
  readonly family: Family;
  readonly room: 'conf' | 'neigh';
  readonly setting: string;
}

function parseSettings(text: string): readonly Setting[] {
  return [...text.matchAll(/^\/proc\/sys\/net\/ipv([46])\/(conf|neigh)\/([^/\n]+)\/(\w+):(.*)$/gm)].map(
    ([, version, where, link = '', setting = '', value = '']) => {
      const [family, room] = [version === '4' ? 4 : 6, where === 'conf' ? where : 'neigh'] as const;
      return { ...settingOf(family, link, setting, value, room), family, room, setting };
    },
  );
}

function isSecret({ setting }: Setting): boolean {
  return setting === 'stable_secret';
}

/** Put down whatever new devices have now: netctl, or what is beside it, may have that changed. */
const CHANGING: ReadonlySet<string> = new Set([
  'ipv4 forwarding',
  'ipv4 rp_filter',
  'ipv6 accept_ra',
  'ipv6 autoconf',
  'ipv6 disable_ipv6',
]);

/** Nobody can set them, or they follow another: IPv6's MTU that of the device, others the same in a finer unit. */
const UNSET: ReadonlySet<string> = new Set([
  'mc_forwarding',
  'mtu',
  'base_reachable_time',
  'retrans_time',
  'unres_qlen',
]);
