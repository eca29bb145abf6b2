// test/kernel/uplinks/whole.ts — all that the tools and the kernel show of one interface and of routing, for a
// comparison to the letter.
import type { Lab } from '../lab.ts';
import { must } from '../lab.ts';

/**
 * A line each. Without counters, lifetimes that run, indexes of devices that others have made since, and what a look
 * itself changes.
 */
export function whole(lab: Lab, link = 'eth1'): readonly string[] {
  const shown = (argv: readonly string[]): readonly string[] =>
    must(lab.in(lab.host, argv))
      .out.split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  const sorted = (argv: readonly string[], ...without: readonly RegExp[]): readonly string[] =>
    shown(argv)
      .filter((line) => !without.some((each) => each.test(line)))
      .toSorted();
  return [
    ...shown(['ip', '-d', 'addr', 'show', 'dev', link]).map((line) =>
      line.replaceAll(/ (valid_lft|preferred_lft) \d+sec/g, ' $1 some').replaceAll(/ (state \S+|tentative)/g, ''),
    ),
    ...sorted(['ip', '-d', '-N', '-o', 'route', 'show', 'table', 'all'], /^\d fe80::|^5 ff00::/).map((line) =>
      line.replace(/ expires \d+sec/, ' expires some'),
    ),
    ...shown(['ip', 'rule', 'show']),
    ...shown(['ip', '-6', 'rule', 'show']),
    ...sorted(['ip', '-d', 'neigh', 'show', 'nud', 'permanent', 'dev', link]),
    ...sorted(['ip', 'neigh', 'show', 'proxy']),
    ...shown(['ip', 'nexthop', 'show']),
    ...sorted(
      ['sysctl', '-a', '-r', `^net\\.ipv[46]\\.(conf|neigh)\\.(${link}|all|default)\\.|ip_forward`],
      /stable_secret|mc_forwarding/,
    ),
    ...shown(['tc', 'qdisc', 'show', 'dev', link]).map((line) => line.replace(/ direct_packets_stat \d+/, '')),
    ...sorted(['ip', 'maddr', 'show', 'dev', link], /^\s*(inet6? |link +(33:33|01:00:5e))/),
    ...shown(['ip', 'token', 'show']).filter((line) => line.endsWith(` ${link}`)),
    ...shown(['ip', 'addrlabel', 'list']),
    ...shown(['ip', 'mptcp', 'endpoint', 'show']),
    ...shown(['iptables-save']).filter((line) => !/^[#:]|^COMMIT|^\*/.test(line)),
  ];
}
