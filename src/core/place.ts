// core/place.ts — a place: a network namespace of netctl's own, in which resources stand as they do on the host.
import { kindIn } from './ref.ts';
import type { HostReader, Kinds, Op, Ref, Resource } from './resource.ts';

/**
 * A resource in a place. Its kind is another than that of the host's own, `netns/link`: who speaks of the host's links
 * does not mean it.
 */
export interface Placed<R extends Resource = Resource> extends Resource {
  /** As `ip netns` names it. */
  readonly netns: string;
  readonly resource: R;
}

/** Where places are. */
export interface Places {
  /** The resource that makes the place: all that is in it depends on that. */
  ref(netns: string): Ref;
  /** Which one this resource makes. */
  of(resource: Resource): string | undefined;
  /** Whether such a kind sees only what is wanted of it: who goes with its place would not be seen. */
  seesWantedOnly(kind: string): boolean;
  /**
   * Those in which there may be something of this kind. Reads no more than is read in any case, where there are none.
   */
  find(host: HostReader, kind: string): Promise<readonly string[]>;
  /** The kinds as they are in there: daemons have a directory of their own. */
  kindsIn(netns: string): Kinds;
}

const PLACED = 'netns/';

/** What a feature wants in a place. All in there is netctl's own: nothing is borrowed, nothing is given back. */
export function inPlace<R extends Resource>(netns: string, resource: R): Placed<R> {
  return { kind: placedName(resource.kind), netns, resource, ...(resource.foreign ? { foreign: true } : {}) };
}

/** `netns/link netctl-r1 eth0`, for `link eth0` in netctl-r1. */
export function refInPlace(netns: string, ref: Ref): Ref {
  const kind = kindIn(ref);
  return `${placedName(kind)} ${netns}${ref.slice(kind.length)}`;
}

/** The other way round. */
export function refOutOf(netns: string, ref: Ref): Ref {
  const kind = kindIn(ref);
  return `${kind.slice(PLACED.length)}${ref.slice(`${kind} ${netns}`.length)}` as Ref;
}

export function isPlaced(resource: Resource): resource is Placed {
  return resource.kind.startsWith(PLACED);
}

export function placedName(kind: string): string {
  return `${PLACED}${kind}`;
}

const readers = new WeakMap<HostReader, Map<string, HostReader>>();

/** The host as it is seen in a place; always the same one, since others remember by it what they have read. */
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
