// specfile/resolve.ts — a valid text made into the spec that the rest of the house sees: defaults applied, forms read,
// names made.
import type { Diagnostic } from '../core/resource.ts';
import type { Draft } from './draft.ts';
import type { SpecFile } from './generated/types.ts';
import type { Mark } from './locate.ts';
import type { Host } from './model.ts';
import { Names } from './names.ts';
import { Reader } from './reader.ts';
import { defaultsIn } from './resolve/defaults.ts';
import { hostsIn, ONLY_HOST } from './resolve/hosts.ts';
import { instanceIn } from './resolve/instances.ts';
import { networkIn } from './resolve/networks.ts';
import { poolIn } from './resolve/pools.ts';
import type { Kept } from './tree.ts';
import type { SpecExtension } from './extension.ts';

export interface Resolving {
  readonly text: SpecFile;
  readonly mark: Mark;
  readonly kept: Kept;
  /** Maps and lists from which something was cut as wrong. */
  readonly cut: ReadonlySet<unknown>;
  readonly whole: boolean;
  readonly extensions: readonly SpecExtension[];
}

export function resolve({ text, mark, kept, cut, whole, extensions }: Resolving): {
  readonly draft: Draft;
  readonly problems: readonly Diagnostic[];
} {
  const reader = new Reader(kept, cut);
  const hosts = hostsIn(text, reader);
  const names = namesFor(text, hosts);
  const defaults = defaultsIn(text, reader);
  const read = Object.entries(text.networks ?? {}).map(([name, network]) => ({
    name,
    ...networkIn(name, network, { reader, defaults, names }),
  }));
  const networks = read.flatMap(({ network }) => network ?? []);
  const pools = Object.entries(text.pools ?? {}).map(([name, pool]) => poolIn(name, pool, reader));
  const known = knownIn(mark, whole);
  const onlyHost = (known.hosts.size === 1 ? [...known.hosts][0] : undefined) ?? '';
  const instances = Object.entries(text.instances ?? {}).map(([name, instance]) =>
    instanceIn(name, instance, { reader, names, networks, pools, defaults, onlyHost }),
  );
  const doubtful = {
    networks: new Set(read.flatMap(({ name, isDoubtful }) => (isDoubtful ? [name] : []))),
    instances: new Set(
      Object.entries(text.instances ?? {}).flatMap(([name, instance]) => (reader.isCut(instance) ? [name] : [])),
    ),
  };
  const own = new Map<object, unknown>();
  const draft: Draft = {
    spec: { hosts, networks, pools, instances, macPrefix: defaults.macPrefix, own },
    text,
    doubtful,
    known,
    indexed: (items) => reader.indexed(items),
  };
  for (const { keys } of extensions) if (keys !== undefined) own.set(keys, keys.read(draft, reader));
  return { draft, problems: reader.problems };
}

function knownIn(mark: Mark, whole: boolean): Draft['known'] {
  const written = (section: string): readonly string[] =>
    [...(mark.items.get(section)?.items.keys() ?? [])].map(String);
  const hosts = written('hosts');
  return {
    hosts: new Set(hosts.length > 0 ? hosts : [ONLY_HOST]),
    networks: new Set(written('networks')),
    pools: new Set(written('pools')),
    whole,
  };
}

/** The names that the operator gave are nobody else's. */
function namesFor(text: SpecFile, hosts: readonly Host[]): Names {
  const given = [
    ...hosts.flatMap((host) => [host.flatInterface, host.vlanInterface, host.publicInterface]),
    ...Object.values(text.pools ?? {}).map((pool) => pool.interface),
    ...Object.values(text.networks ?? {}).flatMap((network) => [network.bridge, network.interface]),
    ...Object.values(text.instances ?? {}).flatMap(({ nics = [] }) => nics.map(({ device }) => device?.name)),
  ];
  return new Names(given.filter((name) => typeof name === 'string'));
}
