// test/commands/command-line-scene.ts — netctl as a process of its own, in a directory with specs.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { specOf } from './bench.ts';

export const root = new URL('../..', import.meta.url).pathname;
export const program = join(root, 'dist/netctl.js');
export let directory = '';
export const at = (name: string): string => join(directory, name);

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function netctl(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Ended {
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: directory,
    encoding: 'utf8',
    input,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

export const VALID = 'valid: 1 network, 1 instance\n';
export const BOTH = 'valid: 1 network, 2 instances\n';

/** Registers the hooks that make the directory with its specs, and remove it. */
export function withSpecs(): void {
  beforeAll(() => {
    if (!existsSync(program)) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
    directory = mkdtempSync(join(tmpdir(), 'netctl-command-line-'));
    writeFileSync(at('one.yaml'), specOf('vm-1'));
    writeFileSync(at('two.yaml'), 'apiVersion: netctl/v1\ninstances:\n  vm-2: { nics: [{ network: lab }] }\n');
    writeFileSync(at('hosts.yaml'), 'apiVersion: netctl/v1\nhosts: { left: {}, right: {} }\n');
    writeFileSync(at('a b.yaml'), specOf());
    writeFileSync(at('bad.yaml'), specOf('vm-1').replace('flat-dhcp', 'flat_dhcp'));
    mkdirSync(at('empty'));
    mkdirSync(at('both'));
    for (const name of ['one.yaml', 'two.yaml']) symlinkSync(at(name), join(at('both'), name));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
}
