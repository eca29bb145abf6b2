// transaction/host-image.ts — reads the image of a host: whether it is as it was is told by comparing two.
import { basename } from 'node:path';
import type { Kinds, Ref } from '../core/resource.ts';
import { wantedBy } from '../core/undo.ts';
import type { Undo } from '../core/undo.ts';
import { imageOf } from '../generations/image.ts';
import type { Image } from '../generations/image.ts';
import { READ_LINKS } from '../iproute2/links.ts';
import { READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { kindFor } from '../kinds/chain/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { READ_RULES6, savedRules } from '../iptables/read.ts';
import { readChains } from '../pipeline/preflight/empty-tables.ts';
import type { World } from '../pipeline/world.ts';

/** What a way back speaks of: words of the names of things (`chain`, `eth1`, `nat/netctl-snat`). */
export function touchedBy(undo: Undo, kinds: Kinds): ReadonlySet<string> {
  const refs: readonly Ref[] = [...wantedBy(undo, kinds).state.keys(), ...undo.made];
  return new Set(refs.flatMap((ref) => ref.split(' ')));
}

/** And the bridges of its ports: what somebody has put on a port is put on its bridge (record-by-now.ts). */
export function toldBy(undo: Undo, kinds: Kinds): ReadonlySet<string> {
  const masters = undo.found.flatMap((one) => (isLink(one) && 'master' in one ? (one.master ?? []) : []));
  return new Set([...touchedBy(undo, kinds), ...masters]);
}

/** What of a host is `told` by a way back, as its tools show it, by the reads that a look at it makes in any case. */
export async function look(
  { driver, paths }: Pick<World, 'driver' | 'paths'>,
  told: ReadonlySet<string>,
): Promise<Image> {
  const [links, routes, rules, rules6, chains, networks, guests, run, processes] = await Promise.all([
    driver.read(READ_LINKS),
    driver.read(READ_ALL_ROUTES),
    savedRules(driver),
    told.has(kindFor(6)) ? savedRules(driver, READ_RULES6) : '',
    readChains(driver),
    driver.files(`${paths.state}/networks`),
    driver.files(`${paths.state}/guests`),
    driver.files(paths.run),
    driver.processes(`--pid-file=${paths.run}/`),
  ]);
  const files = new Map([...networks, ...guests, ...run].filter(([path]) => !volatile(path, paths.run)));
  return imageOf(
    {
      links,
      routes,
      rules,
      rules6,
      chains,
      files,
      processes: processes.map(({ argv: [program = '', ...rest] }) => [basename(program), ...rest]),
    },
    told,
  );
}

/** What a daemon writes by itself: its leases, its number; and the lock. */
function volatile(path: string, run: string): boolean {
  return /\/leases$|\.pid$/.test(path) || (path.startsWith(`${run}/`) && !path.endsWith('.loaded'));
}
