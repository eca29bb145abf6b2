// test/kernel/rehearsal/corpus/rules.ts — rules that iptables, ebtables and nft do not take, and chains that others
// hold.
import { spawn as background } from 'node:child_process';
import { FLOATING, lacking, instead, NOTHING, on, OUTSIDE, PLAIN, specOf } from './case.ts';
import type { Case } from './case.ts';

const jump = (table: string, from: string, to: string) =>
  on(
    ['iptables', '-t', table, '-N', 'THEIRS'],
    ['iptables', '-t', table, '-A', 'THEIRS', '-j', to],
    ['iptables', '-t', table, '-A', from, '-j', 'THEIRS'],
  );
const METADATA = specOf({ host: 'publicInterface: eth1, metadata: { port: 8775 }' });
const RANGE = specOf({
  networks: 'lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, snat: 203.0.113.8/30 }',
});

export const rules: readonly Case[] = [
  {
    name: 'a chain of filter that a chain of others leads into',
    known: 'chain-in-use',
    first: PLAIN,
    spec: NOTHING,
    host: jump('filter', 'FORWARD', 'netctl-FORWARD'),
  },
  {
    name: 'a chain of nat that a chain of others leads into',
    known: 'chain-in-use',
    first: PLAIN,
    spec: NOTHING,
    host: jump('nat', 'POSTROUTING', 'netctl-snat'),
  },
  {
    name: 'a chain of mangle that a chain of others leads into',
    known: 'chain-in-use',
    first: PLAIN,
    spec: NOTHING,
    host: jump('mangle', 'POSTROUTING', 'netctl-POSTROUTING'),
  },
  {
    name: 'a chain of a pool that goes, which others lead into',
    known: 'chain-in-use',
    first: FLOATING,
    spec: PLAIN,
    host: jump('nat', 'PREROUTING', 'netctl-float-dnat'),
  },
  {
    name: 'a chain that a rule of nft leads into',
    known: 'chain-in-use',
    first: PLAIN,
    spec: NOTHING,
    host: on(['nft', 'add chain ip filter mine; add rule ip filter mine jump netctl-INPUT']),
  },
  {
    name: 'a chain that a map of nft leads into',
    first: PLAIN,
    spec: NOTHING,
    host: on(['nft', 'add map ip filter m { type ifname : verdict; elements = { "eth9" : jump netctl-FORWARD }; }']),
  },
  {
    name: 'a chain that a rule of nft goes to',
    known: 'chain-in-use',
    first: PLAIN,
    spec: NOTHING,
    host: on(['nft', 'add chain ip nat mine; add rule ip nat mine ip saddr 198.18.0.1 goto netctl-PREROUTING']),
  },
  {
    name: 'a table nat whose POSTROUTING is none of nat',
    spec: PLAIN,
    host: on(['nft', 'add table ip nat; add chain ip nat POSTROUTING { type filter hook postrouting priority 100; }']),
  },
  {
    name: 'a table filter whose INPUT is not hooked',
    spec: PLAIN,
    host: on(['nft', 'add table ip filter; add chain ip filter INPUT { type filter hook output priority 0; }']),
  },
  {
    name: 'a table nat whose PREROUTING hangs on another hook',
    spec: FLOATING,
    host: on(['nft', 'add table ip nat; add chain ip nat PREROUTING { type nat hook output priority -100; }']),
  },
  {
    name: 'a table of iptables that a process owns',
    spec: PLAIN,
    host: (lab) => {
      const owner = background('ip', ['netns', 'exec', lab.host, 'nft', '-i'], { stdio: ['pipe', 'ignore', 'ignore'] });
      owner.stdin.write('add table ip nat { flags owner; }\n');
      for (let tries = 0; tries < 100 && !lab.in(lab.host, ['nft', 'list', 'tables']).out.includes('ip nat'); tries++)
        lab.in(lab.host, ['sleep', '0.05']);
      return () => {
        owner.kill('SIGKILL');
      };
    },
    unknowable: 'the table is the property of a running process, which the copy has not',
  },
  {
    name: 'a chain of ebtables that others lead into',
    first: OUTSIDE,
    spec: NOTHING,
    host: on(
      ['ebtables-nft', '-t', 'nat', '-N', 'THEIRS'],
      ['ebtables-nft', '-t', 'nat', '-A', 'THEIRS', '-j', 'netctl-PREROUTING'],
    ),
  },
  { name: 'iptables without comments', spec: PLAIN, env: lacking('xt_comment') },
  {
    name: 'iptables without connection states',
    spec: specOf({
      networks: 'lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, forward: none }',
      more: '',
    }),
    env: lacking('xt_conntrack'),
  },
  { name: 'iptables without checksums', spec: PLAIN, env: lacking('xt_CHECKSUM') },
  { name: 'iptables without ports of UDP', spec: PLAIN, env: lacking('xt_udp') },
  { name: 'iptables without ports of TCP', spec: PLAIN, env: lacking('xt_tcp') },
  { name: 'iptables without source NAT', spec: PLAIN, env: lacking('xt_SNAT', 'xt_NAT') },
  { name: 'iptables without destination NAT', spec: FLOATING, env: lacking('xt_DNAT', 'xt_NAT') },
  { name: 'iptables without redirects', spec: METADATA, env: lacking('xt_REDIRECT', 'xt_NAT') },
  { name: 'iptables without kinds of address', spec: METADATA, env: lacking('xt_addrtype') },
  { name: 'iptables without every n-th', spec: RANGE, env: lacking('xt_statistic') },
  { name: 'ebtables without redirects', spec: OUTSIDE, env: lacking('ebt_redirect') },
  { name: 'ebtables without addresses', spec: OUTSIDE, env: lacking('ebt_ip') },
  {
    name: 'an iptables-restore that another owner holds up',
    spec: PLAIN,
    env: instead('iptables-restore', 'echo "Another app is currently holding the xtables lock." >&2; exit 4'),
  },
  {
    name: 'a conntrack that is not allowed',
    first: FLOATING,
    spec: PLAIN,
    env: instead(
      'conntrack',
      'case "$1" in -L) exec /usr/sbin/conntrack "$@";; esac; echo "Operation not permitted" >&2; exit 1',
    ),
  },
  {
    name: 'a perl without sockets',
    spec: FLOATING,
    env: instead('perl', 'echo "socket: Operation not permitted" >&2; exit 1'),
  },
];
