// uplinks/elsewhere.ts — devices in other network namespaces that stand on a device of this one, as containers'
// macvlans do: here nothing tells of them.
import type { Fields } from '../iproute2/fields.ts';
import { numberOf, partOf, readRecords, textOf } from '../iproute2/fields.ts';

export interface Elsewhere {
  /** Number of the device that it depends on (`ifindex`). */
  readonly parent: number;
  /** Path of its network namespace: `/run/netns/web`, `/proc/123/ns/net`. */
  readonly netns: string;
  readonly device: Fields;
}

/** So many namespaces are looked into. */
const MOST = 256;

/**
 * Names of this network namespace, ended by an empty line; then, of each other that has such a device, its path, the
 * devices, and the names that it knows namespaces by, a line each.
 */
const SCRIPT = `ip netns identify; echo
stat -L -c '%i %n' /proc/self/ns/net /run/netns/* /run/docker/netns/* /proc/[0-9]*/ns/net 2>/dev/null | awk '!seen[$1]++ && NR > 1 { print $2 }' | head -n ${MOST} |
while read -r path; do
  devices=$(nsenter --net="$path" ip -d -j link show 2>/dev/null) || continue
  case $devices in *'"info_kind":"mac'*|*'"info_kind":"ipv'*) ;; *) continue;; esac
  printf '%s\\n%s\\n' "$path" "$(printf %s "$devices" | tr '\\n' ' ')"
  nsenter --net="$path" ip -j netns list-id | tr '\\n' ' '; echo
done; :`;

export const READ_ELSEWHERE: readonly string[] = ['sh', '-c', SCRIPT];

/** Of what `READ_ELSEWHERE` prints: those whose parent is in this network namespace. */
export function parseElsewhere(text: string): readonly Elsewhere[] {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n') + 1;
  const home = text
    .slice(0, end)
    .split('\n')
    .filter((name) => name !== '');
  const lines = text.slice(end + 1).split('\n');
  const blocks = lines.flatMap((netns, i) =>
    netns.startsWith('/') ? [{ netns, devices: lines[i + 1] ?? '', known: lines[i + 2] ?? '' }] : [],
  );
  return blocks.flatMap(({ netns, devices, known }) => {
    const names = new Map(readRecords(known).map((fields) => [numberOf(fields, 'nsid'), textOf(fields, 'name')]));
    return readRecords(devices).flatMap((device): readonly Elsewhere[] => {
      const [parent, number] = [numberOf(device, 'link_index'), numberOf(device, 'link_netnsid')];
      if (parent === undefined || number === undefined || !TAKING.has(kindOf(device))) return [];
      const name = names.get(number);
      return name === undefined
        ? home.length === 0
          ? [{ parent, netns, device }]
          : []
        : home.includes(name)
          ? [{ parent, netns, device }]
          : [];
    });
  });
}

/** As the bridge would, these take what their device receives. */
export const TAKING: ReadonlySet<string> = new Set([
  'macvlan',
  'macvtap',
  'ipvlan',
  'ipvtap',
  'macsec',
  'hsr',
  'prp',
  'rmnet',
  'virt_wifi',
]);

export function kindOf(link: Fields): string {
  return textOf(partOf(link, 'linkinfo'), 'info_kind') ?? '';
}
