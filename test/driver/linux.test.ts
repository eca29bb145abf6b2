// test/driver/linux.test.ts — what the Linux driver does with tools, files and failures that need no network.
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Op } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { MissingTool, missingTools } from '../../src/driver/missing-tool.ts';
import { buildProgram } from '../program.ts';
import { directory, driver, eachInItsDirectory, root, shell } from './scratch.ts';

eachInItsDirectory();

test('the last file of a directory takes it along, and one that is not the last does not', async () => {
  for (const name of ['networks/lab/hosts', 'networks/lab/names', 'networks/more/hosts'])
    await driver.perform({ op: 'write', path: `${directory}/${name}`, text: '' });
  await driver.perform({ op: 'remove', path: `${directory}/networks/lab/hosts` });
  expect(readdirSync(`${directory}/networks/lab`)).toEqual(['names']);
  await driver.perform({ op: 'remove', path: `${directory}/networks/lab/names` });
  expect(readdirSync(`${directory}/networks`)).toEqual(['more']);
});

describe('a tool', () => {
  test('that changes something is told by its number, one that reads is not', async () => {
    const numbers: number[] = [];
    const telling = createLinuxDriver({ onSpawn: (pid) => numbers.push(pid) });
    await telling.read(shell('exit 0'));
    await telling.perform({ op: 'run', argv: shell(`echo $$ > ${directory}/run`) });
    await telling.perform({ op: 'batch', tool: shell(`echo $$ > ${directory}/batch; cat`), lines: ['a'] });
    expect(numbers).toEqual(['run', 'batch'].map((name) => Number(readFileSync(`${directory}/${name}`, 'utf8'))));
  });
  test('speaks one language, whatever the operator’s', async () =>
    expect(await createLinuxDriver().read(shell('echo $LC_ALL'))).toBe('C\n'));
  test('gets an input of any size, whole', async () => {
    await driver.perform({
      op: 'run',
      argv: shell(`cat > ${directory}/copy`),
      stdin: 'a line of input\n'.repeat(100_000),
    });
    expect(statSync(`${directory}/copy`).size).toBe(1_600_000);
  });
  test('that fails is quoted', async () => {
    await expect(driver.perform({ op: 'run', argv: shell('echo no room >&2; exit 3') })).rejects.toMatchObject({
      exitCode: 3,
      stderr: 'no room\n',
    });
    await expect(createLinuxDriver().read(shell('echo out; echo no sense >&2; exit 4'))).rejects.toMatchObject({
      exitCode: 4,
      stderr: 'no sense\n',
    });
  });
  test('that is killed has failed', async () =>
    await expect(driver.perform({ op: 'run', argv: shell('kill -9 $$') })).rejects.toThrow('SIGKILL'));
  test('that waits for another is waited for', async () => {
    writeFileSync(`${directory}/leases`, 'held\n');
    await driver.perform({
      op: 'run',
      argv: shell(`(sleep 0.2; : > ${directory}/leases) >&- 2>&- &`),
      until: { path: `${directory}/leases`, lacks: 'held' },
    });
    expect(readFileSync(`${directory}/leases`, 'utf8')).toBe('');
  });
  test('says more than a pipe holds while nobody listens', async () => {
    const read = createLinuxDriver().read(shell(`seq 100000; touch ${directory}/ended`));
    const until = Date.now() + 5_000;
    // We are busy: nothing of ours goes on meanwhile.
    while (!existsSync(`${directory}/ended`) && Date.now() < until);
    expect(existsSync(`${directory}/ended`)).toBe(true);
    expect((await read).trimEnd().split('\n')).toHaveLength(100_000);
  });
  test('answers once a pass', async () => {
    const reader = createLinuxDriver();
    const count = shell(`echo x >> ${directory}/count; wc -l < ${directory}/count`);
    expect([await reader.read(count), await reader.read(count)]).toEqual(['1\n', '1\n']);
    reader.invalidate();
    expect(await reader.read(count)).toBe('2\n');
  });
});

describe('a missing tool', () => {
  test('is named when it is called', async () => {
    await expect(createLinuxDriver().read(['netctl-no-such-tool', '-x'])).rejects.toThrow(MissingTool);
    await expect(driver.perform({ op: 'run', argv: ['netctl-no-such-tool'] })).rejects.toThrow(
      'netctl-no-such-tool is not installed, or not in PATH',
    );
  });
  test('is known before anything is done, with the package that brings it', () => {
    writeFileSync(`${directory}/ip`, '', { mode: 0o755 });
    writeFileSync(`${directory}/sysctl`, '', { mode: 0o644 });
    const missing = missingTools(
      [
        { op: 'batch', tool: ['ip', '-batch', '-'], lines: [] },
        { op: 'run', argv: ['sysctl', '-w'] },
        { op: 'start', argv: ['dnsmasq'], pidFile: '/x' },
        { op: 'start', argv: ['dnsmasq', '-x'], pidFile: '/y' },
        { op: 'remove', path: '/x' },
      ],
      `/nowhere:${directory}`,
    );
    expect(missing.map(({ tool, debianPackage }) => [tool, debianPackage])).toEqual([
      ['sysctl', 'procps'],
      ['dnsmasq', 'dnsmasq-base'],
    ]);
  });
});

describe('a file', () => {
  test('has exactly the mode that is asked for, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await driver.perform({ op: 'write', path: `${directory}/open/a/b`, text: '', mode: 0o644, directoryMode: 0o711 });
      process.umask(0);
      await driver.perform({ op: 'write', path: `${directory}/closed/a`, text: '' });
    } finally {
      process.umask(before);
    }
    const modes = ['open', 'open/a', 'open/a/b', 'closed', 'closed/a'].map((path) =>
      (statSync(`${directory}/${path}`).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['711', '711', '644', '700', '600']);
  });
  test('that cannot be written is an error with its path, and leaves nothing', async () => {
    mkdirSync(`${directory}/a`);
    await expect(driver.perform({ op: 'write', path: `${directory}/a`, text: '' })).rejects.toThrow(
      `write ${directory}/a failed`,
    );
    expect(readdirSync(directory)).toEqual(['a']);
  });
  test('of an interrupted write is seen; links and directories are not', async () => {
    writeFileSync(`${directory}/hosts.new`, 'half');
    mkdirSync(`${directory}/empty`);
    execFileSync('ln', ['-s', '/etc/passwd', `${directory}/link`]);
    expect([...(await createLinuxDriver().files(directory))]).toEqual([[`${directory}/hosts.new`, 'half']]);
  });
});

describe('killed while a tool is running', () => {
  const bundle = join(root, 'perform.mjs');
  beforeAll(() => buildProgram(join(import.meta.dirname, 'perform.program.ts'), bundle));
  const launch = async (op: Op): Promise<void> => {
    writeFileSync(`${directory}/op.json`, JSON.stringify(op));
    const child = spawn(process.execPath, [bundle, directory], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (let i = 0; i < 1000 && !existsSync(`${directory}/begun`); i++) await sleep(10);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  };
  const isLocked = (): boolean => {
    const file = openSync(`${directory}/lock`, 'r');
    try {
      execFileSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
      return false;
    } catch {
      return true;
    } finally {
      closeSync(file);
    }
  };

  test('the tool reads its whole input, and only then the lock is free', async () => {
    const script = `touch ${directory}/begun; sleep 1; echo complaint >&2; cat > ${directory}/copy`;
    await launch({ op: 'run', argv: shell(script), stdin: 'line\n'.repeat(300_000) });
    expect(isLocked()).toBe(true);
    for (let i = 0; i < 1000 && isLocked(); i++) await sleep(10);
    expect(statSync(`${directory}/copy`).size).toBe(1_500_000);
  });
  test('a daemon does not hold the lock', async () => {
    const script = `(touch ${directory}/begun; exec sleep 5) >/dev/null 2>&1 &`;
    await launch({ op: 'start', argv: shell(script), pidFile: `${directory}/none.pid` });
    expect(isLocked()).toBe(false);
  });
});
