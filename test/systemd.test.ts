// test/systemd.test.ts — the unit is one that systemd takes as it stands, and says what netctl says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GENERATIONS } from '../src/generations/file.ts';
import { DEFAULTS } from '../src/pipeline/settings.ts';
import { exit } from '../src/report/exit-codes.ts';

const path = new URL('../systemd/netctl.service', import.meta.url).pathname;
const unit = readFileSync(path, 'utf8');
const unconfirmed = readFileSync(new URL('../systemd/netctl-unconfirmed.service', import.meta.url).pathname, 'utf8');
const { status } = spawnSync('systemd-analyze', ['--version']);

/** What systemd objects to in a unit of this text; other units of the machine are none of our business. */
function objections(text: string, name = 'netctl.service'): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'nct-unit-'));
  try {
    writeFileSync(join(directory, name), text);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(directory, name)], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return `${stdout}${stderr}`.split('\n').filter((line) => line.includes('netctl'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.skipIf(status !== 0)('systemd', () => {
  test('takes it as it is', () => expect(objections(unit)).toEqual([]));
  test('takes the one for a reboot as it is', () =>
    expect(objections(unconfirmed, 'netctl-unconfirmed.service')).toEqual([]));
  for (const [name, text] of [
    ['a setting that it does not know', unit.replace('KillMode=', 'KillMood=')],
    ['a value that it does not know', unit.replace('Restart=on-failure', 'Restart=on-wednesday')],
    ['a group of system calls that does not exist', unit.replace('@mount', '@mound')],
    ['a program that is not there', unit.replace('\nExecStart=/usr/bin/env', '\nExecStart=/usr/bin/nowhere')],
  ] as const) {
    test(`would object to ${name}`, () => expect(objections(text)).not.toEqual([]));
  }

  test('finds it less exposed than a service that says nothing', () => {
    const { stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    const [, exposure = '10'] = /exposure level for netctl\.service: ([0-9.]+)/.exec(`${stdout}${stderr}`) ?? [];
    expect(Number(exposure)).toBeLessThan(5.5);
  });
});

test('what would be as wrong the next time is not tried again', () =>
  expect(valuesOf('RestartPreventExitStatus')).toEqual([`${exit.usage} ${exit.noPrivilege}`]));
test('what was rolled back after a reboot is no failure', () => {
  expect(unconfirmed).toContain(`SuccessExitStatus=${exit.rolledBack} ${exit.unconfirmed}\n`);
  expect(unconfirmed).toContain(`ConditionPathExists=/var/lib/netctl/${GENERATIONS[1]}\n`);
});
test('its directories are those of the command line', () => {
  expect(DEFAULTS.stateDir).toBe(`/var/lib/${valuesOf('StateDirectory').join('')}`);
  expect(DEFAULTS.runDir).toBe(`/run/${valuesOf('RuntimeDirectory').join('')}`);
});
test('the uplinks have the addresses that somebody configures by then', () => {
  for (const text of [unit, unconfirmed]) {
    expect(text).toMatch(/^Wants=network-online\.target$/m);
    expect(text).toMatch(/^After=.*\bnetwork-online\.target\b/m);
  }
});
test('what guests need outlives it', () =>
  expect([valuesOf('KillMode'), valuesOf('RuntimeDirectoryPreserve'), valuesOf('OOMPolicy')]).toEqual([
    ['process'],
    ['yes'],
    ['continue'],
  ]));

function valuesOf(key: string): readonly string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}
