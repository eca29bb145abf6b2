// test/vm/rehearsal.test.ts — rehearsals of VLANs: what this kernel refuses is known before, what it takes is not
// complained of, and nothing of either is seen.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must, spawn } from '../kernel/lab.ts';
import type { Ended } from '../kernel/lab.ts';

/** A network of mode vlan, on an interface. */
type Row = readonly [name: string, id: number, parent: string, more?: string];
const specOf = (rows: readonly Row[], rest = ''): string => `apiVersion: netctl/v1
hosts: { h: { publicInterface: eth1 } }
networks:
${rows.map(([name, id, parent, more = ''], i) => `  ${name}: { mode: vlan, vlan: ${id}, interface: ${parent}, cidr: 10.7.${i}.0/24, gateway: null${more === '' ? '' : `, ${more}`} }\n`).join('')}${rest}`;

/** Interfaces beside the lab's, each with its other end in the world. */
function interfaces(lab: Lab, ...names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    lab.ip(
      lab.host,
      `link add name ${name} address 02:00:00:00:01:0${i} type veth peer name far-${name} netns ${lab.world}`,
    );
    lab.ip(lab.host, `link set dev ${name} up`);
    lab.ip(lab.world, `link set dev far-${name} up`);
  }
}

const host = (lab: Lab, lines: string): void => {
  lab.ip(lab.host, `-batch ${lab.write('batch', lines.trim().replaceAll(/\n\s+/g, '\n'))}`);
  rmSync(lab.path('batch'));
};

/** All that can be seen of a host, to the byte; without what counts and what ticks. */
function look(lab: Lab): string {
  const seen = must(
    lab.in(lab.host, [
      'sh',
      '-ec',
      `
    ip -d addr | sed -E 's/ [a-z]+_timer +[0-9.]+//g; s/ state (UP|UNKNOWN) / /'; ip route show table all; ip -6 route show table all; ip rule; bridge -d link; bridge vlan; cat /proc/net/vlan/config
    iptables-save | sed -E '/^#/d; s/\\[[0-9:]+\\]//'; nft list tables; sysctl net.ipv4.ip_forward; cd ${lab.directory}; find . -path ./spec.yaml -prune -o -printf '%p %y %m %s %T@ %l\n'`,
    ]),
  ).out;
  const processes = lab.processes().map(({ pid, command }) => `${pid} ${command}`);
  return [
    seen,
    ...processes,
    must(spawn(['ip', 'netns', 'list'])).out,
    readFileSync('/proc/self/mountinfo', 'utf8'),
  ].join('\n');
}

/** Rehearses a plan, and proves that nobody can see it. */
function rehearsed(lab: Lab, spec: string): Ended {
  lab.write('spec.yaml', spec);
  const before = look(lab);
  const ended = lab.netctl(['plan', '--rehearse']);
  expect(look(lab)).toBe(before);
  return ended;
}

const hadTunnels = existsSync('/sys/module/ip_gre');

/** That module puts devices into each namespace that is made from then on, and other tests count what is in theirs. */
function close(lab: Lab): void {
  lab.close();
  if (!hadTunnels)
    must(spawn(['sh', '-c', 'for try in 1 2 3 4 5 6 7 8 9; do modprobe -r ip_gre && exit; sleep 1; done; exit 1']));
}

describe('plans that this kernel refuses', () => {
  const rows: readonly (readonly [what: string, row: Row, refused: string, foreseen?: string])[] = [
    ['on an ipvlan', ['ipvlan', 203, 'ipv0'], 'VLANs not supported on device'],
    ['on a VLAN of a VLAN, seven deep', ['deep', 206, 'q7'], 'Too many links'],
    ['on a VLAN whose own parent is down', ['down', 207, 'q8'], 'Network is down'],
    ['with packets too large for what a macvtap depends on', ['macvtap', 209, 'mvt0', 'mtu: 9000'], 'Invalid argument'],
    [
      'with packets too large for what a VLAN depends on',
      ['qinq', 211, 'q1', 'mtu: 9000'],
      'Numerical result out of range',
    ],
    [
      'with packets too large for an interface of a bond',
      ['bond', 212, 'bond0', 'mtu: 65500'],
      'Invalid argument',
      'the driver of gnv0 takes no MTU above 65485',
    ],
  ];
  let lab: Lab;
  let rehearsal: Ended;
  let apply: Ended;
  beforeAll(() => {
    lab = new Lab();
    interfaces(lab, 'eth3', 'eth4', 'eth5');
    host(
      lab,
      `
      tuntap add dev tun0 mode tun
      link set dev tun0 up
      link add name wg0 type wireguard
      link add name gre1 type gre local 203.0.113.11 remote 203.0.113.9
      link add link eth3 name ipv0 type ipvlan mode l2
      link property add dev eth2 altname vlan205
      link add link eth2 name q1 type vlan id 1
      ${[2, 3, 4, 5, 6, 7].map((id) => `link add link q${id - 1} name q${id} type vlan id ${id}`).join('\n')}
      ${[1, 2, 3, 4, 5, 6, 7].map((id) => `link set dev q${id} up`).join('\n')}
      link set dev eth5 down
      link add link eth5 name q8 type vlan id 8
      link add link eth4 name mvt0 type macvtap mode bridge
      link add name bond0 type bond mode active-backup
      link add name gnv0 type geneve id 5 remote 203.0.113.9
      link set dev gnv0 master bond0
      link add link eth2 name away type vlan id 213
      link set dev away netns ${lab.world}`,
    );
    // Of its id the only one on its interface, as it seems: the other is in another namespace.
    const spec = specOf([...rows.map(([, row]) => row), ['held', 213, 'eth2']]);
    rehearsal = rehearsed(lab, spec);
    apply = lab.netctl(['apply', '--yes'], { spec });
  });
  afterAll(() => {
    close(lab);
  });

  test('the rehearsal fails as the apply does', () => {
    expect([rehearsal.code, apply.code], rehearsal.err + apply.err).toEqual([1, 1]);
    expect(rehearsal.err).not.toContain('not made again');
  });

  for (const [what, [name], refused, foreseen = refused] of rows)
    test(`a VLAN ${what}`, () => {
      expect({ rehearsal: said(rehearsal, name), apply: said(apply, name) }).toEqual({
        rehearsal: expect.stringContaining(foreseen) as string,
        apply: expect.stringContaining(refused) as string,
      });
    });

  test.for(['tun0', 'wg0'])('a VLAN on %s, which is no Ethernet, is refused by the plan itself', (parent) => {
    const plan = lab.netctl(['plan'], { spec: specOf([['tunnel', 201, parent]]) });
    expect([plan.code, plan.err]).toEqual([1, expect.stringContaining('[vlan-not-supported]')]);
    expect(
      lab.in(lab.host, ['ip', 'link', 'add', 'link', parent, 'name', 'v', 'type', 'vlan', 'id', '9']).err,
    ).toContain('VLANs not supported on device');
  });

  test('a VLAN by a name that is an altname is refused by the plan itself', () => {
    const plan = lab.netctl(['plan'], { spec: specOf([['altname', 205, 'eth2']]) });
    expect([plan.code, plan.err]).toEqual([1, expect.stringContaining('[name-taken]')]);
  });

  test('an id that a device in another namespace has is not foreseen', () => {
    expect(said(apply, 'held')).toContain('VLAN device already exists');
    expect(said(rehearsal, 'held')).toBe('');
  });

  /** Of a network's steps that fail. */
  function said({ err }: Ended, network: string): string {
    return [...err.matchAll(/^ {2}(?:failed|fails): .*(?:\n {4}.*)*/gm)]
      .map(([text]) => text)
      .filter((text) => text.includes(` networks.${network}.`))
      .join('\n');
  }
});

describe('plans that this kernel takes', () => {
  let lab: Lab;
  let before: string;
  beforeAll(() => {
    lab = new Lab();
    interfaces(lab, 'eth3', 'eth4', 'eth5');
    host(
      lab,
      `
      link set dev eth2 down
      link property add dev eth2 altname enp2
      link add link eth2 name their-ad type vlan protocol 802.1ad id 100
      link add link eth2 name their-300 type vlan id 300
      link add link eth2 name their-301 type vlan id 301 loose_binding on
      link set dev their-301 up
      link add link eth2 name their-mv type macvlan mode bridge
      link add name bond0 type bond mode active-backup
      link set dev eth3 down
      link set dev eth3 master bond0
      link set dev bond0 up
      link add name their-br type bridge vlan_filtering 1
      link set dev their-br up
      link set dev eth4 master their-br
      link add link eth4 name q5 type vlan id 5
      link add name wg0 type wireguard
      link set dev wg0 up
      address add 10.9.0.1/24 dev wg0
      route add 10.10.0.0/16 dev wg0
      link add name gre1 type gre local 203.0.113.11 remote 203.0.113.9`,
    );
    before = lab.snapshot();
  });
  afterAll(() => {
    close(lab);
  });

  const flat = '  office: { mode: flat, interface: eth5, cidr: 10.8.0.0/24 }\n';
  for (const [what, rows, harm] of [
    [
      "on an interface that is down and carries others', with packets that it does not carry; on a bond, a VLAN that is down, an uplink",
      [
        ['a', 100, 'eth2', 'bridge: br-a, mtu: 9000'],
        ['b', 101, 'eth2', 'bridge: br-b'],
        ['c', 102, 'bond0'],
        ['d', 103, 'q5'],
        ['f', 105, 'eth5'],
      ],
    ],
    [
      "that change ids, interfaces (to a port of another's bridge, too), bridges and MTUs, with others damaged",
      [
        ['a', 101, 'eth2', 'bridge: br-a'],
        ['b', 100, 'eth2', 'bridge: br-b'],
        ['c', 102, 'eth4'],
        ['d', 103, 'bond0', 'bridge: br-d'],
        ['f', 105, 'eth5'],
      ],
      'link set dev vlan105 down\nlink del dev vlan103',
    ],
  ] as readonly (readonly [what: string, rows: readonly Row[], harm?: string])[]) {
    test(`VLANs ${what}`, () => {
      if (harm !== undefined) host(lab, harm);
      const { code, out, err } = lab.netctl(['apply', '--yes', '--allow-mass-delete', '--rehearse'], {
        spec: specOf(rows, flat),
      });
      expect(code, out + err).toBe(0);
      expect(out).toContain('every step was done, and nothing differed');
      expect(/\nnot rehearsed:\n([^]*?)\n(?! )/.exec(`${out}\n`)?.[1]).toBe(
        '  whether devices in other namespaces have the ids of the VLANs',
      );
    });
  }

  test('and the host is restored what it was', () => {
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
  });
});
