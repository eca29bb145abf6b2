// kinds/netns/index.ts — network namespaces of netctl's own, known by how their names begin.
import { DriverError } from '../../core/resource.ts';
import type { Change, HostReader, Kind, Op } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import { readLinks } from '../../iproute2/links.ts';
import { parseNamespaces, READ_NAMESPACES } from '../../iproute2/namespaces.ts';
import { readerIn } from '../../core/in-netns.ts';
import type { Netns } from './model.ts';

export function createNetnsKind(prefix: string): Kind<Netns> {
  return {
    kind: 'netns',
    key: ({ name }) => name,
    needs: () => [],
    reads: [READ_NAMESPACES],
    watches: ['namespaces', 'in-namespaces'],
    observe: (host, wanted) => observe(host, wanted, prefix),
    same: ({ down, broken }) => down !== true && broken !== true,
    mustReplace: ({ broken }) => broken === true,
    steps: (changes) => changes.map((change) => ({ changes: [change], ops: opsFor(change) })),
    // Made again it is another, and whoever was in it is in none.
    irrevocable: () => true,
    disrupts: (change) =>
      change.verb === 'create' || change.verb === 'update'
        ? { class: 'none' }
        : { class: 'flows', of: [change.before.name] },
    asFound: ({ down: _down, broken, ...found }) => (broken ? undefined : found),
    describe: ({ name }, before) => `${name}${before?.down === true ? ' (lo is down)' : ''}`,
  };
}

/** Those of ours that can be entered. */
export async function namespacesThere(host: HostReader, prefix: string): Promise<readonly string[]> {
  const found = await ownNamespaces(host, prefix);
  return found.flatMap(({ name, broken }) => (broken ? [] : [name]));
}

async function observe(host: HostReader, wanted: readonly Netns[], prefix: string): Promise<readonly Netns[]> {
  const others = wanted.filter(({ name }) => !name.startsWith(prefix));
  const there = others.length === 0 ? [] : parseNamespaces(await host.read(READ_NAMESPACES));
  return [
    ...(await ownNamespaces(host, prefix)),
    ...others
      .filter((want) => there.some(({ name }) => name === want.name))
      .map(({ name }): Netns => ({ kind: 'netns', name, foreign: true })),
  ];
}

async function ownNamespaces(host: HostReader, prefix: string): Promise<readonly Netns[]> {
  const text = await host.read(READ_NAMESPACES);
  // A host may have thousands of guests' own.
  if (!text.includes(prefix)) return [];
  const ours = parseNamespaces(text).filter(({ name }) => name.startsWith(prefix));
  return await Promise.all(ours.map(({ name }) => look(host, name)));
}

/** What is read of the links in there is read in any case. */
async function look(host: HostReader, name: string): Promise<Netns> {
  try {
    const links = await readLinks(readerIn(host, name));
    const isUp = links.some((link) => link.name === 'lo' && link.up);
    return { kind: 'netns', name, ...(isUp ? {} : { down: true }) };
  } catch (error) {
    if (!(error instanceof DriverError && /network namespace/.test(error.stderr))) throw error;
    return { kind: 'netns', name, broken: true };
  }
}

/** Not in a batch of the host's: see driver/namespace.ts. */
function opsFor(change: Change<Netns>): readonly Op[] {
  if (change.verb === 'delete') return [{ op: 'run', argv: ['ip', 'netns', 'delete', change.before.name] }];
  const { name } = change.after;
  const up = ipBatch(['link set dev lo up'], name);
  return change.verb === 'create' ? [{ op: 'run', argv: ['ip', 'netns', 'add', name] }, up] : [up];
}
