// transaction/host-image.ts — reads the image of a host: whether it is as it was is told by comparing two.
import { basename } from 'node:path';
import { imageOf } from '../generations/image.ts';
import type { Image } from '../generations/image.ts';
import { READ_LINKS } from '../iproute2/links.ts';
import { READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { savedRules } from '../iptables/read.ts';
import { readChains } from '../pipeline/preflight/empty-tables.ts';
import type { World } from '../pipeline/world.ts';

/** The host as its tools show it, by the reads that a look at it makes in any case. */
export async function look({ driver, paths }: Pick<World, 'driver' | 'paths'>): Promise<Image> {
  const [links, routes, rules, chains, networks, guests, run, processes] = await Promise.all([
    driver.read(READ_LINKS),
    driver.read(READ_ALL_ROUTES),
    savedRules(driver),
    readChains(driver),
    driver.files(`${paths.state}/networks`),
    driver.files(`${paths.state}/guests`),
    driver.files(paths.run),
    driver.processes(`--pid-file=${paths.run}/`),
  ]);
  const files = new Map([...networks, ...guests, ...run].filter(([path]) => !volatile(path, paths.run)));
  return imageOf({
    links,
    routes,
    rules,
    chains,
    files,
    processes: processes.map(({ argv: [program = '', ...rest] }) => [basename(program), ...rest]),
  });
}

/** What a daemon writes by itself: its leases, its number; and the lock. */
function volatile(path: string, run: string): boolean {
  return /\/leases$|\.pid$/.test(path) || (path.startsWith(`${run}/`) && !path.endsWith('.loaded'));
}
