// test/kernel/uplink.test.ts — a host's own connectivity while its uplink goes into a bridge and comes out again, and
// all that it carries.
import { spawn as background } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const spec = (rest = ''): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24${rest} }
  back: { mode: flat-dhcp, bridge: br-back, interface: null, cidr: 10.20.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

interface Pinging {
  replies(): number;
  stop(): Promise<{ readonly sent: number; readonly lost: number }>;
}

/** Pings every five milliseconds, until it is stopped, and says how many of how many were lost. */
function pinging(from: string, to: string): Pinging {
  const child = background('ip', ['netns', 'exec', from, 'ping', '-n', '-i', '0.005', '-W', '1', to], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  return {
    replies: () => out.split(' icmp_seq=').length - 1,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(out) ?? [];
      return { sent: Number(sent), lost: Number(sent) - Number(received) };
    },
  };
}

interface Lost {
  readonly fromWorld: number;
  readonly toWorld: number;
}

/** Waits until each has thirty replies more; not for ever, since who is cut off gets none. */
async function more(...all: readonly Pinging[]): Promise<void> {
  const enough = all.map((one) => one.replies() + 30);
  for (let tries = 0; tries < 1000 && all.some((one, i) => one.replies() < (enough[i] ?? 0)); tries++) await sleep(10);
  expect(all.map((one, i) => one.replies() >= (enough[i] ?? 0))).toEqual(all.map(() => true));
}

async function lostDuring(what: () => void): Promise<Lost> {
  const [fromWorld, toWorld] = [pinging(lab.world, '203.0.113.11'), pinging(lab.host, '203.0.113.1')];
  await more(fromWorld, toWorld);
  what();
  await more(fromWorld, toWorld);
  const [a, b] = [await fromWorld.stop(), await toWorld.stop()];
  return { fromWorld: a.lost, toWorld: b.lost };
}

describe('a ping every 5 ms, there and back', () => {
  const phases = [
    ['apply', ['apply', '--yes'], spec()],
    ['a second apply', ['apply', '--yes'], spec()],
    ['an instance more', ['apply', '--yes'], `${spec()}  vm-2: { nics: [{ network: lab }, { network: back }] }\n`],
    ['destroy', ['destroy', '--yes'], spec()],
  ] as const;

  test('a few are lost in the moment in which the uplink moves, and none at all otherwise', async () => {
    const lost = new Map<string, Lost[]>(phases.map(([name]) => [name, []]));
    for (let run = 0; run < 5; run++)
      for (const [name, args, text] of phases)
        lost.get(name)?.push(
          await lostDuring(() => {
            must(lab.netctl(args, { spec: text }));
          }),
        );
    const median = (name: string, way: keyof Lost): number =>
      (lost.get(name) ?? []).map((run) => run[way]).toSorted((a, b) => a - b)[2] ?? NaN;
    const figures = phases.map(([name]) => [name, median(name, 'fromWorld'), median(name, 'toWorld')] as const);
    console.info(
      `pings lost, median of 5: ${figures.map(([name, from, to]) => `${name}: ${from} from the world, ${to} to it`).join('; ')}`,
    );
    for (const [name, from, to] of figures) {
      // On a busy machine the one batch that moves everything may take some 50 ms.
      const most = name === 'apply' || name === 'destroy' ? 10 : 0;
      expect(from, name).toBeLessThanOrEqual(most);
      expect(to, name).toBeLessThanOrEqual(most);
    }
  });
});

describe('what the uplink carries', () => {
  const ip = (words: string): string => lab.ip(lab.host, words);
  /** The device of each address and route, in their order. */
  const carried = (link: string): readonly string[] => [
    ...ip(`-o address show dev ${link} scope global`)
      .split('\n')
      .map((line) => line.replace(/^.*?(inet6? \S+).*$/, '$1')),
    ...['-4', '-6']
      .flatMap((family) => ip(`${family} route show dev ${link}`).split('\n'))
      .filter((line) => line !== '' && !line.includes('fe80::'))
      .map((line) => line.replaceAll(/ proto \S+|linkdown|pref medium/g, '').trim())
      .sort(),
  ];

  test('goes along, in order, and comes back exactly', () => {
    ip('address add 203.0.113.12/24 brd + dev eth1');
    ip('address add 198.51.100.11/25 brd + dev eth1 label eth1:0');
    ip('address add 10.9.0.2/30 dev eth1 metric 7');
    ip('address add 2001:db8::11/64 dev eth1');
    ip('address add 2001:db8::12/128 dev eth1 nodad');
    ip('route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    ip('route add 192.0.2.0/24 via 203.0.113.3 dev eth1 proto static metric 60');
    ip('route add 198.18.0.0/15 via 198.51.100.1 dev eth1 src 198.51.100.11 onlink');
    ip('route add 198.51.100.200/32 dev eth1 scope link');
    ip('-6 route add default via 2001:db8::1 dev eth1 metric 1024');
    ip('-6 route add 2001:db8:7::/48 via 2001:db8::7 dev eth1 proto static metric 30');
    lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
    const [before, there] = [lab.snapshot(), carried('eth1')];
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(carried('eth1')).toEqual(['']);
    const own = [/^inet 192\.168\.50\.1\/24$/, /^192\.168\.50\.0\/24 /];
    expect(carried('br-lab').filter((line) => !own.some((mine) => mine.test(line)))).toEqual(
      // On the bridge the first address is the network's, and would be the source of what says none.
      there.map((line) => (line === '198.51.100.200 scope link' ? `${line} src 203.0.113.11` : line)),
    );
    expect(carried('br-lab')[0]).toBe('inet 192.168.50.1/24');
    for (const to of ['203.0.113.1', '2001:db8::1']) expect(lab.pings(lab.host, to)).toBe(true);
    // What comes later goes there too, and comes back.
    ip('address add 203.0.113.13/24 brd + dev eth1');
    must(lab.netctl(['apply', '--yes']));
    expect(carried('br-lab')).toContain('inet 203.0.113.13/24');
    must(lab.netctl(['destroy', '--yes']));
    expect(carried('eth1')).toContain('inet 203.0.113.13/24');
    ip('address del 203.0.113.13/24 dev eth1');
    expect(lab.snapshot()).toBe(before);
  });

  test('the gateway itself: it was on the uplink before, and is first on the bridge', () => {
    ip('address add 192.168.50.1/24 brd + dev eth1');
    const before = lab.snapshot();
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(carried('br-lab')[0]).toBe('inet 192.168.50.1/24');
    expect(carried('eth1')).toEqual(['']);
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
  });

  test("its own network is the guests' network, an outside router is the gateway", () => {
    const guest = lab.namespace('vm-1');
    const before = lab.snapshot();
    must(
      lab.netctl(['apply', '--yes'], {
        spec: `apiVersion: netctl/v1
networks:
  flat: { mode: flat-dhcp, bridge: br-flat, interface: eth1, cidr: 203.0.113.0/24, allocate: [203.0.113.64/26], gateway: 203.0.113.1, dhcp: { server: 203.0.113.11 } }
instances:
  vm-1: { nics: [{ network: flat, device: { type: veth, name: v-vm-1, netns: ${guest} } }] }
`,
      }),
    );
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(lab.lease(guest)).toMatchObject({ ip: '203.0.113.64', router: '203.0.113.1', dns: '203.0.113.11' });
    expect(lab.pings(guest, '203.0.113.1')).toBe(true);
    expect(lab.pings(lab.world, '203.0.113.64')).toBe(true);
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
  });

  test('from one interface to another and back, each has its own again', () => {
    ip('address add 198.51.100.11/24 brd + dev eth2');
    ip('route add 198.18.0.0/15 via 198.51.100.1 dev eth2 proto static');
    const before = lab.snapshot();
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    const [first, former] = [lab.snapshot(), carried('eth2')];
    must(lab.netctl(['apply', '--yes'], { spec: spec().replace('eth1', 'eth2') }));
    expect(carried('eth1').slice(0, 1)).toEqual(['inet 203.0.113.11/24']);
    expect(carried('br-lab')).toEqual(expect.arrayContaining([...former]));
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    expect(lab.snapshot()).toBe(first);
    // In no network any more, it is its owner's again, who may do with it as he likes.
    must(lab.netctl(['apply', '--yes'], { spec: spec().replace('eth1', 'null') }));
    expect(carried('eth1').slice(0, 1)).toEqual(['inet 203.0.113.11/24']);
    ip('link set dev eth1 mtu 1400 promisc on');
    ip('address add 203.0.113.99/24 brd + dev eth1');
    const theirs = carried('eth1');
    expect(must(lab.netctl(['apply', '--yes'])).out).toContain('nothing to do');
    must(lab.netctl(['destroy', '--yes']));
    expect(carried('eth1')).toEqual(theirs);
    ip('link set dev eth1 mtu 1500 promisc off');
    ip('address del 203.0.113.99/24 dev eth1');
    expect(lab.snapshot()).toBe(before);
  });

  test('is known by its own name, and named where the spec has another one of it', () => {
    ip('link property add dev eth1 altname enp1s0');
    const refused = lab.netctl(['apply', '--yes'], { spec: spec().replace('eth1', 'enp1s0') });
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(
        /spec\.yaml:3:\d+: error: this host has no interface enp1s0 {2}\[device-missing\][^]*hint: that is another name \(altname\) of eth1: write eth1\n/,
      ),
    ]);
  });

  test('is gone with it when it is unplugged: apply says so and does nothing, destroy removes the rest', () => {
    const without = lab
      .snapshot()
      .split('\n')
      .filter((line) => !/eth1|203\.0\.113/.test(line))
      .join('\n');
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    ip('link del dev eth1');
    const there = lab.snapshot();
    const refused = lab.netctl(['apply', '--yes']);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toMatch(/spec\.yaml:3:\d+: error: this host has no interface eth1 {2}\[device-missing\]/);
    expect(lab.snapshot()).toBe(there);
    const { err } = must(lab.netctl(['destroy', '--yes']));
    expect(err).toMatch(
      /address 203\.0\.113\.11\/24 on br-lab [^]*route default via 203\.0\.113\.1 on br-lab [^]*\[route-lost\]\n {2}hint: ip route replace default via 203\.0\.113\.1 dev INTERFACE/,
    );
    expect(lab.snapshot()).toBe(without);
  });

  test("is not borrowed while a server of somebody else's has taken port 53 of every address: that is said", () => {
    const before = lab.snapshot();
    must(
      lab.in(lab.host, [
        'dnsmasq',
        '--conf-file=',
        '--user=root',
        '--no-resolv',
        '--no-hosts',
        `--pid-file=${lab.path('other.pid')}`,
      ]),
    );
    const ended = lab.netctl(['apply', '--yes'], { spec: spec() });
    expect([ended.code, ended.err]).toEqual([
      1,
      expect.stringMatching(
        /dnsmasq \(pid \d+\) listens on 0\.0\.0\.0:53 \(TCP\)[^]*\[port-taken\][^]*nothing was changed/,
      ),
    ]);
    must(lab.in(lab.host, ['sh', '-c', `kill "$(cat ${lab.path('other.pid')})"`]));
    for (let tries = 0; tries < 100 && lab.processes().length > 0; tries++) must(lab.in(lab.host, ['sleep', '0.02']));
    expect(lab.snapshot()).toBe(before);
    must(lab.netctl(['apply', '--yes']));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  });
});
