// test/conflicts/walk.test.ts — rules of iptables, above netctl's or where it has none, and whether they stop a
// network's packets.
import { expect, test } from 'vitest';
import { found } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
const HOOK = '-m comment --comment "netctl:1a2b3c4d networks" -j netctl-FORWARD';
const [out, back] = ['packets of instances to the outside', 'replies from outside'];

/** The rules stand above netctl's. */
async function told(lines: readonly string[], table = 'filter', hooked = true): Promise<readonly string[]> {
  const chains = new Set(lines.map((line) => line.split(' ')[1] ?? ''));
  const hooks =
    table === 'filter' ? ['INPUT', 'FORWARD', 'OUTPUT'] : ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  const declared = [
    ...hooks.map((name) => `:${name} ACCEPT [0:0]`),
    ...[...chains].filter((name) => !hooks.includes(name)).map((name) => `:${name} - [0:0]`),
    ...(table === 'filter' && hooked ? [':netctl-FORWARD - [0:0]'] : []),
  ];
  const rules = [
    `*${table}`,
    ...declared,
    ...lines,
    ...(table === 'filter' && hooked ? [`-A FORWARD ${HOOK}`] : []),
    'COMMIT',
    '',
  ].join('\n');
  return (await found(SPEC, { rules })).map(({ message }) =>
    message.replace(/ by a rule in .*?\): /, ': ').replace('lab: ', ''),
  );
}

for (const [name, lines, what] of [
  ['all', ['-A FORWARD -j DROP'], [`${out} and ${back} are dropped: -A FORWARD -j DROP`]],
  [
    'all but answers',
    ['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-A FORWARD -j REJECT'],
    [`${out} are dropped: -A FORWARD -j REJECT`],
  ],
  [
    'one protocol',
    ['-A FORWARD -p icmp -j DROP'],
    [`${out} (ICMP) and ${back} (ICMP) are dropped: -A FORWARD -p icmp -j DROP`],
  ],
  ["one port is that firewall's wish", ['-A FORWARD -p tcp -m tcp --dport 25 -j DROP'], []],
  [
    'all ports but one are not',
    ['-A FORWARD -p tcp -m tcp --dport 443 -j ACCEPT', '-A FORWARD -o eth1 -p tcp -j DROP'],
    [`${out} (TCP) are dropped: -A FORWARD -o eth1 -p tcp -j DROP`],
  ],
  [
    'all but one port, in one rule',
    ['-A FORWARD -o eth1 -p tcp -m tcp ! --dport 443 -j DROP'],
    [`${out} (TCP) are dropped: -A FORWARD -o eth1 -p tcp -m tcp ! --dport 443 -j DROP`],
  ],
  [
    'all but one port let through',
    ['-A FORWARD -p tcp -m tcp ! --dport 25 -j ACCEPT', '-A FORWARD -o eth1 -p tcp -j DROP'],
    [],
  ],
  [
    'all but one of our guests',
    ['-A FORWARD ! -s 192.168.50.9/32 -i br-lab -j DROP'],
    [`${out} are dropped: -A FORWARD ! -s 192.168.50.9/32 -i br-lab -j DROP`],
  ],
  ['half of our guests', ['-A FORWARD ! -s 192.168.50.0/25 -i br-lab -j DROP'], []],
  [
    'packets of any length',
    ['-A FORWARD -o eth1 -m length --length 0:65535 -j DROP'],
    [`${out} are dropped: -A FORWARD -o eth1 -m length --length 0:65535 -j DROP`],
  ],
  ['short ones', ['-A FORWARD -m length --length 0:100 -j DROP'], []],
  [
    'bits at a place',
    ['-A FORWARD -o eth1 -m u32 --u32 "0xc&0xffffff00=0xc0a83200" -j DROP'],
    [`${out} may be dropped: -A FORWARD -o eth1 -m u32 --u32 "0xc&0xffffff00=0xc0a83200" -j DROP`],
  ],
  [
    'at some hours',
    ['-A FORWARD -o eth1 -m time --timestart 08:00:00 --timestop 19:00:00 -j DROP'],
    [`${out} may be dropped: -A FORWARD -o eth1 -m time --timestart 08:00:00 --timestop 19:00:00 -j DROP`],
  ],
  [
    'after some bytes',
    ['-A FORWARD -o eth1 -m connbytes --connbytes 1000 --connbytes-mode bytes --connbytes-dir both -j DROP'],
    [
      `${out} may be dropped: -A FORWARD -o eth1 -m connbytes --connbytes 1000 --connbytes-mode bytes --connbytes-dir both -j DROP`,
    ],
  ],
  [
    'of a life that most have',
    ['-A FORWARD -o eth1 -m ttl --ttl-lt 64 -j DROP'],
    [`${out} may be dropped: -A FORWARD -o eth1 -m ttl --ttl-lt 64 -j DROP`],
  ],
  ['of a short life', ['-A FORWARD -m ttl --ttl-lt 5 -j DROP', '-A FORWARD -m ttl --ttl-eq 1 -j DROP'], []],
  [
    'of no class',
    ['-A FORWARD -o eth1 -m dscp --dscp 0x00 -j DROP'],
    [`${out} are dropped: -A FORWARD -o eth1 -m dscp --dscp 0x00 -j DROP`],
  ],
  [
    'of any class but none',
    [
      '-A FORWARD -m dscp ! --dscp 0x00 -j DROP',
      '-A FORWARD -m tos ! --tos 0x00/0x3f -j DROP',
      '-A FORWARD -m dscp --dscp 0x2e -j DROP',
    ],
    [],
  ],
  ['another bridge', ['-A FORWARD -i docker0 -j DROP', '-A FORWARD -o docker0 -j DROP'], []],
  [
    'any bridge but another',
    ['-A FORWARD ! -i docker0 -o eth1 -j DROP'],
    [`${out} are dropped: -A FORWARD ! -i docker0 -o eth1 -j DROP`],
  ],
  ['bridges of a name', ['-A FORWARD -i br-+ -j DROP'], [`${out} are dropped: -A FORWARD -i br-+ -j DROP`]],
  ['our range', ['-A FORWARD -s 192.168.0.0/16 -j DROP'], [`${out} are dropped: -A FORWARD -s 192.168.0.0/16 -j DROP`]],
  ['one of our guests', ['-A FORWARD -s 192.168.50.9/32 -j DROP'], []],
  ['another range', ['-A FORWARD -s 172.17.0.0/16 -j DROP', '-A FORWARD -d 10.0.0.0/8 -j DROP'], []],
  ['what is invalid', ['-A FORWARD -m conntrack --ctstate INVALID -j DROP'], []],
  [
    'what is too much',
    ['-A FORWARD -m hashlimit --hashlimit-above 100/sec --hashlimit-mode srcip --hashlimit-name x -j DROP'],
    [],
  ],
  ['what somebody has listed', ['-A FORWARD -m set --match-set bad src -j DROP'], []],
  ['what is marked', ['-A FORWARD -m mark --mark 0x1/0xff -j DROP'], []],
  [
    'what somebody may have marked',
    ['-A FORWARD -j MARK --set-xmark 0x1/0xffffffff', '-A FORWARD -m mark --mark 0x1/0xff -j DROP'],
    [`${out} and ${back} may be dropped: -A FORWARD -m mark --mark 0x1/0xff -j DROP`],
  ],
  [
    'what nobody can tell',
    ['-A FORWARD -m bpf --bytecode "1,6 0 0 0" -j DROP'],
    [`${out} and ${back} may be dropped: -A FORWARD -m bpf --bytecode "1,6 0 0 0" -j DROP`],
  ],
  ['what nobody can tell of one guest', ['-A FORWARD -s 192.168.50.9/32 -m bpf --bytecode "1,6 0 0 0" -j DROP'], []],
  [
    'nor of one port',
    ['-A FORWARD -p tcp -m tcp --dport 25 -j theirs', '-A theirs -m bpf --bytecode "1,6 0 0 0" -j DROP'],
    [],
  ],
  [
    'what is certain, after what may be',
    ['-A FORWARD -m bpf --bytecode "1,6 0 0 0" -j DROP', '-A FORWARD -j DROP'],
    [`${out} and ${back} are dropped: -A FORWARD -j DROP`],
  ],
  [
    'unless it may have been accepted',
    ['-A FORWARD -m bpf --bytecode "1,6 0 0 0" -j ACCEPT', '-A FORWARD -j DROP'],
    [`${out} and ${back} may be dropped: -A FORWARD -j DROP`],
  ],
  ['in a chain', ['-A FORWARD -i br-lab -j theirs', '-A theirs -j DROP'], [`${out} are dropped: -A theirs -j DROP`]],
  [
    'after a chain that returns',
    ['-A FORWARD -j theirs', '-A theirs -i br-lab -j RETURN', '-A theirs -j ACCEPT', '-A FORWARD -i br-lab -j DROP'],
    [`${out} are dropped: -A FORWARD -i br-lab -j DROP`],
  ],
  ['not after a goto', ['-A FORWARD -g theirs', '-A theirs -i eth9 -j DROP', '-A FORWARD -j DROP'], []],
  [
    'a circle of chains ends',
    ['-A FORWARD -j theirs', '-A theirs -j theirs', '-A FORWARD -j DROP'],
    [`${out} and ${back} are dropped: -A FORWARD -j DROP`],
  ],
  [
    'connections first',
    ['-A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
    [`${out} (TCP) are dropped: -A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP`],
  ],
  ['DNS', ['-A INPUT -i br-lab -p udp -m multiport --dports 53,67 -j DROP'], []],
] as const satisfies readonly (readonly [string, readonly string[], readonly string[]])[]) {
  test(`above netctl's: ${name}`, async () => expect(await told(lines)).toEqual(what));
}

test("below netctl's nothing hurts", async () => {
  expect(await told(['-A FORWARD -j DROP', '-A INPUT -j DROP'], 'filter', false)).toEqual([]);
});

for (const [table, line, what] of [
  [
    'raw',
    '-A PREROUTING -i br-lab -p udp -j DROP',
    'DHCP requests, DNS requests (UDP) and packets of instances to the outside (UDP) are dropped: -A PREROUTING -i br-lab -p udp -j DROP',
  ],
  ['mangle', '-A FORWARD -o eth1 -j DROP', `${out} are dropped: -A FORWARD -o eth1 -j DROP`],
  [
    'mangle',
    '-A OUTPUT -o br-lab -p udp -m udp --sport 67 -j DROP',
    'DHCP replies are dropped: -A OUTPUT -o br-lab -p udp -m udp --sport 67 -j DROP',
  ],
  [
    'mangle',
    '-A POSTROUTING -s 192.168.50.0/24 -o eth1 -j DROP',
    `${out} are dropped: -A POSTROUTING -s 192.168.50.0/24 -o eth1 -j DROP`,
  ],
] as const) {
  test(`in table ${table}, where netctl accepts nothing: ${line}`, async () =>
    expect(await told([line], table)).toEqual([what]));
}
