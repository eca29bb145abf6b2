// test/driver/linux-daemons.test.ts — how the Linux driver starts, signals and ends daemons, found by their pid files.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { directory, driver, eachInItsDirectory, shell } from './scratch.ts';

eachInItsDirectory();

describe('a daemon', () => {
  /** Bears its mark as an argument, sets its traps, puts its number down, and does what the script says. */
  const daemon = (pidFile: string, script: string, traps = ''): readonly string[] => {
    const program = 'eval "$3"; echo $$ > "$1.new"; mv "$1.new" "$1"; exec >&- 2>&-; eval "$2"';
    return ['sh', '-c', program, 'sh', pidFile, script, traps];
  };
  /** A pid file is named for the program that writes it. */
  const program = basename(realpathSync('/bin/sh'));
  const run = (name: string, script: string, traps = ''): string => {
    const pidFile = `${directory}/${program}-${name}.pid`;
    const [command = '', ...args] = daemon(pidFile, script, traps);
    spawn(command, [...args, `--pid-file=${pidFile}`], { detached: true, stdio: 'ignore' }).unref();
    return pidFile;
  };
  const started = async (pidFile: string): Promise<number> => {
    for (let i = 0; i < 500 && !existsSync(pidFile); i++) await sleep(10);
    return Number(readFileSync(pidFile, 'utf8'));
  };

  test('that ends at TERM is gone when perform returns, also without its pid file', async () => {
    const pidFile = run('mild', 'while :; do sleep 0.05; done');
    await started(pidFile);
    rmSync(pidFile);
    await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
    expect(await driver.processes(`--pid-file=${directory}/`)).toEqual([]);
  });
  test('that does not heed TERM is killed', async () => {
    const pidFile = run('stubborn', 'while :; do sleep 0.05; done', 'trap "" TERM');
    await started(pidFile);
    await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
    expect(await driver.processes(`--pid-file=${directory}/`)).toEqual([]);
  });
  test('that somebody stopped is said to be, goes on when it is told to, and ends at TERM without being killed', async () => {
    const pidFile = run('stopped', 'while :; do sleep 0.05; done', `trap 'touch ${directory}/mildly; exit' TERM`);
    const pid = await started(pidFile);
    const stopped = async (): Promise<unknown> =>
      (await createLinuxDriver().processes(`--pid-file=${pidFile}`)).map((process) => process.stopped);
    const stop = async (): Promise<void> => {
      process.kill(pid, 'SIGSTOP');
      await vi.waitFor(async () => expect(await stopped()).toEqual([true]), 5_000);
    };
    expect(await stopped()).toEqual([undefined]);
    await stop();
    await driver.perform({ op: 'signal', pidFile, signal: 'CONT' });
    expect(await stopped()).toEqual([undefined]);
    await stop();
    await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
    expect([existsSync(`${directory}/mildly`), await stopped()]).toEqual([true, []]);
  });
  test('is signalled, and no other that bears its number or a longer name', async () => {
    const files = ['a', 'ab'].map((name) =>
      run(name, 'while :; do sleep 0.05; done', `trap 'echo hup >> ${directory}/${name}.log' HUP`),
    );
    for (const file of files) await started(file);
    writeFileSync(`${directory}/${program}-stale.pid`, readFileSync(`${directory}/${program}-ab.pid`));
    await driver.perform({ op: 'signal', pidFile: `${directory}/${program}-stale.pid`, signal: 'HUP' });
    await driver.perform({ op: 'signal', pidFile: `${directory}/${program}-a.pid`, signal: 'HUP' });
    for (let i = 0; i < 500 && !existsSync(`${directory}/a.log`); i++) await sleep(10);
    expect([existsSync(`${directory}/a.log`), existsSync(`${directory}/ab.log`)]).toEqual([true, false]);
    for (const pidFile of files) await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
  });
  test('is one, also while a worker that it forked is running', async () => {
    const pidFile = run('forking', 'while :; do sleep 0.05; done & while :; do sleep 0.05; done');
    const pid = await started(pidFile);
    for (
      let i = 0;
      i < 500 && execFileSync('pgrep', ['-c', '-f', `pid-file=${pidFile}`], { encoding: 'utf8' }).trim() !== '2';
      i++
    )
      await sleep(10);
    expect((await createLinuxDriver().processes(`--pid-file=${directory}/`)).map((process) => process.pid)).toEqual([
      pid,
    ]);
    await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
    expect(() => execFileSync('pgrep', ['-f', `pid-file=${pidFile}`])).toThrow();
  });
  for (const [name, argv, pidFile] of [
    ['another program', ['tail', '-f', '/dev/null', '--'], 'dnsmasq-lab.pid'],
    [
      'a script of that name',
      ['bash', '-c', 'exec -a dnsmasq bash -c "while :; do sleep 0.1; done" x "$@"', 'x'],
      'dnsmasq-lab.pid',
    ],
    [
      'another user',
      ['setpriv', '--reuid', '65534', '--clear-groups', 'tail', '-f', '/dev/null', '--'],
      'tail-lab.pid',
    ],
  ] as const) {
    test(`is not what says its mark, and is ${name}: it is neither found nor signalled`, async () => {
      const mark = `--pid-file=${directory}/${pidFile}`;
      const child = spawn(argv[0], [...argv.slice(1), mark], { stdio: 'ignore' });
      await vi.waitFor(() => {
        expect(readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8')).toMatch(/^(tail|dnsmasq)/);
      }, 5_000);
      expect(await createLinuxDriver().processes(`--pid-file=${directory}/`)).toEqual([]);
      for (const signal of ['HUP', 'TERM'] as const)
        await driver.perform({ op: 'signal', pidFile: `${directory}/${pidFile}`, signal });
      expect(child.exitCode ?? child.signalCode).toBeNull();
      expect(() => process.kill(child.pid ?? 0, 0)).not.toThrow();
      child.kill('SIGKILL');
    });
  }
  test('that never goes into the background is ended, with all that it has started', async () => {
    const impatient = createLinuxDriver({ left: () => 300.5 });
    await expect(
      impatient.perform({
        op: 'start',
        argv: shell(`sleep 1000 & echo $! >${directory}/child.pid; wait`),
        pidFile: `${directory}/none.pid`,
      }),
    ).rejects.toMatchObject({ stderr: expect.stringContaining('it did not end within 0.3 s') as string });
    const child = `/proc/${readFileSync(`${directory}/child.pid`, 'utf8').trim()}`;
    // A zombie has no arguments.
    await vi.waitFor(() => {
      expect(!existsSync(child) || readFileSync(`${child}/cmdline`, 'utf8') === '').toBe(true);
    }, 10_000);
  });
  test('that writes no pid file has not started', async () => {
    await expect(driver.perform({ op: 'start', argv: ['true'], pidFile: `${directory}/none.pid` })).rejects.toThrow(
      `it has not written ${directory}/none.pid`,
    );
  });
});
