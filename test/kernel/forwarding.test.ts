// test/kernel/forwarding.test.ts — forwarding of each device by itself: what a kernel writes with net.ipv4.ip_forward
// is restored, bridges of ours forward where new devices do not, and who does not is named.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('guest');
});
afterEach(() => {
  lab.close();
});

const EMPTY = 'apiVersion: netctl/v1\nnetworks: {}\n';
const spec = (): string => `apiVersion: netctl/v1
hosts: { this: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 } }
instances: { vm-1: { nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] } }
`;

function set(...settings: readonly string[]): void {
  must(lab.in(lab.host, ['sysctl', '-q', '-w', ...settings]));
}

function settings(): readonly string[] {
  return must(lab.in(lab.host, ['sysctl', '-a', '-r', '^net\\.ipv[46]\\.(conf|ip_forward)']))
    .out.split('\n')
    .filter((line) => !line.includes('stable_secret'));
}

/** A guest that has its address sends something outside and hears the answer. */
function getsOut(): boolean {
  lab.lease(guest);
  return lab.pings(guest, '203.0.113.1');
}

function forwardsBy(link: string): string {
  return must(lab.in(lab.host, ['sysctl', '-n', `net/ipv4/conf/${link}/forwarding`])).out.trim();
}

describe('what others had is as it was, byte for byte', () => {
  for (const [way, back] of [
    ['destroy', () => lab.netctl(['destroy', '--yes'])],
    ['a rollback', () => lab.netctl(['rollback', '--yes'])],
    ['the last network leaves the spec', () => lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: EMPTY })],
  ] as const) {
    test(way, () => {
      set('net.ipv4.conf.eth2.forwarding=1', 'net.ipv4.conf.lo.forwarding=1', 'net.ipv4.conf.all.accept_redirects=0');
      lab.ip(lab.host, 'link add d.ot type bridge');
      set('net/ipv4/conf/d.ot/forwarding=1');
      lab.ip(lab.host, 'link add gone type bridge');
      // So that there is something to roll back to.
      must(lab.netctl(['apply', '--yes'], { spec: EMPTY }));
      const before = settings();
      must(lab.netctl(['apply', '--yes'], { spec: spec() }));
      expect(forwardsBy('eth1')).toBe('1');
      lab.ip(lab.host, 'link del gone');
      const ended = back();
      expect(ended, ended.err).toMatchObject({ code: 0 });
      expect(settings()).toEqual(before.filter((line) => !/\.gone\./.test(line)));
    });
  }

  test('and what somebody has set since is left as it is', () => {
    lab.ip(lab.host, 'link add eth3 type veth peer name eth4');
    set(
      'net.ipv4.conf.eth2.forwarding=1',
      'net.ipv4.conf.eth3.forwarding=1',
      'net.ipv4.conf.default.forwarding=1',
      'net.ipv4.conf.all.accept_redirects=0',
    );
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    set(
      'net.ipv4.conf.eth2.forwarding=0',
      'net.ipv4.conf.default.forwarding=0',
      'net.ipv4.conf.all.accept_redirects=1',
    );
    must(lab.netctl(['destroy', '--yes']));
    expect([
      ...['eth1', 'eth2', 'eth3', 'default'].map(forwardsBy),
      must(lab.in(lab.host, ['sysctl', '-n', 'net.ipv4.conf.all.accept_redirects'])).out.trim(),
    ]).toEqual(['0', '0', '1', '0', '1']);
  });

  test('an apply that fails is rolled back with it', () => {
    set('net.ipv4.conf.eth2.forwarding=1', 'net.ipv4.conf.all.accept_redirects=0');
    const before = settings();
    lab.write('dhcp.conf', 'interface=nowhere0\n');
    const ended = lab.netctl(['apply', '--yes', '--atomic'], {
      spec: spec().replace('cidr:', `dhcp: { config: ${lab.path('dhcp.conf')} }, cidr:`),
    });
    expect(ended, ended.err).toMatchObject({ code: 3 });
    expect(settings()).toEqual(before);
  });
});

describe('new devices do not forward', () => {
  beforeEach(() => {
    set('net.ipv4.ip_forward=1', 'net.ipv4.conf.default.forwarding=0');
  });

  test('guests get out all the same, and destroy leaves nothing', () => {
    const before = settings();
    const ended = must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    expect(ended.out).toContain('+ sysctl  net.ipv4.conf.br-lab.forwarding = 1');
    expect(getsOut()).toBe(true);
    expect(must(lab.netctl(['plan'])).out).toContain('nothing to do');
    must(lab.netctl(['destroy', '--yes']));
    expect(settings()).toEqual(before);
  });

  test('so they do when the network has gone and come back by a rollback', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: EMPTY }));
    must(lab.netctl(['rollback', '--yes'], { spec: null }));
    expect(getsOut()).toBe(true);
  });

  test('drift of it is drift', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    set('net.ipv4.conf.br-lab.forwarding=0');
    expect(lab.netctl(['status']).code).toBe(2);
    must(lab.netctl(['apply', '--yes']));
    expect(forwardsBy('br-lab')).toBe('1');
  });
});

test('a public interface that does not forward is named by plan, apply and status, with what mends it', () => {
  set('net.ipv4.ip_forward=1', 'net.ipv4.conf.eth1.forwarding=0');
  const said = 'net.ipv4.conf.eth1.forwarding is 0';
  expect(lab.netctl(['plan'], { spec: spec() }).err).toContain(said);
  expect(must(lab.netctl(['apply', '--yes'])).err).toContain(said);
  const { code, err, out } = lab.netctl(['status']);
  expect(code).toBe(2);
  expect(out).toMatch(/lab .* blocked: not-forwarding/);
  expect(err).toContain(said);
  expect(getsOut()).toBe(false);
  must(lab.in(lab.host, ['sh', '-ec', /hint: (.*)/.exec(err)?.[1] ?? 'false']));
  expect(lab.pings(guest, '203.0.113.1')).toBe(true);
  expect(must(lab.netctl(['status'])).err).toBe('');
});

describe('a host between two networks of its own', () => {
  const behind = '10.9.0.7';
  let lan: string;
  beforeEach(() => {
    lan = lab.namespace('lan');
    lab.ip(lab.world, `link set dev far2 netns ${lan}`);
    for (const words of ['link set dev far2 up', `address add ${behind}/24 dev far2`, 'route add default via 10.9.0.1'])
      lab.ip(lan, words);
    lab.ip(lab.host, 'address add 10.9.0.1/24 dev eth2');
    lab.ip(lab.world, 'route add 10.9.0.0/24 via 203.0.113.11');
  });
  const reaches = (): boolean => lab.in(lab.world, ['ping', '-n', '-c', '1', '-W', '1', behind]).code === 0;
  const said = 'this host becomes a router between eth1 (203.0.113.0/24) and eth2 (10.9.0.0/24)';

  test('becomes a router with the apply: that is said, and asked about', () => {
    expect(reaches()).toBe(false);
    const refused = lab.netctl(['apply'], { spec: spec() });
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('the plan needs confirmation (forwarding-opens)'),
    ]);
    expect(must(lab.netctl(['apply', '--yes'])).err).toContain(said);
    expect(reaches()).toBe(true);
    expect([must(lab.netctl(['plan'])).err, must(lab.netctl(['status'])).err]).toEqual(['', '']);
  });

  for (const hint of [0, 1]) {
    test(`unless it is kept from it, as the warning says (${hint === 0 ? 'the policy' : 'rules'})`, () => {
      const { err } = must(lab.netctl(['plan'], { spec: spec() }));
      expect(err).toContain(said);
      const mends =
        /hint: (.*)/
          .exec(err)?.[1]
          ?.split('; or ')
          .map((words) => /iptables [^:]*/.exec(words)?.[0] ?? 'false') ?? [];
      must(lab.in(lab.host, ['sh', '-ec', mends[hint] ?? 'false']));
      // Past the policy instances reach that network all the same, which is asked about by itself.
      const { err: then } = must(lab.netctl(['apply', ...(hint === 0 ? ['--yes'] : [])]));
      expect(then).not.toContain('forwarding-opens');
      expect(then.includes('[firewall-opens]')).toBe(hint === 0);
      expect([reaches(), getsOut(), lab.pings(guest, behind)]).toEqual([false, true, true]);
    });
  }
});

describe('somebody has come to rely on a host that forwards', () => {
  for (const [name, rules, rule] of [
    [
      'iptables, as Docker',
      'iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
      '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    ],
    [
      'nft, as libvirt',
      'nft add table ip theirs; nft "add chain ip theirs post { type nat hook postrouting priority 100 ; }"; nft add rule ip theirs post ip saddr 172.17.0.0/16 masquerade',
      'table ip theirs: ip saddr 172.17.0.0/16 masquerade',
    ],
  ] as const) {
    test(name, () => {
      must(lab.netctl(['apply', '--yes'], { spec: spec() }));
      must(lab.in(lab.host, ['sh', '-ec', rules]));
      const planned = lab.netctl(['plan'], { spec: EMPTY });
      expect(planned.err).toContain(`translate what this host forwards: ${rule}  [forwarding-used]`);
      const ended = must(lab.netctl(['destroy', '--yes']));
      expect(ended.err).toContain(`translate what this host forwards: ${rule}  [forwarding-used]`);
      const [, mend = ''] = /`(sysctl -w [^`]*)`/.exec(ended.err) ?? [];
      must(lab.in(lab.host, ['sh', '-ec', mend]));
      expect(forwardsBy('eth2')).toBe('1');
    });
  }

  test('nobody has: nothing is said', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec() }));
    expect(must(lab.netctl(['destroy', '--yes'])).err).not.toContain('forwarding-used');
  });
});
