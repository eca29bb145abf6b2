// test/pipeline/borrowed/borrowed-scene.ts — an interface that is borrowed to a bridge: what is remembered of it, and
// what the host has by now.
import { originalsByNow } from '../../../src/pipeline/borrowed/originals-by-now.ts';
import type { AddressFact, Facts, LinkFact, RouteFact } from '../../../src/core/facts.ts';
import type { Resource } from '../../../src/core/resource.ts';
import { NOTHING } from '../../../src/core/stored.ts';
import type { HostState } from '../../../src/core/stored.ts';
import { PROTOCOL } from '../../../src/core/marks.ts';

export const port = (name = 'eth1'): Resource =>
  ({ kind: 'link', type: 'port', borrowed: true, name, promiscuous: false, hairpin: false, up: true }) as Resource;
export const borrowed = (cidr: string, more: object = {}): Resource =>
  ({ kind: 'address', borrowed: true, link: 'eth1', cidr, ...more }) as Resource;
export const DEFAULT: RouteFact = { to: 'default', family: 4, via: '203.0.113.1', protocol: '4' };
export const lentRoute = (more: object = {}): Resource =>
  ({ kind: 'route', borrowed: true, link: 'eth1', ...DEFAULT, ...more }) as Resource;

export const address = (cidr: string, ours = false): AddressFact => ({ cidr, ours });
export const link = (name: string, more: Partial<LinkFact> = {}): LinkFact => ({
  name,
  ours: false,
  promiscuous: false,
  addresses: [],
  routes: [],
  ...more,
});
export const facts = (...links: readonly LinkFact[]): Facts => ({
  links: new Map(links.map((one) => [one.name, one])),
  namespaces: new Set(),
});
/** eth1 in our bridge, which has these. */
export const inBridge = (
  addresses: readonly AddressFact[],
  routes: readonly RouteFact[] = [],
  ...others: readonly LinkFact[]
): Facts =>
  facts(
    link('eth1', { master: 'br-lab', promiscuous: true }),
    link('br-lab', { ours: true, addresses: [address('192.168.50.1/24', true), ...addresses], routes }),
    ...others,
  );

export const stored = (originals: readonly Resource[], more: Partial<HostState> = {}): HostState => ({
  ...NOTHING,
  start: 'one',
  ...more,
  originals,
});
/** What of it is borrowed still, by what it is called. */
function names(kept: HostState): readonly string[] {
  return kept.originals.map((one) => {
    const { name, cidr, to } = one as unknown as Record<string, string | undefined>;
    return name ?? cidr ?? to ?? '';
  });
}
export const left = (kept: HostState, now: Facts, start = 'one'): readonly string[] =>
  names(originalsByNow(kept, now, start).kept);
export const ours: RouteFact = { ...DEFAULT, protocol: PROTOCOL };
