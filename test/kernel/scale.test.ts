// test/kernel/scale.test.ts — many instances: a second apply changes nothing, one more or less says only its own lines.
// NETCTL_SCALE=2000 for as many.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must, spawn } from './lab.ts';
import type { Ended } from './lab.ts';

const MANY = Number(env['NETCTL_SCALE'] ?? 200);
const TOOLS = ['ip', 'iptables-save', 'iptables-restore', 'sysctl', 'dnsmasq', 'dhcp_release'];
/** Whatever else is run changes something. */
const READS =
  /^(ip (-n \S+ )?(-[46] )?(-d )?(-N )?-[jo] (-d )?(addr|route|netns|link|rule) (show|list)( table (main|all))?|ip (-n \S+ )?-d -N -j neigh show nud permanent|(ip netns exec \S+ )?(iptables-save|sysctl -e [\w./ -]+|nft list chains|ip xfrm policy (list|getdefault)|sh -c for f; do \[ -r .*))$/;

let lab: Lab;
let before: string;
let PATH: string;
beforeAll(() => {
  lab = new Lab();
  before = lab.snapshot();
  // Each tool notes what it is asked to do, and does it.
  mkdirSync(lab.path('noted'));
  for (const tool of TOOLS) {
    const real = must(spawn(['sh', '-c', `command -v ${tool}`])).out.trim();
    chmodSync(
      lab.write(`noted/${tool}`, `#!/bin/sh\necho ${tool} "$@" >>${lab.path('commands')}\nexec ${real} "$@"\n`),
      0o755,
    );
  }
  PATH = `${lab.path('noted')}:${env['PATH'] ?? ''}`;
});
afterAll(() => lab.close());

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `vm-${String(i).padStart(5, '0')}`);
/** A bridge takes 1023 ports: every thousand has its own. The first word of an instance is its name. */
const spec = (instances: readonly string[]): string => `apiVersion: netctl/v1
networks:
${Array.from({ length: Math.ceil(MANY / 1000) }, (_, i) => `  n${i}: { mode: flat-dhcp, bridge: br-${i}, interface: null, cidr: 10.${20 + i}.0.0/16 }\n`).join('')}instances:
${instances
  .map((words) => words.split(' '))
  .map(
    ([name = '', ...more], i) =>
      `  ${name}: { nics: [{ network: n${Math.floor(i / 1000) % Math.ceil(MANY / 1000)}${more.join(' ')} }] }\n`,
  )
  .join('')}`;

function noted(args: readonly string[], text?: string): Ended & { readonly commands: readonly string[] } {
  rmSync(lab.path('commands'), { force: true });
  const ended = must(lab.netctl(args, { ...(text === undefined ? {} : { spec: text }), env: { PATH } }));
  return {
    ...ended,
    commands: existsSync(lab.path('commands')) ? readFileSync(lab.path('commands'), 'utf8').trim().split('\n') : [],
  };
}

/** The instances that a text speaks of. */
const mentioned = (text: string): ReadonlySet<string> => new Set(text.match(/vm-\d{5}/g));

test('all are made, by a number of commands that does not grow with them', () => {
  const { commands } = noted(['apply', '--yes'], spec(names(MANY)));
  expect(commands.length).toBeLessThan(45 + MANY / 100);
  expect(lab.ip(lab.host, '-o link show type tun').trim().split('\n')).toHaveLength(MANY);
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
});

test('a second apply only reads', () => {
  const { commands, out } = noted(['apply', '--yes']);
  expect(out).toContain('nothing to do');
  expect(commands.length).toBeGreaterThan(2);
  expect(commands.filter((command) => !READS.test(command))).toEqual([]);
});

test('whoever reads only the beginning of what is printed does not stop it', () => {
  const [node, program] = lab.command();
  const piped = (args: readonly string[], to: string): string =>
    must(
      spawn(['bash', '-c', `"$@" | ${to}; echo "\${PIPESTATUS[0]}"`, 'bash', node, program, ...lab.argumentsFor(args)]),
    ).out;
  lab.write('spec.yaml', spec(names(MANY).slice(1)));
  expect(piped(['plan'], 'true')).toBe('0\n');
  expect(piped(['export', '--as', 'json'], 'true')).toBe('0\n');
  expect(piped(['apply', '--yes'], 'true')).toBe('0\n');
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  // What could not be printed at all was not said.
  const full = spawn(['sh', '-c', 'exec "$@" >/dev/full', 'sh', node, program, ...lab.argumentsFor(['plan'])]);
  expect(full).toMatchObject({ code: 1, err: expect.stringMatching(/^netctl: standard output: .*ENOSPC/m) as unknown });
  must(lab.netctl(['apply', '--yes'], { spec: spec(names(MANY)) }));
});

for (const [what, instances, own] of [
  ['one more', [...names(MANY), 'vm-90000'], ['vm-90000']],
  ['one changed', [...names(MANY), 'vm-90000 , address: 10.20.200.9'], ['vm-90000']],
  ['one less', names(MANY), ['vm-90000']],
  ['one for another', names(MANY).map((name) => (name === 'vm-00100' ? 'vm-91000' : name)), ['vm-00100', 'vm-91000']],
] as const) {
  test(`${what}: the plan's commands are its own lines`, () => {
    const text = spec(instances);
    const commands = noted(['plan', '--commands'], text).out;
    expect([...mentioned(commands)].sort()).toEqual(own);
    expect(commands.split('\n').length).toBeLessThan(80);
    expect(commands).not.toContain('iptables');
    noted(['apply', '--yes']);
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  });
}

test('destroy takes all of them away', () => {
  noted(['destroy', '--yes']);
  expect(lab.snapshot()).toBe(before);
});
