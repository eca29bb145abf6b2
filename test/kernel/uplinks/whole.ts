// test/kernel/uplinks/whole.ts — all that the tools and the kernel show of one interface and of routing, for a
// comparison to the letter.
import type { Lab } from '../lab.ts';
import { must } from '../lab.ts';

/** A command, what of its lines is not compared, and how a line is compared; `sorted`: its order says nothing. */
interface Shown {
  readonly command: string;
  readonly sorted?: true;
  readonly without?: RegExp;
  readonly as?: (line: string) => string;
}

const shownOf = (link: string): readonly Shown[] => [
  {
    command: `ip -d addr show dev ${link}`,
    as: (line) =>
      line.replaceAll(/ (valid_lft|preferred_lft) \d+sec/g, ' $1 some').replaceAll(/ (state \S+|tentative)/g, ''),
  },
  {
    command: 'ip -d -N -o route show table all',
    sorted: true,
    without: /^\d fe80::|^5 ff00::/,
    as: (line) => line.replace(/ expires \d+sec/, ' expires some'),
  },
  { command: 'ip rule show' },
  { command: 'ip -6 rule show' },
  { command: `ip -d neigh show nud permanent dev ${link}`, sorted: true },
  { command: 'ip neigh show proxy', sorted: true },
  { command: 'ip nexthop show' },
  {
    // A stable secret that is not set cannot be read.
    command: `grep -rs '' /proc/sys/net/ipv4/ip_forward ${['ipv4', 'ipv6'].flatMap((family) => ['conf', 'neigh'].flatMap((of) => [link, 'all', 'default'].map((name) => `/proc/sys/net/${family}/${of}/${name}`))).join(' ')} || :`,
    sorted: true,
    without: /stable_secret|mc_forwarding/,
    as: (line) => line.replace(/^\/proc\/sys\/([^:]*):/, (_, path: string) => `${path.replaceAll('/', '.')} = `),
  },
  { command: `tc qdisc show dev ${link}`, as: (line) => line.replace(/ direct_packets_stat \d+/, '') },
  { command: `ip maddr show dev ${link}`, sorted: true, without: /^\s*(inet6? |link +(33:33|01:00:5e))/ },
  { command: `ip token show | grep ' ${link}$' || :` },
  { command: 'ip addrlabel list' },
  { command: 'ip mptcp endpoint show' },
  { command: 'iptables-save', without: /^[#:]|^COMMIT|^\*/ },
];

const NEXT = '-- next --';

/**
 * A line each. Without counters, lifetimes that run, indexes of devices that others have made since, and what a look
 * itself changes.
 */
export function whole(lab: Lab, link = 'eth1'): readonly string[] {
  const all = shownOf(link);
  // One shell for all: most of what a look takes is to start it in the namespace.
  const script = all.map(({ command }) => command).join(`\necho '${NEXT}'\n`);
  const parts = must(lab.in(lab.host, ['sh', '-ec', script])).out.split(`${NEXT}\n`);
  return all.flatMap(({ sorted, without, as = (line) => line }, i) => {
    const lines = (parts[i] ?? '')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '' && without?.test(line) !== true);
    return (sorted === true ? lines.toSorted() : lines).map(as);
  });
}
