// driver/monitors/ip.ts — what the lines of `ip -o monitor label … all-nsid` tell.
import type { Part, Sign } from '../../core/sign.ts';
import { Distinct } from './distinct.ts';

/** 8 MiB: what a batch of some ten thousand links and addresses makes while we are busy. */
export const ipMonitor: readonly string[] = ['ip', '-rcvbuf', '8388608', '-o', 'monitor', 'label', 'link', 'address', 'route', 'netconf', 'nsid', 'all-nsid'];

const HERE = '[nsid current]';
/** Devices remembered by number. */
const MOST = 65_536;

export class IpEvents {
  /** Number → name, by what has been heard. `ip` itself names a device in an address's line as it first heard of its number, in any namespace. */
  private readonly links = new Map<string, string | undefined>();

  take(lines: readonly string[]): readonly Sign[] {
    const signs = new Distinct();
    for (const line of lines) {
      const sign = line.startsWith(HERE) ? this.here(line.slice(HERE.length)) : this.elsewhere(line);
      if (sign !== undefined) signs.add(sign);
    }
    return signs.take();
  }

  private here(event: string): { readonly part: Part; readonly name?: string } | undefined {
    if (event.startsWith('[LINK]')) {
      const link = linkIn(event);
      this.remember(link);
      return link?.name === undefined ? { part: 'links' } : { part: 'links', name: link.name };
    }
    if (event.startsWith('[ADDR]')) return this.address(event);
    // The kernel's own, of addresses that have a line themselves.
    if (event.startsWith('[ROUTE]')) return event.includes(' table local ') ? undefined : { part: 'routes' };
    if (event.startsWith('[NETCONF]')) return isChange(event) ? { part: 'settings' } : undefined;
    return event.startsWith('[NSID]') ? { part: 'namespaces' } : undefined;
  }

  /** Of a namespace that a device of ours leads into. What it is called there says nothing here. */
  private elsewhere(line: string): { readonly part: Part } | undefined {
    const event = line.slice(line.indexOf(']') + 1);
    if (!line.startsWith('[nsid ') || !event.startsWith('[LINK]')) return undefined;
    const link = linkIn(event);
    if (link !== undefined && !this.links.has(link.index)) this.remember({ index: link.index, name: undefined });
    return { part: 'links' };
  }

  private address(event: string): { readonly part: Part; readonly name?: string } {
    const link = linkIn(event);
    if (link === undefined) return { part: 'links' };
    const name = this.links.has(link.index) ? this.links.get(link.index) : link.name;
    return name === undefined ? { part: 'links' } : { part: 'links', name };
  }

  private remember(link: Link | undefined): void {
    if (link === undefined) return;
    if (this.links.size >= MOST) this.links.delete(this.links.keys().next().value ?? '');
    this.links.set(link.index, link.name);
  }
}

interface Link {
  readonly index: string;
  readonly name: string | undefined;
}

/** Of `[LINK]Deleted 3: v0@if2: <…` and `[ADDR]4: br0    inet …`. */
function linkIn(event: string): Link | undefined {
  const [, index = '', name] = /^\[[A-Z]+\](?:Deleted )?(\d+): ([^\s@:]+)/.exec(event) ?? [];
  return index === '' ? undefined : { index, name };
}

/** A device that comes is told with all its settings, one that goes with none; a setting that somebody changed comes alone. */
function isChange(event: string): boolean {
  return !event.startsWith('[NETCONF]Deleted') && !event.includes(' mc_forwarding ');
}
