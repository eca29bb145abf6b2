// test/kernel/refusals.test.ts — what netctl cannot or must not do it says, with its exit code, and the host stays as
// it was.
import { spawn as background } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must, spawn } from './lab.ts';
import type { Ended } from './lab.ts';

const spec = (instances: readonly string[], device = 'type: tap'): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
  back: { mode: flat-dhcp, bridge: br-back, interface: null, cidr: 10.20.0.0/24 }
instances:
${instances.map((name) => `  ${name}: { nics: [{ network: lab, device: { ${device.replace('NAME', name)} } }, { network: back, device: { type: tap, name: b-${name} } }] }\n`).join('')}`;

const VERBS = [['apply', '--yes'], ['plan'], ['status'], ['destroy', '--yes']] as const;

describe('the store', () => {
  let lab: Lab;
  let before: string;
  let settled: string;
  beforeAll(() => {
    lab = new Lab();
    lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1');
    lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    before = lab.snapshot();
    // Not the lowest addresses: they tell what was kept from what was dealt anew.
    must(lab.netctl(['apply', '--yes'], { spec: spec(['vm-1', 'vm-2', 'vm-3', 'vm-4']) }));
    must(lab.netctl(['apply', '--yes'], { spec: spec(['vm-2', 'vm-4']) }));
    settled = lab.snapshot();
  });
  afterAll(() => {
    lab.close();
  });

  const addresses = (): string =>
    lab
      .netctl(['status'])
      .out.split('\n')
      .filter((line) => /fa:16:3e/.test(line))
      .join('\n');

  test.each([
    [
      'its file is deleted',
      () => {
        rmSync(lab.state('allocations.json'));
      },
    ],
    [
      'the whole state directory is deleted',
      () => {
        rmSync(lab.path('state'), { recursive: true });
      },
    ],
    [
      'the state and run directories are deleted',
      () => {
        for (const name of ['state', 'run']) rmSync(lab.path(name), { recursive: true });
      },
    ],
  ])('%s: everybody keeps address and MAC', (_name, lose) => {
    const had = addresses();
    expect(had).toMatch(/192\.168\.50\.3 [^]*192\.168\.50\.5 /);
    lose();
    expect(addresses()).toBe(had);
    must(lab.netctl(['apply', '--yes']));
    expect(addresses()).toBe(had);
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(lab.snapshot()).toBe(settled);
    expect(existsSync(lab.state('allocations.json'))).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['cut off', '{"version":1,"allocations":{"netw'],
    ['no JSON', '\u0000\u0001\u0002'],
    ['not an object', '[]'],
    ['of a later version', '{"version":99}'],
    ['lacking most', '{"version":1}'],
    [
      'of wrong kinds',
      '{"version":1,"allocations":{"network lab":{"vm-2/lab":7}},"resting":{},"rest":{},"former":[],"memories":{}}',
    ],
    [
      'naming a resource that nobody knows',
      '{"version":1,"allocations":{},"resting":{},"rest":{},"former":[{"kind":"spaceship"}],"memories":{}}',
    ],
  ])('damaged (%s), it is refused with its path and left as it is', (_name, text) => {
    const path = lab.state('allocations.json');
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, text);
    try {
      for (const verb of VERBS) {
        const refused = lab.netctl(verb);
        expect(refused, verb[0]).toMatchObject({ code: 1 });
        expect(refused.err, verb[0]).toContain(path);
        expect(refused.err, verb[0]).not.toMatch(/^ {4}at /m);
      }
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(lab.snapshot()).toBe(settled);
    } finally {
      writeFileSync(path, good);
    }
  });

  test('a directory in its place is refused too', () => {
    const path = lab.state('allocations.json');
    const good = readFileSync(path, 'utf8');
    rmSync(path);
    mkdirSync(path);
    for (const verb of VERBS) {
      const refused = lab.netctl(verb);
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.err).toContain(path);
    }
    rmSync(path, { recursive: true });
    writeFileSync(path, good);
    expect(lab.snapshot()).toBe(settled);
  });

  test('lost, the uplink still has its addresses and routes restored', () => {
    rmSync(lab.path('state'), { recursive: true });
    must(lab.netctl(['destroy', '--yes']));
    // Who had set a route, and whether packets were forwarded, was known to the store alone.
    const said = (snapshot: string): string =>
      snapshot.replaceAll(/ proto 4\b/g, '').replaceAll(/ip_forward = \d/g, '');
    expect(said(lab.snapshot())).toBe(said(before));
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });
});

describe('no room', () => {
  test('for the state: what cannot be written is said, and done when there is room', () => {
    const lab = new Lab();
    try {
      const before = lab.snapshot();
      const file = lab.write('spec.yaml', spec(['vm-1', 'vm-2', 'vm-3']));
      const [node, program] = lab.command();
      const netctl = (...words: readonly string[]): string =>
        [node, program, ...lab.argumentsFor([...words, '-f', file])].map((word) => `'${word}'`).join(' ');
      for (const [directory, free] of [
        ['state', [0, 3, 6, 12]],
        ['run', [0, 6]],
      ] as const)
        for (const pages of free) {
          for (const name of ['state', 'run']) mkdirSync(lab.path(name), { recursive: true });
          // A page for each file at least, and so many pages are left free.
          const ended = spawn([
            'unshare',
            '-m',
            'sh',
            '-c',
            `
mount -t tmpfs -o size=256k,nr_inodes=1000 none ${lab.path(directory)} || exit 9
head -c ${(64 - pages) * 4096} /dev/zero >${lab.path(directory)}/filler
${netctl('apply', '--yes')} >${lab.path('out')} 2>${lab.path('err')}; full=$?
${netctl('status')} >${lab.path('out2')} 2>&1; status=$?
rm ${lab.path(directory)}/filler
${netctl('apply', '--yes')} >${lab.path('out3')} 2>&1; free=$?
${netctl('plan', '--detailed-exitcode')} >${lab.path('out4')} 2>&1; plan=$?
${netctl('destroy', '--yes')} >${lab.path('out5')} 2>&1; destroy=$?
left=$(find ${lab.path(directory)} -type f | wc -l)
echo "$full $status $free $plan $destroy $left"
umount ${lab.path(directory)} 2>/dev/null`,
          ]);
          const told = `${directory}, ${pages} pages free: ${['out', 'err', 'out3', 'out4', 'out5'].map((name) => readFileSync(lab.path(name), 'utf8')).join('\n')}`;
          expect(ended.out, told).toMatch(/^([01]) [012] 0 0 0 0\n$/);
          const err = readFileSync(lab.path('err'), 'utf8');
          expect(err, told).not.toMatch(/^ {4}at |^node:/m);
          if (ended.out.startsWith('1')) expect(err, told).toMatch(/no space left on device/i);
          if (pages === 0) expect(ended.out, told).toMatch(/^1/);
          if (pages === 0 && directory === 'state')
            expect(err).toMatch(
              /^netctl: \S+\/(?:allocations|host|record|generation)\.json cannot be written: ENOSPC/m,
            );
          expect(lab.snapshot(), told).toBe(before);
        }
    } finally {
      lab.close();
    }
  });
});

describe('a tool that is not there', () => {
  const TOOLS = {
    ip: 'iproute2',
    'iptables-save': 'iptables',
    'iptables-restore': 'iptables',
    dnsmasq: 'dnsmasq-base',
    dhcp_release: 'dnsmasq-utils',
    sysctl: 'procps',
    flock: 'util-linux',
  };
  let lab: Lab;
  let before: string;
  let guest: string;
  beforeAll(() => {
    lab = new Lab();
    guest = lab.namespace('vm-1');
    before = lab.snapshot();
    for (const missing of Object.keys(TOOLS)) {
      mkdirSync(lab.path(`without-${missing}`));
      for (const tool of Object.keys(TOOLS))
        if (tool !== missing)
          symlinkSync(
            must(spawn(['sh', '-c', `command -v ${tool}`])).out.trim(),
            lab.path(`without-${missing}/${tool}`),
          );
    }
  });
  afterAll(() => {
    lab.close();
  });
  const without = (tool: string, args: readonly string[], text: string): Ended =>
    lab.netctl(args, { spec: text, env: { PATH: lab.path(`without-${tool}`) } });

  test.each(Object.entries(TOOLS).filter(([tool]) => tool !== 'dhcp_release'))(
    '%s: 69, with the Debian package %s',
    (tool, debianPackage) => {
      const began = performance.now();
      const refused = without(tool, ['apply', '--yes'], spec(['vm-1', 'vm-2']));
      expect(refused).toMatchObject({ code: 69 });
      // Nothing that was to end the tool keeps netctl from ending.
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(refused.err).toContain(`${tool} is not installed, or not in PATH (Debian package ${debianPackage})`);
      expect(lab.snapshot()).toBe(before);
      expect(existsSync(lab.path('state'))).toBe(false);
    },
  );

  test('dhcp_release, when a lease is to be released: nothing at all is done', () => {
    const device = `type: veth, name: v-NAME, netns: ${guest}`;
    must(
      lab.netctl(['apply', '--yes'], {
        spec: spec(['vm-1'], device).replace('instances:\n', 'instances:\n  vm-2: { nics: [{ network: lab }] }\n'),
      }),
    );
    lab.lease(guest);
    const there = lab.snapshot();
    const refused = without('dhcp_release', ['apply', '--yes'], spec(['vm-2']));
    expect(refused).toMatchObject({ code: 69 });
    expect(refused.err).toContain('dhcp_release is not installed, or not in PATH (Debian package dnsmasq-utils)');
    expect(lab.snapshot()).toBe(there);
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
  });
});

describe('with nothing changed', () => {
  let lab: Lab;
  let settled: string;
  beforeAll(() => {
    lab = new Lab();
    must(lab.netctl(['apply', '--yes'], { spec: spec(['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5']) }));
    settled = lab.snapshot();
    for (const directory of ['empty', 'bad']) mkdirSync(lab.path(directory));
    lab.write('bad/a.yaml', 'apiVersion: netctl/v1\nnetworks: {\n');
    lab.write('nothing.yaml', '');
    lab.write('other.yaml', 'apiVersion: netctl/v2\n');
  });
  afterAll(() => {
    lab.close();
  });

  test.each(['apply', 'destroy', 'watch', 'plan', 'status'])('77 without root: %s', (verb) => {
    // Whoever is root outside of a user namespace may read the program, and is nobody inside.
    const [node, program] = lab.command();
    const refused = spawn(['unshare', '--user', node, program, ...lab.argumentsFor([verb])]);
    expect(refused).toMatchObject({ code: 77, out: '' });
    expect(refused.err).toMatch(/root/);
    expect(lab.snapshot()).toBe(settled);
  });

  test.each(['validate', 'export'])('and %s needs none', (verb) => {
    const [node, program] = lab.command();
    must(spawn(['unshare', '--user', node, program, ...lab.argumentsFor([verb])]));
  });

  test.each(['apply', 'watch', 'status'])('69 where /proc is of another process namespace: %s', (verb) => {
    const refused = spawn(['unshare', '--pid', '--fork', ...lab.command(), ...lab.argumentsFor([verb])]);
    expect(refused).toMatchObject({
      code: 69,
      out: '',
      err: expect.stringMatching(
        /^netctl: \/proc is of another process namespace: .*mount -t proc proc \/proc/,
      ) as string,
    });
    expect(lab.snapshot()).toBe(settled);
  });

  test('75 while another is running, with who that is', async () => {
    mkdirSync(lab.path('slow'));
    writeFileSync(
      lab.path('slow/iptables-save'),
      `#!/bin/sh\nsleep 3\nexec ${must(spawn(['sh', '-c', 'command -v iptables-save'])).out}`,
      { mode: 0o755 },
    );
    const [node, program] = lab.command();
    const first = background(node, [program, ...lab.argumentsFor(['apply', '--yes'])], {
      stdio: 'ignore',
      env: { ...env, PATH: `${lab.path('slow')}:${env['PATH'] ?? ''}` },
    });
    for (
      let tries = 0;
      tries < 100 &&
      !(existsSync(lab.run('lock')) && readFileSync(lab.run('lock'), 'utf8').includes(`"pid":${first.pid ?? 0}`));
      tries++
    )
      spawn(['sleep', '0.05']);
    for (const verb of ['apply', 'destroy']) {
      const refused = lab.netctl([verb, '--yes']);
      expect(refused).toMatchObject({ code: 75, out: '' });
      expect(refused.err).toMatch(
        new RegExp(
          `^netctl: netctl apply is running as process ${first.pid ?? 0} since \\S+Z \\(${lab.run('lock')}\\)\\n$`,
        ),
      );
    }
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(
      await new Promise((resolve) => {
        first.once('exit', resolve);
      }),
    ).toBe(0);
    expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0 });
    expect(lab.snapshot()).toBe(settled);
  });

  test.each([
    ['a spec that is not there', ['-f', 'missing.yaml'], 66, 'missing.yaml'],
    ['a directory without specs', ['-f', 'empty'], 66, 'empty'],
    ['an empty spec', ['-f', 'nothing.yaml'], 65, 'nothing.yaml'],
    ['nothing on standard input', ['-f', '-'], 65, '<stdin>:1:1'],
    ['a spec that is no YAML', ['-f', 'bad'], 65, 'a.yaml:'],
    ['a spec of another version', ['-f', 'other.yaml'], 65, 'other.yaml:1:'],
    ['one good spec and one that is not there', ['-f', 'spec.yaml', '-f', 'missing.yaml'], 66, 'missing.yaml'],
    ['an empty name', ['-f', ''], 64, "-f ''"],
    ['a flag that is not there', ['--forec'], 64, '--forec'],
    ['a host that is not in the spec', ['--host', 'elsewhere'], 64, 'elsewhere'],
  ])('%s', (_name, args, code, said) => {
    lab.write(
      'hosts.yaml',
      `${spec(['vm-1']).replace('vm-1: {', 'vm-1: { host: here,')}hosts: { here: {}, there: {} }\n`,
    );
    const words = [
      ...args.map((word) => (/\.yaml$|^(empty|bad)$/.test(word) ? lab.path(word) : word)),
      ...(args.includes('--host') ? ['-f', lab.path('hosts.yaml')] : []),
    ];
    for (const verb of ['apply', 'plan']) {
      const refused = lab.netctl([verb, ...(verb === 'apply' ? ['--yes', '--allow-mass-delete'] : []), ...words], {
        input: '',
      });
      expect(refused, verb).toMatchObject({ code, out: '' });
      expect(refused.err, verb).toContain(said);
    }
    expect(lab.snapshot()).toBe(settled);
  });

  test('a namespace that is not there', () => {
    const [node, program] = lab.command();
    for (const verb of ['apply', 'destroy', 'plan']) {
      const refused = spawn([
        node,
        program,
        verb,
        '--netns',
        'nct-nowhere',
        '-f',
        lab.path('spec.yaml'),
        '--state-dir',
        lab.path('state'),
        '--run-dir',
        lab.path('run'),
      ]);
      expect(refused, verb).toMatchObject({ code: 66, out: '' });
      expect(refused.err, verb).toContain('nct-nowhere');
    }
  });

  test('a plan that removes something, with nobody to ask', () => {
    const refused = lab.netctl(['apply'], { spec: spec(['vm-1', 'vm-2', 'vm-3', 'vm-4']) });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('--yes');
    expect(lab.netctl(['destroy'])).toMatchObject({ code: 1 });
    expect(lab.snapshot()).toBe(settled);
  });

  test.each([
    [
      'everything',
      'apiVersion: netctl/v1\n',
      /this would remove everything netctl has on this host \(\d+ resources\) {2}\[mass-delete\]/,
    ],
    [
      'more than half',
      spec([])
        .replace(/^ {2}back: .*\n/m, '')
        .replace('instances:\n', ''),
      /this would remove \d+ of the \d+ resources netctl has on this host {2}\[mass-delete\]/,
    ],
  ])('a plan that removes %s', (_name, text, said) => {
    for (const verb of [['apply', '--yes'], ['plan']]) {
      const refused = lab.netctl(verb, { spec: text });
      expect(refused, verb[0]).toMatchObject({ code: 1 });
      expect(refused.err, verb[0]).toMatch(said);
    }
    expect(lab.snapshot()).toBe(settled);
  });

  test('unless it is asked for; or what has left the spec is to stay', () => {
    const more = spec(['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5', 'vm-6']);
    must(lab.netctl(['apply', '--yes'], { spec: more }));
    const all = lab.snapshot();
    const kept = must(lab.netctl(['apply', '--yes', '--no-prune'], { spec: 'apiVersion: netctl/v1\n' }));
    expect(kept.err).toBe('');
    expect(lab.snapshot()).toBe(all);
    must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: 'apiVersion: netctl/v1\n' }));
    expect(lab.ip(lab.host, 'link show group 117')).toBe('');
    expect(lab.rules().join('\n')).not.toContain('netctl');
    expect(lab.processes()).toEqual([]);
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });
});
