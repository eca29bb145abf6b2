// test/kernel/tools.test.ts — with the tools of the README's packages alone all can be done; without one of them an
// apply either says so and changes nothing, or all that comes after it can be done, too.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packages } from '../../src/driver/missing-tool.ts';
import { Lab, must, spawn } from './lab.ts';
import type { Ended } from './lab.ts';

const SPEC = `apiVersion: netctl/v1
hosts:
  h1: { publicInterface: eth1 }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  office: { mode: flat-dhcp, interface: eth2, cidr: 10.0.0.0/24, gateway: 10.0.0.1, dhcp: { server: 10.0.0.9 } }
pools:
  public: { ranges: [203.0.113.64/27] }
instances:
  web-1: { nics: [{ network: blue, device: { type: tap, name: tap-web-1 }, floating: [203.0.113.70] }] }
  web-2: { nics: [{ network: office, device: { type: tap, name: tap-web-2 }, floating: [203.0.113.71] }] }
`;

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.write('spec.yaml', SPEC);
  mkdirSync(lab.path('bin'));
  for (const tool of Object.keys(packages))
    symlinkSync(must(spawn(['sh', '-c', `command -v "$1"`, 'sh', tool])).out.trim(), join(lab.path('bin'), tool));
});
afterEach(() => lab.close());

/** On a host that has just these tools. */
const netctl = (...args: readonly string[]): Ended =>
  lab.netctl([...args, '--host', 'h1'], { env: { PATH: lab.path('bin') } });
const destroy = (): Ended =>
  lab.netctl(['destroy', '--yes', '--host', 'h1'], { spec: null, env: { PATH: lab.path('bin') } });

describe('with all of them', () => {
  test('a plan is rehearsed, done, rolled back, gone back to and removed', () => {
    const before = lab.snapshot();
    for (const [args, code] of [
      [['plan', '--rehearse'], 0],
      [['apply', '--yes', '--confirm-timeout', '5s'], 5],
      [['apply', '--yes', '--rehearse'], 0],
      [['apply', '--yes'], 0],
      [['status'], 0],
      [['rollback', '--yes'], 0],
      [['apply', '--yes', '--atomic'], 0],
    ] as const) {
      const ended = netctl(...args);
      expect(ended, args.join(' ')).toMatchObject({ code });
      expect(ended.err).not.toContain('not installed');
    }
    expect(destroy()).toMatchObject({ code: 0 });
    expect(lab.snapshot()).toBe(before);
  });
});

/** Those that only a watch and a repository need. */
const NOT_HERE = ['git', 'gpg', 'ssh-keygen', 'systemd-notify'];

describe('without', () => {
  for (const [tool, debianPackage] of Object.entries(packages).filter(([name]) => !NOT_HERE.includes(name))) {
    test(tool, () => {
      const before = lab.snapshot();
      rmSync(join(lab.path('bin'), tool));
      for (const back of [() => netctl('rollback', '--yes'), destroy]) {
        const ended = netctl('apply', '--yes');
        if (ended.code === 69)
          expect(ended.err).toMatch(
            new RegExp(`(^|\\W)${tool} is not installed, or not in PATH \\(Debian package ${debianPackage}\\)`),
          );
        else {
          expect(ended).toMatchObject({ code: 0 });
          expect(back()).toMatchObject({ code: 0 });
        }
        expect(lab.snapshot()).toBe(before);
      }
    });
  }
});
