// watch/cached-reader.ts — a reader that does not ask again for routes and namespaces while hints tell of neither.
import type { HostReader, Running } from '../core/resource.ts';
import type { Hint } from '../core/hint.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { READ_NAMESPACES } from '../iproute2/namespaces.ts';
import { READ_ALL_ROUTES } from '../iproute2/route-lines.ts';

/** What tools printed, by their words. */
export type Printed = ReadonlyMap<string, string>;

/** What features are told of a host beside its devices. */
export const CACHED: readonly (readonly string[])[] = [READ_ALL_ROUTES, READ_NAMESPACES];

const isRecollected: ReadonlySet<string> = new Set(CACHED.map((argv) => argv.join(' ')));

export class CachedReader implements HostReader {
  /** What still holds, and what was asked for. */
  readonly printed: Map<string, string>;
  private readonly host: HostReader;

  constructor(host: HostReader, known: Before | undefined, hints: readonly Hint[]) {
    this.host = host;
    this.printed = new Map(
      known === undefined ? [] : [...known.printed].filter(([words, text]) => holds(words, text, known.links, hints)),
    );
  }

  async read(argv: readonly string[], netns?: string): Promise<string> {
    const words = argv.join(' ');
    if (netns !== undefined || !isRecollected.has(words)) return await this.host.read(argv, netns);
    const text = this.printed.get(words) ?? (await this.host.read(argv));
    this.printed.set(words, text);
    return text;
  }

  async files(directory: string): Promise<ReadonlyMap<string, string>> {
    return await this.host.files(directory);
  }

  async processes(having: string, netns?: string): Promise<readonly Running[]> {
    return await this.host.processes(having, netns);
  }
}

interface Before {
  readonly links: readonly LinkRecord[];
  readonly printed: Printed;
}

function holds(words: string, text: string, links: readonly LinkRecord[], hints: readonly Hint[]): boolean {
  if (words === READ_NAMESPACES.join(' '))
    return !hints.some(({ subsystem }) => subsystem === 'everything' || subsystem === 'namespaces');
  return !hints.some(
    ({ subsystem, name }) =>
      subsystem === 'everything' ||
      subsystem === 'routes' ||
      (subsystem === 'links' && (name === undefined || carries(name, text, links))),
  );
}

/**
 * With a device or an address of it go its routes, and those with that source, and the kernel does not say so. A
 * guest's port has none.
 */
function carries(name: string, routes: string, links: readonly LinkRecord[]): boolean {
  return (
    routes.includes(` dev ${name} `) ||
    links.some(
      (link) => link.name === name && link.addresses.some(({ family, scope }) => family === 4 || scope !== 'link'),
    )
  );
}
