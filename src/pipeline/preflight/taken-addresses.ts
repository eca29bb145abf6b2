// pipeline/preflight/taken-addresses.ts — addresses that are about to be added, and that somebody else has: the host's
// own router, or whoever had them on the segment when the host last heard of them.
import type { Diagnostic, HostReader, Ref, State, Wanted } from '../../core/resource.ts';
import { readRecords, textOf, textsOf } from '../../iproute2/fields.ts';
import { readLinks } from '../../iproute2/links.ts';
import { READ_ALL_NEIGHBOURS } from '../../iproute2/neighbours.ts';
import { READ_ALL_ROUTES } from '../../iproute2/route-lines.ts';
import { isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { ipOf } from '../../net/ip.ts';

/** Of which the kernel knows, or takes for granted, that the address is there. */
const KNOWN: readonly string[] = ['REACHABLE', 'STALE', 'DELAY', 'PERMANENT'];

interface Added {
  readonly ref: Ref;
  readonly link: string;
  readonly ip: string;
  /** It depends on an interface of the host's: a floating address, or one that instances go out with. */
  readonly outside: boolean;
}

/** One call more where an address for the outside is to be added, and none otherwise. Nobody is asked anything. */
export async function takenAddresses(
  host: HostReader,
  wanted: State,
  observed: State,
  because: Wanted['because'],
): Promise<readonly Diagnostic[]> {
  const added = [...wanted].flatMap(([ref, after]): readonly Added[] =>
    isAddress(after) && isNew(after) && !observed.has(ref)
      ? [{ ref, link: after.link, ip: ipOf(after.cidr), outside: after.cidr.endsWith('/32') }]
      : [],
  );
  if (added.length === 0) return [];
  const routers = routersIn(await host.read(READ_ALL_ROUTES));
  const outside = added.filter((one) => one.outside && !routers.has(one.ip));
  const at = ({ ref }: Added): Pick<Diagnostic, 'against' | 'at'> => ({
    against: [ref],
    at: (because.get(ref) ?? []).slice(0, 1),
  });
  return [
    ...added.flatMap((one) => ofRouter(one, routers.get(one.ip)).map((said) => ({ ...said, ...at(one) }))),
    ...(outside.length === 0 ? [] : await onTheWire(outside, host)).map(({ one, said }) => ({ ...said, ...at(one) })),
  ];
}

/** Not what goes along with an interface, or comes back from a bridge. */
function isNew({ borrowed, movedFrom }: Address): boolean {
  return borrowed !== true && movedFrom === undefined;
}

/** By router, the route by which the host sends to it. A line is a route, also of one with several next hops. */
function routersIn(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed
      .split('\n')
      .flatMap((line) => {
        const [, to = ''] = /^\d+ (\S+)/.exec(line) ?? [];
        return to === ''
          ? []
          : [...line.matchAll(/\bvia (\d+\.\d+\.\d+\.\d+) dev (\S+)/g)].map(
              ([, ip = '', dev = '']) => [ip, `${to} via ${ip} dev ${dev}`] as const,
            );
      })
      .reverse(),
  );
}

type Said = Omit<Diagnostic, 'at' | 'against'>;

function ofRouter({ ip, link }: Added, route: string | undefined): readonly Said[] {
  if (route === undefined) return [];
  return [
    {
      severity: 'warning',
      asks: true,
      code: 'address-router',
      message: `${ip} is a router that this host sends to (${route}): with the address on ${link}, the host is that router itself and reaches nothing by it`,
      hint: 'give another address in the spec; or remove the route, if that router is no more',
    },
  ];
}

async function onTheWire(
  added: readonly Added[],
  host: HostReader,
): Promise<readonly { readonly one: Added; readonly said: Said }[]> {
  const [printed, links] = await Promise.all([host.read(READ_ALL_NEIGHBOURS), readLinks(host)]);
  const own = new Set(links.flatMap(({ mac }) => (mac === undefined ? [] : [mac])));
  const known = new Map(
    readRecords(printed).flatMap((record) => {
      const [ip, mac, dev] = [textOf(record, 'dst'), textOf(record, 'lladdr'), textOf(record, 'dev')];
      const state = textsOf(record, 'state').find((one) => KNOWN.includes(one));
      return ip === undefined || mac === undefined || dev === undefined || state === undefined || own.has(mac)
        ? []
        : [[ip, { mac, dev, state }] as const];
    }),
  );
  return added.flatMap((one) => {
    const holder = known.get(one.ip);
    if (holder === undefined) return [];
    return [
      {
        one,
        said: {
          severity: 'warning' as const,
          asks: true,
          code: 'address-taken',
          message: `${holder.mac} on ${holder.dev} had ${one.ip} when this host last heard of it (${holder.state}): with it on ${one.link} as well, packets go now to one and now to the other`,
          hint: `arping -D -c 2 -I ${holder.dev} ${one.ip} asks whether somebody still has it; \`ip neigh del ${one.ip} dev ${holder.dev}\` forgets it`,
        },
      },
    ];
  });
}
