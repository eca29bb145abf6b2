// test/kernel/rehearsal/stages.test.ts — plans that go well go well on the copy, whatever the host is full of, and
// nothing of it is seen.
import { spawn as background } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, look } from '../foreign.ts';
import { Lab, must, spawn } from '../lab.ts';

const spec = (names: readonly string[], device = 'type: tap'): string => `apiVersion: netctl/v1
hosts: { h: { publicInterface: eth1 } }
pools: { public: { ranges: [203.0.113.64/28] } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
  shut: { mode: flat-dhcp, bridge: br-shut, interface: null, cidr: 10.20.0.0/24, forward: none }
instances:
${names.map((name) => `  ${name}: { nics: [{ network: lab, floating: [{ pool: public }], device: { ${device.replace('NAME', name)} } }, { network: shut }] }\n`).join('')}`;

const PASSED = /\nrehearsed on a copy of this host in \d+\.\d\d s: every step was done, and nothing differed\n/;
/** What is not said of every plan that makes taps, cuts connections, or takes an uplink. */
const unknown = (out: string): string =>
  (/\nnot rehearsed:\n([^]*)$/.exec(out)?.[1] ?? '').replaceAll(
    /^ {2}(whether a hypervisor can open the taps|whether devices in other namespaces have the ids of the VLANs|connections that are cut: the copy has none|eth1: a stand-in .*)\n/gm,
    '',
  );

/** Mounts that are there for all; namespaces come and go with other tests. */
/** Without those of other labs, beside this one. */
const mounts = (): string =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => !line.includes(' /run/netns/') && !/ \/tmp\/nct-lab-\w+\/(?:state|run) /.test(line))
    .join('\n');
/** In the environment of all that a lab's netctl starts, however deep it is hidden. */
const marked = (lab: Lab): { readonly NCT_MARK: string } => ({ NCT_MARK: lab.host });
const left = (lab: Lab): readonly string[] => [
  ...strangers(lab),
  ...(existsSync('/run/netns/elsewhere') ? ['/run/netns/elsewhere'] : []),
];

/** What runs for the lab beside its daemons, in process namespaces that are not the machine's. */
function strangers(lab: Lab): readonly string[] {
  const home = readlinkSync('/proc/self/ns/pid');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs =
          readlinkSync(`/proc/${pid}/ns/pid`) !== home &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`NCT_MARK=${lab.host}\0`);
        return isOurs ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}
const files = (lab: Lab): string =>
  must(
    spawn([
      'sh',
      '-c',
      `cd ${lab.directory} && find . -path ./spec.yaml -prune -o -printf '%p %y %m %s %T@ %l\\n' | sort`,
    ]),
  ).out;

describe('on a host full of foreign things', () => {
  let lab: Lab;
  let before: { readonly look: string; readonly snapshot: string; readonly mounts: string };
  beforeAll(() => {
    lab = new Lab();
    lab.namespace('vm-9');
    fill(lab);
    lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1 label eth1:0');
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
    lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    lab.ip(
      lab.host,
      'route add 198.51.101.0/24 proto static nexthop via 198.51.100.1 dev eth2 weight 2 nexthop via 198.51.100.2 dev eth2',
    );
    must(
      lab.in(lab.host, [
        'nft',
        'add table inet theirs; add set inet theirs bad { type ipv4_addr; flags interval; elements = { 198.18.0.0/15 }; }; add chain inet theirs in { type filter hook input priority 5; policy accept; }; add rule inet theirs in iifname "eth9" ip saddr @bad counter drop',
      ]),
    );
    before = { look: look(lab), snapshot: lab.snapshot(), mounts: mounts() };
  });
  afterAll(() => {
    lab.close();
  });

  /** Rehearses, and proves that nobody can see it. */
  const rehearse = (text: string, how: 'plan' | 'apply' = 'plan'): string => {
    lab.write('spec.yaml', text);
    const was = { files: files(lab), snapshot: lab.snapshot() };
    const { code, out, err } = lab.netctl(
      how === 'plan' ? ['plan', '--rehearse'] : ['apply', '--yes', '--allow-mass-delete', '--rehearse'],
      { env: marked(lab) },
    );
    expect(code, out + err).toBe(0);
    expect(out).toMatch(PASSED);
    expect(unknown(out)).toBe('');
    expect(mounts()).toBe(before.mounts);
    expect(left(lab)).toEqual([]);
    if (how === 'plan') expect({ files: files(lab), snapshot: lab.snapshot() }).toEqual(was);
    return out;
  };

  test('the first apply', () => {
    rehearse(spec(['vm-1', 'vm-2']));
    expect(existsSync(lab.path('state/netns'))).toBe(true);
    expect(existsSync(lab.state('networks'))).toBe(false);
    rehearse(spec(['vm-1', 'vm-2']), 'apply');
  });

  test('guests that come, go and move, with daemons that are told and restarted', () => {
    rehearse(spec(['vm-1', 'vm-3']));
    rehearse(spec(['vm-1', 'vm-3']), 'apply');
    rehearse(spec(['vm-1', 'vm-3']).replace('10.20.0.0/24', '10.21.0.0/24'));
    rehearse(spec(['vm-1', 'vm-3']).replace('192.168.50.0/24', '192.168.51.0/24'), 'apply');
    rehearse(spec(['vm-1', 'vm-3']), 'apply');
  });

  test('guests in namespaces', () => {
    const text = spec(['vm-9'], `type: veth, name: v-9, netns: ${lab.host.replace('host', 'vm-9')}`);
    rehearse(text, 'apply');
    rehearse(text.replace('v-9', 'v-10'), 'apply');
    rehearse(spec(['vm-1', 'vm-3']), 'apply');
  });

  test('what somebody broke', () => {
    lab.ip(lab.host, 'link del dev br-shut');
    must(lab.in(lab.host, ['iptables', '-F']));
    lab.ip(lab.host, 'address flush dev br-lab');
    rehearse(spec(['vm-1', 'vm-3']), 'apply');
    must(lab.in(lab.host, ['iptables-restore', lab.path('rules')]));
    rehearse(spec(['vm-1', 'vm-3']), 'apply');
  });

  test('no uplink, and one again', () => {
    rehearse(spec(['vm-1']).replace('interface: eth1', 'interface: null'), 'apply');
    rehearse(spec(['vm-1']), 'apply');
  });

  test('all is restored', () => {
    rehearse('apiVersion: netctl/v1\n', 'apply');
    must(lab.netctl(['destroy', '--yes']));
    must(lab.in(lab.host, ['iptables-restore', '-c', lab.path('rules')]));
    expect(look(lab)).toBe(before.look);
    expect(lab.snapshot().replaceAll(/ip_forward = \d/g, '')).toBe(before.snapshot.replaceAll(/ip_forward = \d/g, ''));
  });
});

describe('every example', () => {
  const vlans =
    spawn(['unshare', '-n', 'sh', '-c', 'ip link add name b type bridge; ip link add link b name v type vlan id 5'])
      .code === 0;
  for (const name of readdirSync('examples').filter((file) => file.endsWith('.yaml'))) {
    test(`${name}: as it would go`, () => {
      const lab = new Lab();
      try {
        lab.ip(lab.host, 'address add 198.51.100.2/24 brd + dev eth2');
        const example = readFileSync(`examples/${name}`, 'utf8');
        const guests = new Map(
          [...new Set([...example.matchAll(/netns: (\w+)/g)].map(([, guest = '']) => guest))].map((guest) => [
            guest,
            lab.namespace(guest),
          ]),
        );
        const text = example.replaceAll(/netns: (\w+)/g, (_, guest: string) => `netns: ${guests.get(guest) ?? ''}`);
        lab.write('spec.yaml', text);
        const before = lab.snapshot();
        const { code, out, err } = lab.netctl([
          'plan',
          '--rehearse',
          ...(text.includes('h1:') ? ['--host', 'h1'] : []),
        ]);
        const fails = !vlans && text.includes('mode: vlan');
        expect(code, out + err).toBe(fails ? 1 : 0);
        if (fails) expect(err).toContain('this kernel has no VLANs');
        else expect(unknown(out)).toBe('');
        expect(lab.snapshot()).toBe(before);
      } finally {
        lab.close();
      }
    });
  }
});

describe('ended at any moment', () => {
  test.each([
    ['SIGKILL', 8, null],
    ['SIGTERM', 4, 143],
    ['SIGINT', 4, 130],
  ] as const)('by %s, nothing of it is left, and the next one goes as ever', async (signal, times, code) => {
    const lab = new Lab();
    try {
      lab.write('spec.yaml', spec(['vm-1', 'vm-2']));
      const [before, own] = [lab.snapshot(), mounts()];
      const [node, program] = lab.command();
      let caught = 0;
      for (let i = 0; i < times; i++) {
        const child = background(node, [program, ...lab.argumentsFor(['plan', '--rehearse'])], {
          stdio: 'ignore',
          env: { ...process.env, ...marked(lab) },
        });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        // Some way into it: the stage is there, and what it starts comes one after the other.
        for (let tries = 0; tries < 4_000 && strangers(lab).length <= i % 3 && child.exitCode === null; tries++)
          await sleep(2);
        if (strangers(lab).length > 0) caught++;
        child.kill(signal);
        // It may have come to its end just then.
        expect([code, 0]).toContain(await ended);
        for (let tries = 0; tries < 500 && strangers(lab).length > 0; tries++) await sleep(10);
        expect(left(lab)).toEqual([]);
        expect(mounts()).toBe(own);
        expect(lab.snapshot()).toBe(before);
        expect(existsSync(lab.state('networks'))).toBe(false);
      }
      expect(caught).toBeGreaterThan(0);
      expect(lab.netctl(['plan', '--rehearse'])).toMatchObject({ code: 0 });
    } finally {
      lab.close();
    }
  });
});

describe('the machine itself as the host', () => {
  test('is rehearsed on without a name', () => {
    const lab = new Lab();
    try {
      for (const name of ['s', 'r']) mkdirSync(lab.path(name));
      const file = lab.write(
        'here.yaml',
        spec(['vm-1']).replaceAll('eth1', 'eth0').replace('br-lab', 'br-nct-lab').replace('br-shut', 'br-nct-shut'),
      );
      const links = (): string =>
        must(spawn(['ip', '-o', 'link'])).out.replaceAll(/^\d+: nct-.*\n/gm, '') +
        must(spawn(['iptables-save'])).out.replaceAll(/^[#:].*\n/gm, '');
      const before = links();
      const [node, program] = lab.command();
      const { code, out, err } = spawn([
        node,
        program,
        'plan',
        '--rehearse',
        '-f',
        file,
        '--state-dir',
        lab.path('s'),
        '--run-dir',
        lab.path('r'),
      ]);
      expect(code, out + err).toBe(0);
      expect(out).toMatch(PASSED);
      expect(links()).toBe(before);
    } finally {
      lab.close();
    }
  });
});
