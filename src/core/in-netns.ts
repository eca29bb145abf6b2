// core/in-netns.ts — resources in a network namespace of netctl's own, where they are as on the host.
import { kindIn } from './ref.ts';
import type { HostReader, Kinds, Op, Ref, Resource } from './resource.ts';

/**
 * A resource in such a namespace. Its kind is another than that of the host's own, `netns/link`: who speaks of the
 * host's links does not mean it.
 */
export interface InNetns<R extends Resource = Resource> extends Resource {
  /** As `ip netns` names it. */
  readonly netns: string;
  readonly resource: R;
}

/** The network namespaces of netctl's own. */
export interface Namespaces {
  /** The resource that makes it: all that is in it depends on that. */
  ref(netns: string): Ref;
  /** Which one this resource makes. */
  of(resource: Resource): string | undefined;
  /** Whether such a kind sees only what is wanted of it: what goes with its namespace would not be seen. */
  seesWantedOnly(kind: string): boolean;
  /**
   * Those in which there may be something of this kind. Reads no more than is read in any case, where there are none.
   */
  find(host: HostReader, kind: string): Promise<readonly string[]>;
  /** The kinds as they are in there: daemons have a directory of their own. */
  kindsIn(netns: string): Kinds;
}

const PLACED = 'netns/';

/** What a feature wants in a namespace. All in there is netctl's own: nothing is borrowed, nothing is restored. */
export function inNetns<R extends Resource>(netns: string, resource: R): InNetns<R> {
  return { kind: nameInNetns(resource.kind), netns, resource, ...(resource.foreign ? { foreign: true } : {}) };
}

/** `netns/link netctl-r1 eth0`, for `link eth0` in netctl-r1. */
export function refInNetns(netns: string, ref: Ref): Ref {
  const kind = kindIn(ref);
  return `${nameInNetns(kind)} ${netns}${ref.slice(kind.length)}`;
}

/** The other way round. */
export function refOutOfNetns(netns: string, ref: Ref): Ref {
  const kind = kindIn(ref);
  return `${kind.slice(PLACED.length)}${ref.slice(`${kind} ${netns}`.length)}` as Ref;
}

export function isInNetns(resource: Resource): resource is InNetns {
  return resource.kind.startsWith(PLACED);
}

export function nameInNetns(kind: string): string {
  return `${PLACED}${kind}`;
}

const readers = new WeakMap<HostReader, Map<string, HostReader>>();

/** The host as it is seen from inside; always the same one, since others remember by it what they have read. */
export function readerIn(host: HostReader, netns: string): HostReader {
  const known = readers.get(host) ?? new Map<string, HostReader>();
  const reader = known.get(netns) ?? {
    read: (argv, other = netns) => host.read(argv, other),
    files: (path) => host.files(path),
    processes: (having, other = netns) => host.processes(having, other),
  };
  readers.set(host, known.set(netns, reader));
  return reader;
}

/** What the driver is told, where it is meant. Files and signals are the whole machine's. */
export function opIn(netns: string, op: Op): Op {
  return op.op === 'batch' || op.op === 'run' || op.op === 'start' ? { netns, ...op } : op;
}
