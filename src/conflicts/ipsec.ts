// conflicts/ipsec.ts — policies of IPsec that block, or lead into tunnels: asked of all that is routed, whether the
// host has any IPsec or not.
import type { Diagnostic } from '../core/resource.ts';
import { covers as coversRange, overlap as overlapRange, parseCidr, rangeOf, toIp } from '../net/ip.ts';
import type { Cidr, Range } from '../net/ip.ts';
import { MOST_NAMED, networksOf, subjectOf } from './diagnostics.ts';
import type { Packet } from './model.ts';
import type { Network } from '../specfile/model.ts';
import { needsOf } from './traffic.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';

type Direction = 'in' | 'fwd' | 'out';

interface Policy {
  readonly direction: Direction;
  readonly from: Cidr<4>;
  readonly to: Cidr<4>;
  readonly link?: string;
  readonly blocks: boolean;
  /** It is for what goes into a tunnel, or comes out of one, and for nothing else. */
  readonly tunnels: boolean;
  readonly priority: number;
  /** As `ip xfrm policy` names it. */
  readonly words: string;
}

interface Policies {
  readonly all: readonly Policy[];
  /** Where none of them is for a packet. */
  readonly blocking: readonly Direction[];
}

const ASKED: Readonly<Record<RequiredTraffic['way'], readonly Direction[]>> = {
  in: ['in'],
  out: ['out'],
  through: ['fwd', 'out'],
  over: [],
};

/** Pure: `text` is what `ip xfrm policy list` and `getdefault` say. */
export function* blockedByIpsec(text: string, site: Site): Iterable<Diagnostic> {
  const policies = policiesIn(text);
  if (policies.blocking.length === 0 && !policies.all.some(({ blocks, tunnels }) => blocks || tunnels)) return;
  const found = new Map<string, { policy: Policy | undefined; direction: Direction; needs: RequiredTraffic[] }>();
  for (const network of site.spec.networks)
    for (const need of needsOf(network, site)) {
      for (const direction of need.packet.protocol === 'arp' ? [] : ASKED[need.way]) {
        const packet = seenBy(direction, need.packet);
        const policy = policies.all.find(
          (one) => one.direction === direction && (one.blocks || one.tunnels ? covers : overlap)(one, packet),
        );
        const isStray = policy?.tunnels === true && isGuests(direction, packet, network);
        if (policy === undefined ? !policies.blocking.includes(direction) : !policy.blocks && !isStray) continue;
        const key = policy?.words ?? direction;
        const known = found.get(key) ?? { policy, direction, needs: [] };
        found.set(key, { ...known, needs: [...known.needs, need] });
      }
    }
  for (const { policy, direction, needs } of found.values()) yield said(policy, direction, needs);
}

/** Instances are not behind a tunnel. What they send to whoever is goes into it as somebody wants. */
function isGuests(direction: Direction, { source, destination }: Packet, { cidr }: Network): boolean {
  return coversRange(rangeOf(cidr), direction === 'out' ? destination : source);
}

function said(policy: Policy | undefined, direction: Direction, needs: readonly RequiredTraffic[]): Diagnostic {
  const networks = networksOf(needs);
  const by =
    policy === undefined
      ? `IPsec's default policy for ${direction}, block (ip xfrm policy getdefault)`
      : `the IPsec policy ${policy.words} action block (ip xfrm policy)`;
  const before = policy === undefined ? '' : ` priority ${policy.priority - 1}`;
  const openings = [
    ...new Set(
      needs
        .map(({ packet }) => seenBy(direction, packet))
        .map(({ source, destination }) => `src ${textOf(source)} dst ${textOf(destination)} dir ${direction}`),
    ),
  ];
  // There is one policy for the same packets.
  const isInTheWay = policy !== undefined && (policy.priority === 0 || openings.includes(policy.words));
  const tunnelled = direction === 'out' ? 'are sent into a tunnel' : 'are dropped, since they come out of no tunnel,';
  return {
    severity: 'warning',
    ...(policy?.tunnels === true
      ? {
          code: 'ipsec-tunnel',
          message: `${subjectOf(needs)} ${tunnelled} by the IPsec policy ${policy.words} (ip xfrm policy)`,
        }
      : { code: 'ipsec-block', message: `${subjectOf(needs)} are dropped by ${by}` }),
    at: networks.slice(0, MOST_NAMED).map(({ path }) => path),
    stops: networks.map(({ path }) => path),
    hint: isInTheWay
      ? `if nobody needs it: ip xfrm policy delete ${policy.words}`
      : openings.map((words) => `ip xfrm policy add ${words}${before}`).join(' && '),
  };
}

/** One address as itself; a peer is anybody, and a network is itself. */
function textOf({ first, last }: Range<4>): string {
  if (first === last) return `${toIp(first)}/32`;
  const bits = 32 - Math.log2(last - first + 1);
  return bits <= LEAST_BITS ? '0.0.0.0/0' : `${toIp(first)}/${bits}`;
}

/** Of those who stand for everybody. */
const LEAST_BITS = 4;

/** The kernel asks about what comes in before it is translated, and about what goes out when it is to be. */
function seenBy(direction: Direction, packet: Packet): Packet {
  return direction === 'out' ? packet : { ...packet, destination: packet.sentTo ?? packet.destination };
}

/**
 * For these packets, all of them. Of one that blocks some, that is its own wish; one that lets some through may be for
 * all that there are.
 */
function covers(policy: Policy, packet: Packet): boolean {
  return (
    isBy(policy, packet) &&
    coversRange(rangeOf(policy.from), packet.source) &&
    coversRange(rangeOf(policy.to), packet.destination)
  );
}

function overlap(policy: Policy, packet: Packet): boolean {
  return (
    isBy(policy, packet) &&
    overlapRange(rangeOf(policy.from), packet.source) &&
    overlapRange(rangeOf(policy.to), packet.destination)
  );
}

function isBy({ link, direction }: Policy, { in: came, out }: Packet): boolean {
  return link === undefined || link === (direction === 'out' ? out : came);
}

/** By their priority, the least first. What is for marked packets, some protocol or one socket is left out. */
function policiesIn(text: string): Policies {
  const [list = '', defaults = ''] = text.split(/^Default policies:$/m);
  const all = list.split(/^(?=src )/m).flatMap((block): readonly Policy[] => {
    const [, src = '', dst = '', rest = ''] = /^src (\S+) dst (\S+) ?(.*)$/m.exec(block) ?? [];
    const [, direction, more = ''] = /^\tdir (in|fwd|out) (.*)$/m.exec(block) ?? [];
    const [from, to] = [parseCidr(src, 4), parseCidr(dst, 4)];
    const link = /^dev (\S+)\s*$/.exec(rest)?.[1];
    if (
      from === undefined ||
      to === undefined ||
      !isDirection(direction) ||
      (rest.trim() !== '' && link === undefined) ||
      /^\t(mark|if_id) /m.test(block)
    )
      return [];
    return [
      {
        direction,
        from,
        to,
        blocks: /\baction block\b/.test(more),
        tunnels: /^\ttmpl /m.test(block) && !/\blevel use\b/.test(block),
        priority: Number(/\bpriority (\d+)/.exec(more)?.[1] ?? 0),
        words: `src ${src} dst ${dst}${link === undefined ? '' : ` dev ${link}`} dir ${direction}`,
        ...(link === undefined ? {} : { link }),
      },
    ];
  });
  const blocking = [...defaults.matchAll(/^ (in|fwd|out): +block$/gm)].flatMap(([, direction]) =>
    isDirection(direction) ? [direction] : [],
  );
  return { all: all.toSorted((a, b) => a.priority - b.priority), blocking };
}

function isDirection(word: string | undefined): word is Direction {
  return word === 'in' || word === 'fwd' || word === 'out';
}
