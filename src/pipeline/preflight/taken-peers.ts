// pipeline/preflight/taken-peers.ts — veths that are about to be made, and whose other end's name somebody has in the
// guest's namespace.
import { DriverError } from '../../core/resource.ts';
import type { Diagnostic, HostReader, Ref, Resource, State, Wanted } from '../../core/resource.ts';
import { shellWord } from '../../core/shell.ts';
import { parseLinks, READ_LINKS } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { isLink } from '../../kinds/link/model.ts';
import type { Veth } from '../../kinds/link/model.ts';

/** So many namespaces are read at a time. */
const AT_ONCE = 8;

/** One call for each namespace in which one is to be made. Of those that are there nothing is asked. */
export async function takenPeers(
  host: HostReader,
  wanted: State,
  observed: State,
  because: Wanted['because'],
): Promise<readonly Diagnostic[]> {
  const made = [...wanted].flatMap(([ref, after]): readonly Made[] =>
    isVeth(after) && !isThere(observed.get(ref), after) ? [{ ref, veth: after }] : [],
  );
  if (made.length === 0) return [];
  const own = new Set(
    [...observed.values()].flatMap((one) =>
      isVeth(one) && one.foreign !== true ? [`${one.peer.name} ${one.peer.mac}`] : [],
    ),
  );
  const inside = await readAll(host, [...new Set(made.map(({ veth: { peer } }) => peer.netns))]);
  return made.flatMap(({ ref, veth: { name, peer } }): readonly Diagnostic[] => {
    const holder = inside
      .get(peer.netns)
      ?.find((record) => record.name === peer.name || record.altnames?.includes(peer.name) === true);
    // Those go before others of their name are made.
    if (holder === undefined || own.has(`${holder.name} ${holder.mac ?? ''}`)) return [];
    const [netns, device] = [shellWord(peer.netns), shellWord(holder.name)];
    const removal =
      holder.name === peer.name
        ? `link del dev ${device}`
        : `link property del dev ${device} altname ${shellWord(peer.name)}`;
    return [
      {
        severity: 'error',
        code: 'peer-taken',
        against: [ref],
        at: (because.get(ref) ?? []).slice(0, 1),
        message: `the other end of ${name} is to be ${peer.name} in namespace ${peer.netns}, where ${describe(holder, peer.name)} is there already`,
        hint: `give it another name by device.peer, or, if nobody needs what is there: ip -n ${netns} ${removal}`,
      },
    ];
  });
}

interface Made {
  readonly ref: Ref;
  readonly veth: Veth;
}

function isVeth(resource: Resource | undefined): resource is Veth {
  return resource !== undefined && isLink(resource) && resource.type === 'veth';
}

/** One that differs in its other end is made again. */
function isThere(before: Resource | undefined, { peer }: Veth): boolean {
  if (before?.foreign === true) return true;
  return isVeth(before) && before.peer.netns === peer.netns && before.peer.name === peer.name;
}

function describe({ name, type }: LinkRecord, wanted: string): string {
  return name === wanted ? `a ${type ?? 'device'} of that name` : `this is another name of ${name}, which`;
}

async function readAll(
  host: HostReader,
  namespaces: readonly string[],
): Promise<ReadonlyMap<string, readonly LinkRecord[]>> {
  const found = new Map<string, readonly LinkRecord[]>();
  for (let i = 0; i < namespaces.length; i += AT_ONCE) {
    await Promise.all(
      namespaces.slice(i, i + AT_ONCE).map(async (netns) => {
        found.set(netns, await readIn(host, netns));
      }),
    );
  }
  return found;
}

/** One that has just gone has nothing in it. */
async function readIn(host: HostReader, netns: string): Promise<readonly LinkRecord[]> {
  try {
    return parseLinks(await host.read(READ_LINKS, netns));
  } catch (error) {
    if (error instanceof DriverError) return [];
    throw error;
  }
}
