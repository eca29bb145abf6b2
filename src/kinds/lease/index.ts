// kinds/lease/index.ts — DHCP leases: those that are held and no longer wanted are released in the guest's name.
import { METRIC } from '../../core/marks.ts';
import type { HostReader, Kind, Op } from '../../core/resource.ts';
import { readLinks } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { contains } from '../../net/ip.ts';
import type { Lease } from './model.ts';
import { parseGuests, parseLeases } from './parse.ts';
import type { Held } from './parse.ts';

export const lease: Kind<Lease> = {
  kind: 'lease',
  key: ({ link, ip, mac }) => `${link} ${ip} ${mac}`,
  // Removals that nobody waits for come last, so after the server has read that the address is somebody else's: else
  // the guest gets it again at once. To say that it needs the process would have a restart of that release every
  // lease. One of a range that the network has no more is released before the server of that range ends, and before
  // its address goes.
  needs: ({ heardBy = [] }) => heardBy,
  mayBe,
  claims: ({ link, ip }) => [`lease of ${ip} on ${link}`],
  // The guest believes that it has it, and nobody but itself can ask for it; it will, where its server tells it another
  // range, or that one again.
  irrevocable: ({ heardBy }) => heardBy === undefined,
  // Who hears of it is a matter of how it goes.
  asFound: ({ heardBy: _heardBy, ...found }) => found,
  watches: ['files'],
  observe,
  // A lease that may be held is the guest's to ask for.
  steps: (changes) =>
    changes.map((change) => ({ changes: [change], ops: change.verb === 'delete' ? [release(change.before)] : [] })),
  // A guest that is still there is told another address when it asks again, half a lease time later at most.
  disrupts: (change) => (change.verb === 'delete' ? { class: 'flows', of: [change.before.ip] } : { class: 'none' }),
  describe: ({ ip, mac, link }) => `${ip} of ${mac} on ${link}`,
};

/** Only a message to the server, which answers none: it is heard when the lease file no longer tells of the lease. */
function release({ link, ip, mac, file }: Lease): Op {
  return { op: 'run', argv: ['dhcp_release', link, ip, mac], until: { path: file, lacks: ` ${mac} ${ip} ` } };
}

/** Those that may be held count as there: nothing is to be done for them. */
async function observe(host: HostReader, wanted: readonly Lease[]): Promise<readonly Lease[]> {
  const held = await Promise.all(
    byFile(wanted).map(async ([file, own]) => unwanted((await beside(host, file)).get(file) ?? '', own)),
  );
  const all = held.flat();
  const isInside = ({ cidr, ip }: Lease): boolean => contains(cidr, ip);
  const outside = all.every(isInside)
    ? []
    : heardOnly(
        all.filter((one) => !isInside(one)),
        await readLinks(host),
      );
  return [...wanted, ...all.filter(isInside), ...outside];
}

/**
 * Where a server still has the address to which their guests would release them. What nobody hears of ends by itself.
 */
function heardOnly(leases: readonly Lease[], links: readonly LinkRecord[]): readonly Lease[] {
  return leases.flatMap((lease): readonly Lease[] =>
    links.flatMap(({ name, addresses }) => {
      const server = addresses.find(({ ip, bits, metric }) => metric === METRIC && contains(`${ip}/${bits}`, lease.ip));
      return server === undefined
        ? []
        : [
            {
              ...lease,
              link: name,
              heardBy: [`address ${name} ${server.ip}/${server.bits}`, `process ${lease.server}`] as const,
            },
          ];
    }),
  );
}

/** Held, or among the guests of its server: those that have one, and those that are going to ask. */
async function mayBe(host: HostReader, wanted: readonly Lease[]): Promise<readonly Lease[]> {
  const could = await Promise.all(
    byFile(wanted).map(async ([file, own]) => {
      const files = await beside(host, file);
      const guests = new Set(
        [...parseLeases(files.get(file) ?? ''), ...[...files.values()].flatMap(parseGuests)].map(nameOf),
      );
      return own.filter((one) => guests.has(nameOf(one)));
    }),
  );
  return could.flat();
}

function byFile(leases: readonly Lease[]): readonly (readonly [file: string, own: readonly Lease[]])[] {
  const all = new Map<string, Lease[]>();
  for (const one of leases) {
    const own = all.get(one.file);
    if (own === undefined) all.set(one.file, [one]);
    else own.push(one);
  }
  return [...all];
}

/** The files of its server. */
async function beside(host: HostReader, file: string): Promise<ReadonlyMap<string, string>> {
  return await host.files(file.slice(0, file.lastIndexOf('/')));
}

function unwanted(text: string, wanted: readonly Lease[]): readonly Lease[] {
  const [first] = wanted;
  if (first === undefined) return [];
  const may = new Set(wanted.map(nameOf));
  return parseLeases(text)
    .filter((held) => !may.has(nameOf(held)))
    .map(({ ip, mac }) => ({ ...first, ip, mac }));
}

function nameOf({ ip, mac }: Held): string {
  return `${ip} ${mac}`;
}
