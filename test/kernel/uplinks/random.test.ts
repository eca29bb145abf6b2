// test/kernel/uplinks/random.test.ts — hosts filled at random, random specs, tools that fail, kills and lost stores:
// when all is restored, nothing differs.
// NETCTL_ROUNDS=500 plays more rounds, NETCTL_SEED=… others.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { Lab, must, spawn } from '../lab.ts';
import type { Ended } from '../lab.ts';
import { ROWS } from './rows.ts';
import { whole } from './whole.ts';

const ROUNDS = Number(env['NETCTL_ROUNDS'] ?? 3);
const SEED = env['NETCTL_SEED'] ?? 'uplinks';

const DROPS = 'nft add rule inet others in iifname eth1 counter drop';

/** What others have on a host, some of it about the interface that is to be borrowed. */
const OTHERS: readonly (readonly string[])[] = [
  ['iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE'],
  ['iptables -A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT', 'iptables -A INPUT -i eth1 -s 198.51.100.0/24 -j DROP'],
  ['iptables -P FORWARD DROP'],
  [
    'iptables -t mangle -A PREROUTING -i eth2 -j MARK --set-mark 7',
    'ip rule add fwmark 7 table 77',
    'ip route add default via 203.0.113.1 dev eth1 table 77',
  ],
  ['nft add table inet others', 'nft add chain inet others in { type filter hook input priority 5 ; }', DROPS],
  ['ip link add foreign0 type bridge', 'ip addr add 198.18.0.1/24 dev foreign0', 'ip link set foreign0 up'],
  [
    'ip addr add 198.51.100.11/24 dev eth2',
    'ip route add 198.18.9.0/24 via 198.51.100.1 dev eth2',
    'ip -6 addr add 2001:db8:2::11/64 dev eth2',
  ],
  ['ip rule add iif eth1 table 78', 'ip route add blackhole 198.18.7.0/24 table 78'],
  ['ip rule add from 203.0.113.11 lookup 79', 'ip route add default via 203.0.113.1 dev eth1 table 79'],
  ['ip link add link eth1 name mv0 type macvlan mode bridge', 'ip link set mv0 up'],
  ['ip link add vrf9 type vrf table 9', 'ip link set vrf9 up', 'ip link set eth2 master vrf9'],
  ['ip nexthop add id 7 via 203.0.113.7 dev eth1', 'ip route add 198.18.8.0/24 nhid 7'],
  ['ip route add 198.18.6.0/24 encap ip id 7 dst 203.0.113.8 dev eth1'],
  ['ip link add gre7 type gretap remote 203.0.113.1 local 203.0.113.11'],
  ['tc qdisc add dev eth1 clsact', 'tc filter add dev eth1 ingress matchall action ok'],
  ['sysctl -qw net.ipv4.ip_forward=1'],
  ['sysctl -qw net.ipv4.conf.eth2.forwarding=1'],
  ['sysctl -qw net.ipv4.conf.default.rp_filter=1 net.ipv4.conf.all.rp_filter=1'],
  ['sysctl -qw net.ipv6.conf.all.forwarding=1'],
];

const NETWORKS: readonly string[] = [
  'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }',
  'lab: { mode: flat-dhcp, bridge: br-other, interface: eth1, cidr: 10.20.0.0/24, gateway: 10.20.0.254, mtu: 1400 }',
  'lab: { mode: flat, bridge: br-lab, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }',
  'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24 }',
  'lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }',
];

const WAYS = ['as it should be', 'a tool fails once', 'killed', 'the store is lost', 'rolled back'] as const;

function specOf(chance: Chance): string {
  const more =
    chance.below(2) === 0 ? '' : '  side: { mode: flat-dhcp, bridge: br-side, interface: null, cidr: 10.30.0.0/24 }\n';
  const floating = chance.below(2) === 0 ? '' : '{ address: 203.0.113.66 }';
  return `apiVersion: netctl/v1
networks:
  ${chance.of(NETWORKS)}
${more}${floating === '' ? '' : 'pools: { public: { ranges: [203.0.113.64/28], interface: eth1 } }\n'}instances:
  vm-1: { nics: [{ network: lab${floating === '' ? '' : ', floating: [203.0.113.66]'} }${more === '' ? '' : ', { network: side }'}] }
`;
}

/** Of what changes a host, one call fails: the one that is counted out. */
function flaky(lab: Lab, at: number): Readonly<Record<string, string>> {
  const [directory, count] = [lab.path('flaky'), lab.path('count')];
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  writeFileSync(count, '');
  for (const tool of ['ip', 'iptables-restore', 'sysctl', 'ebtables-nft-restore', 'dnsmasq']) {
    const real = must(spawn(['sh', '-c', `command -v ${tool}`])).out.trim();
    const changes = tool === 'ip' ? 'case " $* " in *" -batch "*) ;; *) exec REAL "$@" ;; esac\n' : '';
    writeFileSync(
      `${directory}/${tool}`,
      `#!/bin/sh\n${changes.replace('REAL', real)}printf x >>${count}\n[ "$(wc -c <${count})" = ${at} ] && { echo 'out of order' >&2; exit 2; }\nexec ${real} "$@"\n`,
    );
    chmodSync(`${directory}/${tool}`, 0o755);
  }
  return { PATH: `${directory}:${env['PATH'] ?? ''}` };
}

/** Others', too, as they are said. */
function everything(lab: Lab): readonly string[] {
  const shown = (...argv: readonly string[]): readonly string[] =>
    must(lab.in(lab.host, argv))
      .out.split('\n')
      .filter((line) => line !== '');
  return [
    // A port that has left its bridge and is in it again has another number there.
    ...[...whole(lab), ...whole(lab, 'eth2')].map((line) =>
      line.replaceAll(/\b(port_id|port_no|designated_port) \S+/g, '$1 some'),
    ),
    ...inOrder(shown('nft', '-s', 'list', 'ruleset')),
    ...shown('ip', '-br', 'link')
      .map((line) => line.split(' ')[0]?.replace(/@.*/, '') ?? '')
      .toSorted(),
    // A ping of a netctl that was killed ends by itself, after two seconds; so does what reads other namespaces.
    ...lab
      .processes()
      .map(({ command }) => command)
      .filter((command) => !/^(ping |sh -c ip netns identify)/.test(command))
      .toSorted(),
  ];
}

/** The chains of each table by their names: one that was removed and is made again comes last. */
function inOrder(ruleset: readonly string[]): readonly string[] {
  const chains = ruleset.join('\n').split(/(?=^table |^\tchain |^\})/m);
  const tableOf = (i: number): string => chains.slice(0, i + 1).findLast((text) => text.startsWith('table ')) ?? '';
  return chains
    .map((text, i) => `${tableOf(i).split('\n', 1)[0] ?? ''} ${text}`)
    .toSorted()
    .flatMap((text) => text.split('\n'));
}

const said = ({ code, out, err }: Ended): string => `exit code ${code}\n${out}${err}`;

describe('a host as it was', () => {
  for (let round = 0; round < ROUNDS; round++)
    test(`round ${round} of ${SEED}`, () => {
      const chance = new Chance(`${SEED} ${round}`);
      const lab = new Lab();
      const told: string[] = [];
      const netctl = (args: readonly string[], options: Parameters<Lab['netctl']>[1] = {}): Ended => {
        const ended = lab.netctl(args, options);
        told.push(`netctl ${args.join(' ')}: ${said(ended)}`);
        return ended;
      };
      try {
        const rows = Array.from({ length: 1 + chance.below(5) }, () => chance.of(ROWS)[1]);
        const others = Array.from({ length: chance.below(4) }, () => chance.of(OTHERS));
        // Some do not go together: then it is a host without the one.
        for (const command of [...rows, ...others].flat())
          told.push(`${command}: ${lab.in(lab.host, command.split(' ')).code}`);
        // What the kernel is still at by itself.
        spawn(['sleep', '0.1']);
        const before = everything(lab);
        const way = chance.of(WAYS);
        told.push(`${way}:`);
        for (let applies = 1 + chance.below(2); applies > 0; applies--) {
          const spec = specOf(chance);
          told.push(spec);
          const known = everything(lab);
          const ended =
            way === 'a tool fails once'
              ? netctl(['apply', '--yes', '--allow-mass-delete', ...(chance.below(2) === 0 ? ['--atomic'] : [])], {
                  spec,
                  env: flaky(lab, 1 + chance.below(12)),
                })
              : way === 'killed'
                ? killed(lab, spec, 0.3 + chance.below(1_500) / 1_000)
                : way === 'rolled back'
                  ? // On a busy machine the guard may end it, and whatever else its process does.
                    netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '1s'], { spec, spawns: true })
                  : netctl(['apply', '--yes', '--allow-mass-delete'], { spec });
          const isRefused = ended.code === 65 || ended.err.endsWith('nothing was changed\n');
          if (isRefused || ended.code === 3) expect(everything(lab), 'refused, or rolled back').toEqual(known);
          if (way === 'as it should be' && ended.code === 0) {
            expect(netctl(['plan', '--detailed-exitcode']).code, 'plan').toBe(0);
            expect([0, 2], 'status').toContain(netctl(['status']).code);
          } else if (way === 'as it should be')
            // Once eth1 is in no bridge any more, a rule that drops what it hears matches again.
            expect(isRefused || (ended.code === 3 && others.flat().includes(DROPS)), 'refused').toBe(true);
        }
        if (way === 'the store is lost')
          for (const name of ['allocations.json', 'host.json']) rmSync(lab.state(name), { force: true });
        expect(netctl(['destroy', '--yes']).code, 'destroy').toBe(0);
        expect(everything(lab)).toEqual(before);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${told.join('\n')}`, {
          cause: error,
        });
      } finally {
        lab.close();
      }
    });
});

function killed(lab: Lab, spec: string, seconds: number): Ended {
  return spawn([
    'timeout',
    // Else it ends with what it kills, without waiting for its end.
    '--foreground',
    '-s',
    'KILL',
    String(seconds),
    ...lab.command(),
    ...lab.argumentsFor(['apply', '--yes', '--allow-mass-delete'], spec),
  ]);
}
