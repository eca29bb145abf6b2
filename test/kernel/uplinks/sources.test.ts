// test/kernel/uplinks/sources.test.ts — routes by other interfaces from an address of the uplink: they are there, and
// the same, while that moves and when it comes back.
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }
`;
const OTHER = SPEC.replaceAll('lab', 'net').replace('50.0', '51.0');

const ROUTES: readonly string[] = [
  'route add 10.0.0.0/8 via 198.51.100.1 src 203.0.113.11',
  'route add 10.1.0.0/16 via 198.51.100.1 src 203.0.113.12 metric 50 mtu lock 1400 initcwnd 20',
  'route add 10.2.0.0/16 via 198.51.100.1 src 203.0.113.11 table 100 proto bird',
  'route add 10.3.0.0/16 src 203.0.113.11 nexthop via 198.51.100.1 weight 2 nexthop via 198.51.100.9 weight 1',
  'nexthop add id 7 via 198.51.100.1 dev eth2',
  'route add 10.4.0.0/16 nhid 7 src 203.0.113.11',
  '-6 route add 2001:db8:8::/48 via 2001:db8:7::9 src 2001:db8::11',
  '-6 route add 2001:db8:9::/48 src 2001:db8::11 nexthop via 2001:db8:7::9 dev eth2 nexthop via 2001:db8:7::8 dev eth2',
];

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  lab.ip(lab.host, 'address add 198.51.100.2/24 dev eth2');
  lab.ip(lab.host, 'address add 2001:db8:7::2/64 dev eth2 nodad');
  for (const route of ROUTES) lab.ip(lab.host, route);
  // A router already: else it is said that it becomes one (forwarding-opens).
  must(lab.in(lab.host, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']));
});
afterEach(() => {
  lab.close();
});

function byEth2(): readonly string[] {
  return ['-4', '-6']
    .flatMap((family) => lab.ip(lab.host, `-d -N -o ${family} route show table all`).split('\n'))
    .filter((line) => line.includes('dev eth2'))
    .sort();
}

/** What the kernel says of routes by eth2 while netctl runs. */
async function heard(during: () => void): Promise<string> {
  const monitor = spawn('ip', ['-n', lab.host, '-o', 'monitor', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  monitor.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const said = async (mark: string, act: () => void): Promise<void> => {
    for (let tries = 0; tries < 100 && !text.includes(mark); tries++) {
      act();
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    expect(text).toContain(mark);
  };
  const marked = (words: string): void => {
    lab.ip(lab.host, `route replace ${words} dev lo`);
    lab.ip(lab.host, `route del ${words} dev lo`);
  };
  await said('192.0.2.77', () => {
    marked('192.0.2.77');
  });
  during();
  await said('192.0.2.78', () => {
    marked('192.0.2.78');
  });
  monitor.kill();
  return text
    .split('\n')
    .filter((line) => line.includes('eth2'))
    .join('\n');
}

test('into a bridge, to another one, and back', async () => {
  const before = byEth2();
  expect(before.length).toBeGreaterThan(10);
  const changed = await heard(() => {
    // Nothing falls, so nothing is asked.
    const applied = lab.netctl(['apply', '--yes'], { spec: SPEC });
    expect([applied.code, applied.err]).toEqual([0, '']);
    expect(byEth2()).toEqual(before);
    expect(lab.ip(lab.host, 'route get 10.0.0.5')).toContain('via 198.51.100.1 dev eth2 src 203.0.113.11');
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    must(lab.netctl(['apply', '--yes'], { spec: OTHER }));
    expect(byEth2()).toEqual(before);
    expect(must(lab.netctl(['destroy', '--yes'])).err).toBe('');
    expect(byEth2()).toEqual(before);
  });
  expect(changed).toBe('');
});

test('a default route by another interface', () => {
  lab.ip(lab.host, 'route del default');
  lab.ip(lab.host, 'route add default via 198.51.100.1 dev eth2 src 203.0.113.11');
  const before = byEth2();
  expect(lab.netctl(['apply', '--yes'], { spec: SPEC })).toMatchObject({ code: 0, err: '' });
  expect(byEth2()).toEqual(before);
  expect(must(lab.netctl(['destroy', '--yes'])).err).toBe('');
  expect(byEth2()).toEqual(before);
});

test('an apply that nobody confirms', async () => {
  const before = byEth2();
  const changed = await heard(() => {
    must(lab.netctl(['apply', '--yes', '--no-wait', '--confirm-timeout', '60s'], { spec: SPEC }));
    expect(byEth2()).toEqual(before);
    expect(lab.netctl(['rollback'])).toMatchObject({ code: 0 });
  });
  expect([byEth2(), changed]).toEqual([before, '']);
});

test('a route by one uplink from the address of another, when both go into bridges', () => {
  for (const line of [
    'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 src 198.51.100.2',
    '-6 route add 2001:db8:2::/64 via 2001:db8::1 dev eth1 src 2001:db8:7::2',
  ])
    lab.ip(lab.host, line);
  const shown = (): readonly string[] =>
    ['192.0.2.0/24', '2001:db8:2::/64'].map((to) =>
      lab.ip(lab.host, `${to.includes(':') ? '-6 ' : ''}route show ${to}`).trim(),
    );
  const before = shown();
  for (const line of ['nexthop del id 7', 'route del 10.3.0.0/16', '-6 route del 2001:db8:9::/48'])
    lab.ip(lab.host, line);
  must(
    lab.netctl(['apply', '--yes'], {
      spec: `${SPEC}  red: { mode: flat-dhcp, bridge: br-red, interface: eth2, cidr: 192.168.52.0/24 }\n`,
    }),
  );
  expect(shown()).toEqual([
    expect.stringMatching(/via 203\.0\.113\.2 dev br-lab proto 117 src 198\.51\.100\.2/) as string,
    expect.stringMatching(/via 2001:db8::1 dev br-lab proto 117 src 2001:db8:7::2/) as string,
  ]);
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(shown()).toEqual(before);
});

test('where uplinks change places it is said, and asks', () => {
  const both = (lab0: string, net: string): string =>
    `${SPEC.replace('eth1', lab0)}  net: { mode: flat-dhcp, bridge: br-net, interface: ${net}, cidr: 192.168.51.0/24 }\n`;
  lab.ip(lab.host, 'link add other0 type bridge');
  lab.ip(lab.host, 'link set other0 up');
  lab.ip(lab.host, 'address add 192.0.2.1/24 dev other0');
  lab.ip(lab.host, 'route add 10.9.0.0/16 via 192.0.2.9 dev other0 src 203.0.113.11');
  for (const line of ['nexthop del id 7', 'route del 10.3.0.0/16', '-6 route del 2001:db8:9::/48'])
    lab.ip(lab.host, line);
  const first = lab.netctl(['apply', '--yes'], { spec: both('eth1', 'eth2') });
  expect([first.code, first.err]).toEqual([0, expect.not.stringContaining('uplink-source')]);
  expect(lab.netctl(['plan'], { spec: both('eth2', 'eth1') })).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /warning: 203\.0\.113\.11 is on no interface for a moment, and what has it as source falls with it: 10\.9\.0\.0\/16 via 192\.0\.2\.9 dev other0 {2}\[uplink-source\]/,
    ) as string,
  });
});

const FLOATING = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br-lab, cidr: 192.168.50.0/24 } }
pools: { pub: { ranges: [203.0.113.65] } }
instances: { vm-1: { nics: [{ network: lab, floating: [203.0.113.65] }] } }
`;

test.each([
  ['destroy', ['destroy', '--yes']],
  ['rollback', ['rollback', '--yes']],
] as const)('a route from a floating address falls with that, and %s says it', (_verb, argv) => {
  must(lab.netctl(['apply', '--yes', '--host', 'h1'], { spec: FLOATING }));
  lab.ip(lab.host, 'route add 10.67.0.0/16 via 198.51.100.1 src 203.0.113.65');
  const { code, err } = lab.netctl([...argv], { spec: null });
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(
      /warning: a route has 203\.0\.113\.65 of eth1 as source, and falls with that: 10\.67\.0\.0\/16 .*\[route-lost\]\n {2}hint: .*ip route replace 10\.67\.0\.0\/16 via 198\.51\.100\.1 dev eth2 src 203\.0\.113\.65/,
    ),
  ]);
  expect(byEth2().join('\n')).not.toContain('10.67.0.0');
});
