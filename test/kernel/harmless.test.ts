// test/kernel/harmless.test.ts — what is not netctl's is the same, byte for byte, before, during and after; or it is
// refused with its place.
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { env } from 'node:process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fill, look } from './foreign.ts';
import { Lab, must, spawn } from './lab.ts';

const spec = (...names: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
  shut: { mode: flat-dhcp, bridge: br-shut, interface: null, cidr: 10.20.0.0/24, forward: none }
instances:
${names.map((name) => `  ${name}: { nics: [{ network: lab }, { network: shut }] }\n`).join('')}`;

describe('a host full of foreign things', () => {
  let lab: Lab;
  let before: string;
  let whole: string;
  beforeAll(() => {
    lab = new Lab();
    fill(lab);
    before = look(lab);
    whole = lab.snapshot();
  });
  afterAll(() => {
    lab.close();
  });

  test('is as it was after apply', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') }));
    expect(look(lab)).toBe(before);
  });

  test('and after another apply, which has nothing to do', () => {
    expect(must(lab.netctl(['apply', '--yes'])).out).toContain('nothing to do');
    expect(look(lab)).toBe(before);
  });

  test('what others put on our own bridge stays there', () => {
    lab.ip(lab.host, 'address add 10.99.0.1/24 dev br-lab');
    lab.ip(lab.host, 'address add 2001:db8:9::1/64 dev br-lab nodad');
    lab.ip(lab.host, 'route add 10.77.0.0/16 via 192.168.50.9 dev br-lab');
    lab.ip(lab.host, 'route add 10.78.0.0/16 via 192.168.50.9 dev br-lab proto 118');
    lab.ip(lab.host, 'tuntap add dev vnet8 mode tap');
    lab.ip(lab.host, 'link set dev vnet8 master br-lab up');
    must(lab.in(lab.host, ['iptables', '-I', 'FORWARD', '-i', 'br-lab', '-s', '198.18.0.11', '-j', 'DROP']));
    const theirs = (): string =>
      [
        lab.ip(lab.host, '-d -o link show dev vnet8').replaceAll(/timer +[\d.]+/g, ''),
        lab.ip(lab.host, '-o address show dev br-lab'),
        lab.ip(lab.host, 'route show dev br-lab'),
        ...lab.rules().filter((line) => line.startsWith('-A FORWARD ')),
      ].join('\n');
    const there = theirs();
    expect(must(lab.netctl(['apply', '--yes'])).out).toContain('nothing to do');
    must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-3') }));
    expect(theirs()).toBe(there);
    must(lab.in(lab.host, ['iptables', '-D', 'FORWARD', '-i', 'br-lab', '-s', '198.18.0.11', '-j', 'DROP']));
    lab.ip(lab.host, 'route del 10.78.0.0/16');
  });

  test('one instance changed, one network removed', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-4') }));
    must(
      lab.netctl(['apply', '--yes', '--allow-mass-delete'], {
        spec: spec('vm-1')
          .replace(/^ {2}shut: .*\n/m, '')
          .replace(', { network: shut }', ''),
      }),
    );
    expect(look(lab).replace(' vnet8', '')).toBe(before);
  });

  test('our chains are taken away from under none of it when somebody jumps to them: destroy says so, and ends when it can', () => {
    must(lab.in(lab.host, ['iptables', '-A', 'DOCKER-USER', '-j', 'netctl-FORWARD']));
    const refused = lab.netctl(['destroy', '--yes']);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('chain netctl-FORWARD of table filter');
    must(lab.in(lab.host, ['iptables', '-D', 'DOCKER-USER', '-j', 'netctl-FORWARD']));
    // What they had put on the bridge is on the interface; a route whose gateway that does not reach is named.
    expect(must(lab.netctl(['destroy', '--yes'])).err).toContain(
      "the route 10.77.0.0/16 via 192.168.50.9 on br-lab is not netctl's, and is deleted with the bridge",
    );
    for (const cidr of ['10.99.0.1/24', '2001:db8:9::1/64']) lab.ip(lab.host, `address del ${cidr} dev eth1`);
  });

  test('is as it was after destroy, and nothing of ours is left beside it', () => {
    expect(lab.ip(lab.host, '-o link show dev vnet8')).toContain('vnet8');
    lab.ip(lab.host, 'link del dev vnet8');
    expect(look(lab)).toBe(before);
    expect(lab.snapshot()).toBe(whole);
    expect(existsSync(lab.state('allocations.json'))).toBe(false);
    expect(readFileSync(lab.state('notes'), 'utf8')).toBe('mine\n');
  });
});

describe('what somebody else has under a wanted name or address is refused, and nothing is changed', () => {
  let lab: Lab;
  let before: string;
  beforeEach(() => {
    lab = new Lab();
    lab.namespace('g1');
  });
  afterEach(() => {
    lab.close();
  });

  test.each([
    [
      'a bridge',
      'link add name br-lab type bridge',
      /^.*spec\.yaml:3:\d+: error: link br-lab is there already and is not netctl's {2}\[link-foreign\]/m,
    ],
    [
      'a bridge of a neighbouring group',
      'link add name br-lab group 118 type bridge',
      /spec\.yaml:3:\d+: error: link br-lab is there .*\[link-foreign\]/,
    ],
    [
      'another sort of device under the name of a bridge, in our group',
      'tuntap add dev br-lab mode tun\nlink set dev br-lab group 117',
      /spec\.yaml:3:\d+: error: link br-lab is there .*\[link-foreign\]/,
    ],
    ['a tap', 'tuntap add dev tap-vm-1 mode tap', /spec\.yaml:6:\d+: error: link tap-vm-1 is there .*\[link-foreign\]/],
    [
      'another sort of device under the name of a tap',
      'tuntap add dev tap-vm-1 mode tun',
      /spec\.yaml:6:\d+: error: link tap-vm-1 is there .*\[link-foreign\]/,
    ],
    [
      'a veth',
      'link add name v-vm-2 type veth peer name other',
      /spec\.yaml:7:\d+: error: link v-vm-2 is there .*\[link-foreign\]/,
    ],
    [
      'the gateway on another interface',
      'address add 192.168.50.1/24 dev eth2',
      /spec\.yaml:3:\d+: error: address eth2 192\.168\.50\.1\/24 is there already, is not netctl's, and conflicts with address br-lab 192\.168\.50\.1\/24 {2}\[address-foreign\]/,
    ],
    [
      'the gateway in another network',
      'address add 192.168.50.1/32 dev lo',
      /spec\.yaml:3:\d+: error: address lo 192\.168\.50\.1\/32 is there .*\[address-foreign\]/,
    ],
  ])('%s', (_name, words, said) => {
    const guest = lab.host.replace(/host$/, 'g1');
    for (const line of words.split('\n')) lab.ip(lab.host, line);
    const before = lab.snapshot();
    const ended = lab.netctl(['apply', '--yes'], {
      spec: `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
  more: { mode: flat-dhcp, interface: null, cidr: 10.20.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: tap, name: tap-vm-1 } }] }
  vm-2: { nics: [{ network: lab, device: { type: veth, name: v-vm-2, netns: ${guest} } }] }
`,
    });
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.err).toMatch(said);
    expect(lab.snapshot()).toBe(before);
    expect(existsSync(lab.path('state'))).toBe(false);
  });

  test("the far end of a veth, in the guest's namespace", () => {
    const guest = lab.host.replace(/host$/, 'g1');
    lab.ip(guest, 'tuntap add dev eth0 mode tun');
    const before = lab.ip(guest, 'address show');
    const ended = lab.netctl(['apply', '--yes'], {
      spec: `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${guest} } }] }
  vm-2: { nics: [{ network: lab }] }
`,
    });
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.err).toMatch(
      /spec\.yaml:5:\d+: error: the other end of v-vm-1 is to be eth0 in namespace \S+, where a tun of that name is there already  \[peer-taken\]\n[^]*nothing was changed/,
    );
    expect(lab.ip(guest, 'address show')).toBe(before);
    lab.ip(guest, 'link del dev eth0');
    must(lab.netctl(['apply', '--yes']));
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
  });

  test('an uplink that is in another bridge stays there', () => {
    lab.ip(lab.host, 'link add name virbr0 type bridge');
    lab.ip(lab.host, 'link set dev eth2 master virbr0');
    before = lab.snapshot();
    const ended = lab.netctl(['apply', '--yes'], { spec: spec('vm-1').replace('eth1', 'eth2') });
    expect([ended.code, ended.err]).toEqual([
      1,
      expect.stringMatching(/eth2 is a port of the bridge virbr0, which is not netctl's[^]*nothing was changed/),
    ]);
    expect(lab.snapshot()).toBe(before);
  });
});

describe('iptables-legacy, by the names that an operator has put first in PATH', () => {
  test('is used throughout, and the rules of the other one are left alone', () => {
    const lab = new Lab();
    try {
      mkdirSync(lab.path('bin'));
      for (const tool of ['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save']) {
        symlinkSync(
          must(spawn(['sh', '-c', `command -v ${tool.replace('tables', 'tables-legacy')}`])).out.trim(),
          lab.path(`bin/${tool}`),
        );
      }
      const PATH = `${lab.path('bin')}:${env['PATH'] ?? ''}`;
      const legacy = (...argv: readonly string[]): string =>
        must(lab.in(lab.host, argv, { PATH })).out.replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '');
      for (const by of [{}, { PATH }])
        must(
          lab.in(
            lab.host,
            [
              'iptables',
              '-A',
              'FORWARD',
              '-s',
              '198.18.0.1',
              '-m',
              'comment',
              '--comment',
              'netctl:1a2b3c4d foo',
              '-j',
              'ACCEPT',
            ],
            by,
          ),
        );
      const nft = lab.rules();
      // A table that was used once is listed from then on.
      for (const table of ['mangle', 'nat']) legacy('iptables', '-t', table, '-N', 'xnetctl-');
      const before = legacy('iptables-save');
      must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2'), env: { PATH } }));
      expect(legacy('iptables-save')).toMatch(/-A netctl-FORWARD -i br-lab/);
      expect(lab.netctl(['plan', '--detailed-exitcode'], { env: { PATH } })).toMatchObject({ code: 0 });
      legacy('iptables', '-F');
      expect(lab.netctl(['status'], { env: { PATH } })).toMatchObject({ code: 2 });
      must(lab.netctl(['apply', '--yes'], { spec: spec('vm-2', 'vm-3'), env: { PATH } }));
      expect(lab.netctl(['plan', '--detailed-exitcode'], { env: { PATH } })).toMatchObject({ code: 0 });
      expect(lab.rules()).toEqual(nft);
      must(lab.netctl(['destroy', '--yes'], { env: { PATH } }));
      legacy(
        'iptables',
        '-A',
        'FORWARD',
        '-s',
        '198.18.0.1',
        '-m',
        'comment',
        '--comment',
        'netctl:1a2b3c4d foo',
        '-j',
        'ACCEPT',
      );
      expect(legacy('iptables-save')).toBe(before);
      expect(lab.rules()).toEqual(nft);
    } finally {
      lab.close();
    }
  });
});
