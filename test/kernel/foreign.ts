// test/kernel/foreign.ts — a host full of others' things, many of them named to be mistaken for netctl's, and what they
// look like.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { must } from './lab.ts';
import type { Lab } from './lab.ts';

const RULES = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
:LIBVIRT_FWI - [0:0]
:LIBVIRT_FWO - [0:0]
:LIBVIRT_INP - [0:0]
:my-netctl-FORWARD - [0:0]
:xnetctl- - [0:0]
[3:180] -A INPUT -s 198.18.0.1/32 -m comment --comment netctl -j ACCEPT
[0:0] -A INPUT -j LIBVIRT_INP
[4:240] -A INPUT -s 198.18.0.2/32 -m comment --comment "netctl:" -j ACCEPT
[5:300] -A INPUT -s 198.18.0.3/32 -m comment --comment "netctl:1a2b3c4d foo" -j ACCEPT
[6:360] -A INPUT -s 198.18.0.4/32 -m comment --comment "say \\"netctl:1a2b3c4d foo\\" -j netctl-INPUT" -j DROP
[0:0] -A FORWARD -j DOCKER-USER
[0:0] -A FORWARD -j DOCKER-ISOLATION-STAGE-1
[0:0] -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[0:0] -A FORWARD -o docker0 -j DOCKER
[0:0] -A FORWARD -j LIBVIRT_FWI
[7:420] -A FORWARD -s 198.18.0.5/32 -m comment --comment "netctl:1a2b3c4d foo" -j my-netctl-FORWARD
[8:480] -A FORWARD -s 198.18.0.6/32 -m comment --comment "netctl:1a2b3c4d networks" -j xnetctl-
[9:540] -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
[0:0] -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
[0:0] -A DOCKER-ISOLATION-STAGE-1 -j RETURN
[10:600] -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
[0:0] -A DOCKER-ISOLATION-STAGE-2 -j RETURN
[0:0] -A DOCKER-USER -j RETURN
[11:660] -A LIBVIRT_FWI -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[12:720] -A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
[13:780] -A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
[14:840] -A LIBVIRT_INP -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
[15:900] -A my-netctl-FORWARD -s 198.18.0.7/32 -m comment --comment "netctl:deadbeef networks.lab" -j ACCEPT
[16:960] -A xnetctl- -m comment --comment "netctl:deadbeef networks.lab" -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
:LIBVIRT_PRT - [0:0]
[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A POSTROUTING -j LIBVIRT_PRT
[17:1020] -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
[18:1080] -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
[19:1140] -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:LIBVIRT_PRT - [0:0]
[0:0] -A POSTROUTING -j LIBVIRT_PRT
[20:1200] -A POSTROUTING -o eth9 -m comment --comment "netctl:1a2b3c4d networks" -j MARK --set-xmark 0x1/0xffffffff
[21:1260] -A LIBVIRT_PRT -o virbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill
COMMIT
*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:netctl-raw - [0:0]
[22:1320] -A netctl-raw -s 198.18.0.8/32 -m comment --comment "a table that netctl does not use" -j DROP
COMMIT
`;

const LINKS = `link add name docker0 type bridge
address add 172.17.0.1/16 brd 172.17.255.255 dev docker0
link add name virbr0 address 52:54:00:12:34:56 type bridge stp_state 1
address add 192.168.122.1/24 brd 192.168.122.255 dev virbr0
link set dev virbr0 up
tuntap add dev vnet7 mode tap
link set dev vnet7 master virbr0 group 17
link add name next-door group 118 type bridge
link add name netctl-br type bridge
tuntap add dev tun117 mode tun
link set dev tun117 group 117 alias vm-9/lab
address add 198.51.100.11/24 brd 198.51.100.255 dev eth2
address add 198.51.100.12/24 metric 118 dev eth2
address add 2001:db8:2::11/64 dev eth2 nodad
route add 10.70.0.0/16 via 198.51.100.1 dev eth2 proto 118
route add 10.71.0.0/16 via 198.51.100.1 dev eth2 proto static metric 117
route add blackhole 10.72.0.0/16
rule add from 198.18.0.9 lookup 117
route add 10.73.0.0/16 dev eth2 table 117
`;

/** Fills the host. What netctl makes later must not be in its way: no name or address of a spec is taken here. */
export function fill(lab: Lab): void {
  must(lab.in(lab.host, ['ip', '-batch', lab.write('links', LINKS)]));
  must(lab.in(lab.host, ['iptables-restore', '-c', lab.write('rules', RULES)]));
  must(
    lab.in(lab.host, [
      'ip6tables',
      '-A',
      'INPUT',
      '-m',
      'comment',
      '--comment',
      'netctl:1a2b3c4d networks',
      '-j',
      'ACCEPT',
    ]),
  );
  must(
    lab.in(lab.host, [
      'nft',
      'add table inet netctl-; add chain inet netctl- netctl-FORWARD; add rule inet netctl- netctl-FORWARD ip saddr 198.18.0.10 drop',
    ]),
  );
  for (const directory of ['libvirt', 'run/netns', `state/netns/${lab.host}`, 'run-netctl'])
    mkdirSync(lab.path(directory), { recursive: true, mode: 0o755 });
  for (const file of [
    'state/notes',
    'state/netns/notes',
    `state/netns/${lab.host}/notes`,
    'run/other.pid',
    'run/netns/other.pid',
  ])
    writeFileSync(lab.path(file), 'mine\n');
  const dnsmasq = (...more: readonly string[]): unknown =>
    must(
      lab.in(lab.host, [
        'dnsmasq',
        '--conf-file=',
        '--user=root',
        '--port=0',
        '--bind-interfaces',
        '--interface=virbr0',
        '--except-interface=lo',
        ...more,
      ]),
    );
  dnsmasq(
    `--pid-file=${lab.path('libvirt/default.pid')}`,
    '--dhcp-range=192.168.122.2,192.168.122.254',
    `--dhcp-leasefile=${lab.path('libvirt/netctl.leases')}`,
  );
  // Beside netctl's directory, and in one whose name begins like it.
  dnsmasq(`--pid-file=${lab.path('run')}/netns/${lab.host}-old.pid`);
  dnsmasq(`--pid-file=${lab.path('run-netctl/dnsmasq-lab.pid')}`, '--host-record=netctl,198.18.0.1');
  spawn('ip', ['netns', 'exec', lab.host, 'bash', '-c', 'exec -a "sleep netctl" sleep 3600'], {
    stdio: 'ignore',
    detached: true,
  }).unref();
  // It is looked at as what it becomes.
  const asleep = (): boolean => lab.processes().some(({ command }) => command === 'sleep netctl 3600');
  for (let tries = 0; tries < 100 && !asleep(); tries++) must(lab.in(lab.host, ['sleep', '0.05']));
  if (!asleep()) throw new Error('the process of somebody else did not start');
}

const OWN = '(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING|postrouting-bottom|snat)';
const OURS = new RegExp(
  `^:netctl-${OWN} |^\\[\\d+:\\d+\\] -A netctl-${OWN} |^\\[\\d+:\\d+\\] -A [A-Z]+ -m comment --comment "netctl:[0-9a-f]{8} networks" -j netctl-${OWN}$`,
);
const FOREIGN_LINKS = ['docker0', 'virbr0', 'vnet7', 'next-door', 'netctl-br', 'tun117', 'eth2'];

/** All of it as it is, byte for byte; what netctl has on the host beside it is left out. */
export function look(lab: Lab): string {
  const show = (argv: readonly string[]): string => must(lab.in(lab.host, argv)).out;
  const rules = show(['iptables-save', '-c'])
    .split('\n')
    .filter((line) => !line.startsWith('#') && !OURS.test(line))
    // How many packets came by the kernel's own chains is the network's affair.
    .map((line) =>
      line
        .replace(/^(:[A-Z]+ [A-Z]+ )\[\d+:\d+\]$/, '$1')
        .replace(
          /^\[\d+:\d+\](?= -A (INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING) (-j|! -d 127|-m addrtype|-o docker0))/,
          '',
        ),
    );
  const links = FOREIGN_LINKS.map((name) =>
    show(['ip', '-d', 'addr', 'show', 'dev', name])
      .replaceAll(/\b\w*timer +[\d.]+/g, '')
      .replaceAll(/(valid|preferred)_lft \S+|qlen \d+/g, ''),
  );
  const others = show(['ip', '-o', 'link', 'show'])
    .split('\n')
    .map((line) => line.split(':')[1]?.split('@')[0]?.trim() ?? '');
  const routes =
    show(['ip', '-N', 'route', 'show', 'table', 'all', 'proto', '118']) +
    show(['ip', '-N', 'route', 'show', 'table', '117']) +
    show(['ip', 'route', 'show', 'dev', 'eth2']);
  const rest = [
    show(['ip', 'rule', 'show']),
    show(['ip6tables-save']).replaceAll(/^#.*$|\[\d+:\d+\]/gm, ''),
    show(['nft', 'list', 'table', 'inet', 'netctl-']),
  ];
  const processes = lab
    .processes()
    .filter(({ command }) => !command.includes(`--pid-file=${lab.run('dnsmasq-')}`))
    .map(({ pid, command }) => `${pid} ${command}`)
    .sort();
  const files = show([
    'sh',
    '-c',
    `cd ${lab.directory} && find . -name notes -o -name '*.pid' -o -path './libvirt/*' | grep -v './run/netns/${lab.host}/' | sort | xargs ls -l --time-style=full-iso`,
  ]);
  return [
    ...rules,
    ...links,
    others.filter((name) => !/^(br-|tap-|v-)/.test(name)).join(' '),
    routes,
    ...rest,
    ...processes,
    files,
  ].join('\n');
}
