// monitors/ip.ts — what the lines of `ip -o monitor label … all-nsid` tell.
import type { Subsystem, Hint } from '../core/hint.ts';
import { Dedup } from './dedup.ts';

/** 8 MiB: what a batch of some ten thousand links and addresses makes while we are busy. */
export const ipMonitor: readonly string[] = [
  'ip',
  '-rcvbuf',
  '8388608',
  '-o',
  'monitor',
  'label',
  'link',
  'address',
  'route',
  'netconf',
  'nsid',
  'all-nsid',
];

const HERE = '[nsid current]';
/** What there is when it begins. */
export const ipLinks: readonly string[] = ['ip', '-o', 'link', 'show'];

/** Devices remembered by number. */
const MOST = 65_536;

export class IpEvents {
  /**
   * Number → name, by what has been heard. `ip` itself names a device in an address's line as it first heard of its
   * number, in any namespace.
   */
  private readonly links = new Map<string, string | undefined>();
  /** Whether a number that is not remembered is a new one. Else it may be of a device that had another name. */
  private complete = false;

  private readonly netnsOf: (number: string) => string | undefined;

  /** `netnsOf`: which network namespace of netctl's own has a number. */
  constructor(netnsOf: (number: string) => string | undefined = () => undefined) {
    this.netnsOf = netnsOf;
  }

  /** The monitor begins: what was heard before may be long past. */
  begin(): void {
    this.links.clear();
    this.complete = false;
  }

  /** What `ip -o link` printed after that. */
  learn(listing: string): void {
    for (const line of listing.split('\n')) {
      const link = linkIn(line);
      if (link !== undefined && this.links.get(link.index) === undefined) this.remember(link);
    }
    this.complete = this.links.size < MOST;
  }

  take(lines: readonly string[]): readonly Hint[] {
    const hints = new Dedup();
    for (const line of lines) {
      for (const hint of line.startsWith(HERE) ? this.here(line.slice(HERE.length)) : this.elsewhere(line))
        hints.add(hint);
    }
    return hints.take();
  }

  private here(event: string): readonly Told[] {
    if (event.startsWith('[LINK]')) return this.link(event);
    if (event.startsWith('[ADDR]')) return [this.address(event)];
    // In table local are the kernel's own, of addresses that have a line themselves; but somebody may take that of an
    // address away alone.
    if (event.startsWith('[ROUTE]'))
      return event.includes(' table local ') && !event.startsWith('[ROUTE]Deleted local ')
        ? []
        : [{ subsystem: 'routes' }];
    if (event.startsWith('[NETCONF]')) return isChange(event) ? [{ subsystem: 'settings' }] : [];
    return event.startsWith('[NSID]') ? [{ subsystem: 'namespaces' }] : [];
  }

  /** One that is given another name is gone by its old one. */
  private link(event: string): readonly Told[] {
    const link = linkIn(event);
    if (link?.name === undefined) return [{ subsystem: 'links' }];
    const before = this.links.get(link.index);
    const isKnown = before !== undefined || this.complete;
    this.remember(link);
    return isKnown
      ? [...new Set([link.name, before ?? link.name])].map((name) => ({ subsystem: 'links', name }))
      : [{ subsystem: 'links' }];
  }

  /** Of a namespace that a device of ours leads into. What it is called there says nothing here. */
  private elsewhere(line: string): readonly Told[] {
    const netns = this.netnsOf(/^\[nsid (\d+)\]/.exec(line)?.[1] ?? '');
    return [
      ...(netns === undefined ? [] : [{ subsystem: 'in-namespaces' as const, name: netns }]),
      ...this.farEnd(line),
    ];
  }

  private farEnd(line: string): readonly Told[] {
    const event = line.slice(line.indexOf(']') + 1);
    if (!line.startsWith('[nsid ') || !event.startsWith('[LINK]')) return [];
    const link = linkIn(event);
    if (link !== undefined && !this.links.has(link.index)) this.remember({ index: link.index, name: undefined });
    // A far end names its near one by that one's number here. What has none (a guest's loopback, its bridges) is no far
    // end of ours.
    const near = /^\[LINK\](?:Deleted )?\d+: [^\s@:]+@if(\d+): /.exec(event)?.[1];
    if (near === undefined) return link === undefined ? [{ subsystem: 'links' }] : [];
    const name = this.links.get(near);
    if (name !== undefined) return [{ subsystem: 'links', name }];
    return this.complete ? [] : [{ subsystem: 'links' }];
  }

  private address(event: string): Told {
    const link = linkIn(event);
    if (link === undefined) return { subsystem: 'links' };
    const name = this.links.has(link.index) ? this.links.get(link.index) : link.name;
    return name === undefined ? { subsystem: 'links' } : { subsystem: 'links', name };
  }

  private remember(link: Link): void {
    if (this.links.size >= MOST) this.begin();
    this.links.set(link.index, link.name);
  }
}

interface Told {
  readonly subsystem: Subsystem;
  readonly name?: string;
}

interface Link {
  readonly index: string;
  readonly name: string | undefined;
}

/** Of `[LINK]Deleted 3: v0@if2: <…`, `[ADDR]4: br0    inet …` and `2: br0: <…`. */
function linkIn(event: string): Link | undefined {
  const [, index = '', name] = /^(?:\[[A-Z]+\])?(?:Deleted )?(\d+): ([^\s@:]+)/.exec(event) ?? [];
  return index === '' ? undefined : { index, name };
}

/**
 * A device that comes is told with all its settings, one that goes with none; a setting that somebody changed comes
 * alone.
 */
function isChange(event: string): boolean {
  return !event.startsWith('[NETCONF]Deleted') && !event.includes(' mc_forwarding ');
}
