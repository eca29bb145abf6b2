// test/kernel/export.test.ts — commands that were printed and run by hand leave the host that apply leaves, with
// netctl's host at hand or with none.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must, spawn } from './lab.ts';

let one: Lab;
let twin: Lab;
beforeEach(() => {
  [one, twin] = [new Lab(), new Lab()];
  for (const lab of [one, twin]) {
    lab.namespace('vm-1');
    for (const [i, name] of ['eth1', 'eth2'].entries())
      lab.ip(lab.host, `link set dev ${name} address 02:00:00:00:01:0${i}`);
    lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1');
    lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    lab.ip(lab.host, 'address add 198.51.100.11/24 brd + dev eth2');
    // Commands alone leave no store, and without it what was borrowed is restored as static.
    lab.ip(lab.host, 'route replace default via 203.0.113.1 proto static');
  }
});
afterEach(() => {
  for (const lab of [one, twin]) lab.close();
});

const guestOf = (lab: Lab): string => lab.host.replace(/host$/, 'vm-1');
const specs: readonly ((lab: Lab) => string)[] = [
  (lab) => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, domain: lab.test, dhcp: { options: ["option:tftp-server,'x y' $HOME"] } }
  back: { mode: flat-dhcp, bridge: br-back, interface: null, cidr: 10.20.0.0/24, forward: none }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${guestOf(lab)} } }] }
  vm-2: { nics: [{ network: lab }, { network: back }] }
`,
  // The uplink moves, an instance with a lease goes, one comes, dnsmasq is restarted.
  (lab) => `apiVersion: netctl/v1
defaults: { leaseTime: 1h }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: 192.168.50.254 }
instances:
  vm-2: { nics: [{ network: lab }] }
  vm-3: { nics: [{ network: lab, device: { type: veth, name: v-vm-3, netns: ${guestOf(lab)} } }] }
  vm-4: { nics: [{ network: lab }] }
`,
];

/** A host without its names for itself. */
const plain = (lab: Lab): string =>
  [
    lab.snapshot(),
    lab
      .in(guestOf(lab), ['ip', '-o', 'link', 'show', 'dev', 'eth0'])
      .out.replaceAll(/^\d+: |if\d+|\bqlen \d+|state \w+|,LOWER_UP/g, ''),
    ...treeOf(lab.path('state')),
    ...treeOf(lab.path('run')),
  ]
    .join('\n')
    .replaceAll(lab.directory, '/lab')
    .replaceAll(lab.host.replace(/host$/, ''), '');

/** The files, if there are any, but for what only netctl itself keeps, and numbers of processes. */
function treeOf(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !/^(allocations\.json|host\.json|lock|leases|record\.json|generation\.json)$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${path.endsWith('.pid') ? '' : readFileSync(path, 'utf8')}`);
}

describe('plan --commands, run by a shell', () => {
  for (const [name, inside] of [
    ['in a namespace that it names', false],
    ['where it stands', true],
  ] as const) {
    test(name, () => {
      const [node, program] = twin.command();
      const netctl = (args: readonly string[], text: string): { readonly out: string } => {
        if (!inside) return must(twin.netctl(args, { spec: text }));
        const file = twin.write('spec.yaml', text);
        // As on a host of its own: directories and commands without the name of a namespace.
        return must(
          twin.in(twin.host, [
            node,
            program,
            ...args,
            '-f',
            file,
            '--state-dir',
            twin.path(`state/netns/${twin.host}`),
            '--run-dir',
            twin.path(`run/netns/${twin.host}`),
          ]),
        );
      };
      const before = plain(twin).split('\n\n').slice(0, 2);
      for (const [i, spec] of specs.entries()) {
        must(one.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: spec(one) }));
        const script = netctl(['plan', '--commands'], spec(twin)).out;
        expect(new RegExp(`ip (-n|netns exec) ${twin.host}`).test(script)).toBe(!inside);
        const file = twin.write('script', script);
        must(inside ? twin.in(twin.host, ['sh', file]) : spawn(['sh', file]));
        expect(plain(twin)).toBe(plain(one));
        expect(netctl(['apply', '--yes'], spec(twin)).out).toContain('nothing to do');
        for (const lab of [one, twin])
          expect(lab.lease(guestOf(lab))).toMatchObject({ ip: i === 0 ? '192.168.50.2' : '192.168.50.4' });
      }
      // Whatever netctl was not told then it has seen since.
      netctl(['destroy', '--yes'], specs[1]?.(twin) ?? '');
      expect(plain(twin).split('\n\n').slice(0, 2)).toEqual(before);
    });
  }
});

describe('export', () => {
  const inside = (lab: Lab): string => specs[0]?.(lab).replace('interface: eth1', 'interface: null') ?? '';
  /** No root and no tools: a machine where netctl is only read. */
  const exported = (lab: Lab, form: string, ...args: readonly string[]): string => {
    const [node, program] = lab.command();
    return must(
      spawn([
        'unshare',
        '--user',
        'env',
        '-i',
        'PATH=/nonexistent',
        node,
        program,
        'export',
        '--as',
        form,
        '-f',
        lab.write('spec.yaml', inside(lab)),
        ...args,
      ]),
    ).out;
  };

  test('needs no namespace where it is written for one', () => {
    expect(exported(one, 'script', '--netns', 'nct-nowhere')).toContain('ip -n nct-nowhere -batch -');
  });

  test('as a script leaves a fresh host as apply would, and apply finds nothing to do', () => {
    must(one.netctl(['apply', '--yes'], { spec: inside(one) }));
    const script = twin.write(
      'script',
      exported(twin, 'script', '--netns', twin.host, '--state-dir', twin.path('state'), '--run-dir', twin.path('run')),
    );
    must(spawn(['sh', script]));
    expect(plain(twin)).toBe(plain(one));
    expect(must(twin.netctl(['apply', '--yes'], { spec: inside(twin) })).out).toContain('nothing to do');
    expect(twin.lease(guestOf(twin))).toMatchObject({ ip: '192.168.50.2' });
    must(twin.netctl(['destroy', '--yes']));
  });

  test('as iptables-save is what iptables-restore makes the same chains of', () => {
    must(one.netctl(['apply', '--yes'], { spec: inside(one) }));
    must(twin.in(twin.host, ['iptables-restore', '--noflush', twin.write('rules', exported(twin, 'iptables-save'))]));
    expect(twin.rules()).toEqual(one.rules());
  });

  test('as ip-batch is what ip makes the same devices and addresses of', () => {
    must(one.netctl(['apply', '--yes'], { spec: inside(one) }));
    must(twin.in(twin.host, ['ip', '-batch', twin.write('batch', exported(twin, 'ip-batch'))]));
    const devices = (lab: Lab): string => plain(lab).split('\n\n')[0] ?? '';
    expect(devices(twin)).toBe(devices(one));
  });

  test('as files holds what apply writes, and as JSON everything', () => {
    must(one.netctl(['apply', '--yes'], { spec: inside(one) }));
    const files = exported(
      one,
      'files',
      '--netns',
      one.host,
      '--state-dir',
      one.path('state'),
      '--run-dir',
      one.path('run'),
    );
    for (const name of ['hosts', 'names', 'servers', 'options']) {
      const path = one.state(`networks/lab/${name}`);
      expect(files).toContain(`==> ${path} <==\n${readFileSync(path, 'utf8')}`);
    }
    const document = JSON.parse(exported(one, 'json')) as {
      readonly kind: string;
      readonly resources: Readonly<Record<string, unknown>>;
    };
    expect(document.kind).toBe('Host');
    expect(Object.keys(document.resources)).toEqual(
      expect.arrayContaining([
        'link br-lab',
        'address br-lab 192.168.50.1/24',
        'chain filter/netctl-FORWARD',
        'link v-vm-1',
        'process dnsmasq-lab',
      ]),
    );
    rmSync(one.path('spec.yaml'));
  });
});
