// test/fake-host/ip/addresses.ts — the addresses of one device, in the kernel's order.
import { baseOf } from '../../../src/net/ip.ts';

export interface HeldAddress {
  readonly family: 4 | 6;
  readonly cidr: string;
  readonly scope: string;
  readonly broadcast?: string;
  readonly label: string;
  metric: number;
  readonly noPrefixRoute: boolean;
  secondary: boolean;
  /** The other end of a point-to-point one. */
  readonly peer?: string;
  deprecated?: boolean;
}
/** A route that the kernel makes for an address. */
export interface Connected {
  readonly family: 4 | 6;
  readonly to: string;
  readonly source?: string;
  readonly metric: number;
}

const SCOPES: Readonly<Record<string, number>> = { global: 0, link: 253, host: 254 };

export class Addresses {
  private list: HeldAddress[] = [];

  all(): readonly HeldAddress[] {
    return this.list;
  }

  find(cidr: string): HeldAddress | undefined {
    return this.list.find((held) => held.cidr === cidr);
  }

  /**
   * Primaries behind the primaries of no narrower scope, secondaries at the end of IPv4's; of IPv6's the last one
   * first.
   */
  insert(held: HeldAddress): void {
    if (held.family === 6) {
      this.list.splice(this.list.findLastIndex((other) => other.family === 4) + 1, 0, held);
      return;
    }
    held.secondary = this.list.some((other) => other.family === 4 && sameNetwork(other, held));
    const place = held.secondary
      ? this.list.findLastIndex((other) => other.family === 4)
      : this.list.findLastIndex((other) => other.family === 4 && !other.secondary && rankOf(held) <= rankOf(other));
    this.list.splice(place + 1, 0, held);
  }

  /** Says what went: a primary takes its secondaries along, unless the first of them is promoted. */
  remove(held: HeldAddress, promote: boolean): readonly HeldAddress[] {
    const along =
      held.family === 6 || held.secondary
        ? []
        : this.list.filter(
            (other) => other !== held && other.family === 4 && other.secondary && sameNetwork(other, held),
          );
    const heir = promote ? along[0] : undefined;
    const gone = heir === undefined ? [held, ...along] : [held];
    this.list = this.list.filter((other) => !gone.includes(other));
    if (heir !== undefined) {
      heir.secondary = false;
      this.list = this.list.filter((other) => other !== heir);
      const place = this.list.findLastIndex((other) => other.family === 4 && !other.secondary);
      this.list.splice(place + 1, 0, heir);
    }
    return gone;
  }

  connected(): readonly Connected[] {
    return this.list.flatMap((held) => connectedOf(held) ?? []);
  }

  dropIpv6(): void {
    this.list = this.list.filter((held) => held.family === 4);
  }

  hasLinkLocal(): boolean {
    return this.list.some((held) => held.family === 6 && held.scope === 'link');
  }

  addLinkLocal(mac: string): void {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((octet) => Number.parseInt(octet, 16));
    const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f].map((group) => group.toString(16));
    this.list.push({
      family: 6,
      cidr: `fe80::${(groups[0] === '0' ? groups.slice(1) : groups).join(':')}/64`,
      scope: 'link',
      label: '',
      metric: 0,
      noPrefixRoute: false,
      secondary: false,
    });
  }
}

export function connectedOf(held: HeldAddress): Connected | undefined {
  if (held.noPrefixRoute || held.secondary) return undefined;
  if (held.family === 6) {
    const base = networkOf6(held.cidr);
    return base === undefined ? undefined : { family: 6, to: base, metric: held.metric === 0 ? 256 : held.metric };
  }
  const [ip = '', bits = '32'] = held.cidr.split('/');
  if (bits === '32')
    return held.peer === undefined ? undefined : { family: 4, to: held.peer, source: ip, metric: held.metric };
  return { family: 4, to: baseOf(`${held.peer ?? ip}/${bits}`), source: ip, metric: held.metric };
}

/**
 * Good for prefixes of whole groups written without anything behind the `::` but the interface's part: `fd00::5/64`.
 */
function networkOf6(cidr: string): string | undefined {
  const [ip = '', bits = '128'] = cidr.split('/');
  if (bits === '128') return undefined;
  if (bits !== '64' || !ip.includes('::')) throw new Error(`the fake knows no IPv6 network of ${cidr}`);
  return `${ip.split('::')[0] ?? ''}::/64`;
}

function sameNetwork(a: HeldAddress, b: HeldAddress): boolean {
  return baseOf(a.cidr) === baseOf(b.cidr);
}

function rankOf(held: HeldAddress): number {
  return SCOPES[held.scope] ?? 0;
}
