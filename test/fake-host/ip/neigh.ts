// test/fake-host/ip/neigh.ts — `ip neigh`, as far as netctl speaks it: what somebody has put there. Nothing is learnt.
import type { Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import { Refused } from './refused.ts';
import type { Words } from './words.ts';

export interface HeldNeighbour {
  readonly ip: string;
  readonly link: string;
  readonly proxy: boolean;
  readonly state: string;
  readonly mac?: string;
  readonly router: boolean;
  readonly protocol?: string;
}

export class Neighbours {
  private list: HeldNeighbour[] = [];

  all(): readonly HeldNeighbour[] {
    return this.list;
  }

  replace(held: HeldNeighbour): void {
    this.list = [...this.list.filter((other) => !isSame(other, held)), held];
  }

  remove(named: Pick<HeldNeighbour, 'ip' | 'link' | 'proxy'>): void {
    const left = this.list.filter((other) => !isSame(other, named));
    if (left.length === this.list.length) throw new Refused('RTNETLINK answers: No such file or directory');
    this.list = left;
  }

  dropLink(link: string, family?: 4 | 6): void {
    this.list = this.list.filter(
      (held) => held.link !== link || (family !== undefined && (held.ip.includes(':') ? 6 : 4) !== family),
    );
  }

  rename(from: string, to: string): void {
    this.list = this.list.map((held) => (held.link === from ? { ...held, link: to } : held));
  }
}

function isSame(
  a: Pick<HeldNeighbour, 'ip' | 'link' | 'proxy'>,
  b: Pick<HeldNeighbour, 'ip' | 'link' | 'proxy'>,
): boolean {
  return a.ip === b.ip && a.link === b.link && a.proxy === b.proxy;
}

export function runNeigh(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  let [ip, link, mac, state, protocol, proxy, router]: [
    string?,
    string?,
    string?,
    string?,
    string?,
    boolean?,
    boolean?,
  ] = [];
  while (words.more()) {
    const word = words.next();
    switch (word) {
      case 'proxy':
        proxy = true;
        ip = words.next();
        break;
      case 'dev':
        link = words.next();
        break;
      case 'lladdr':
        mac = words.next();
        break;
      case 'nud':
        state = words.next();
        break;
      case 'protocol':
        protocol = words.next();
        break;
      case 'router':
        router = true;
        break;
      default:
        ip = word;
    }
  }
  if (ip === undefined || link === undefined)
    throw new Error('the fake ip wants the address and the dev of a neighbour');
  kernel.device(netns, link);
  if (verb === 'del') netns.neighbours.remove({ ip, link, proxy: proxy ?? false });
  else if (verb === 'replace' || verb === 'add') {
    netns.neighbours.replace({
      ip,
      link,
      proxy: proxy ?? false,
      state: state ?? 'permanent',
      router: router ?? false,
      ...(mac === undefined ? {} : { mac }),
      ...(protocol === undefined ? {} : { protocol }),
    });
  } else throw words.unknown();
}

export function showNeighbours(netns: Namespace, proxies: boolean): string {
  return JSON.stringify(
    netns.neighbours
      .all()
      .filter(({ proxy }) => proxy === proxies)
      .map(({ ip, link, mac, state, router, protocol }) => ({
        dst: ip,
        dev: link,
        ...(mac === undefined ? {} : { lladdr: mac }),
        ...(proxies ? { proxy: null } : { state: [state.toUpperCase()] }),
        ...(router ? { router: null } : {}),
        ...(protocol === undefined ? {} : { protocol }),
      })),
  );
}
