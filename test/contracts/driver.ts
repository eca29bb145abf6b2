// test/contracts/driver.ts — what the core relies on in a driver: the same on a fake host and on a real one.
import { describe, expect, test } from 'vitest';
import { DriverError } from '../../src/core/resource.ts';
import type { Driver, Op } from '../../src/core/resource.ts';

/** A bare host, and a directory on it that is ours. */
export interface Scene {
  readonly driver: Driver;
  readonly directory: string;
}

const batch = (...lines: readonly string[]): Op => ({ op: 'batch', tool: ['ip', '-batch', '-'], lines });
const SHOW = ['ip', '-j', '-d', 'addr', 'show'];

export function driverContract(name: string, scene: () => Promise<Scene>): void {
  const links = async (driver: Driver): Promise<readonly string[]> =>
    [...(await driver.read(SHOW)).matchAll(/"ifname":"(br\w+)"/g)].map(([, link = '']) => link).sort();

  describe(name, () => {
    describe("op: 'batch'", () => {
      test('does its lines in order', async () => {
        const { driver } = await scene();
        await driver.perform({
          op: 'batch',
          tool: ['ip', '-batch', '-'],
          lines: ['link add name br1 type bridge', 'link set dev br1 up', 'address add 10.0.0.1/24 dev br1'],
        });
        expect(await driver.read(SHOW)).toContain('10.0.0.1');
      });
      test('stops at the first that is refused, and says which', async () => {
        const { driver } = await scene();
        const error = await refusal(
          driver,
          batch(
            'link add name br1 type bridge',
            'link add name br2 type bridge',
            'link add name br1 type bridge',
            'link add name br3 type bridge',
          ),
        );
        expect(error.line).toBe(2);
        expect(error.message).toContain('link add name br1 type bridge');
        expect(error.message).toContain('File exists');
        expect(await links(driver)).toEqual(['br1', 'br2']);
      });
    });

    describe("op: 'run'", () => {
      test('hands over the input', async () => {
        const { driver } = await scene();
        await driver.perform({
          op: 'run',
          argv: ['iptables-restore', '-w', '5', '--noflush'],
          stdin: '*filter\n:netctl-x - [0:0]\nCOMMIT\n',
        });
        expect(await driver.read(['iptables-save'])).toContain(':netctl-x - [0:0]');
      });
      test('that is refused is an error with exit code and what was said', async () => {
        const { driver } = await scene();
        const error = await refusal(driver, {
          op: 'run',
          argv: ['iptables-restore', '-w', '5', '--noflush'],
          stdin: '*filter\n-X netctl-x\nCOMMIT\n',
        });
        expect(error.exitCode).toBe(1);
        expect(error.command).toContain('iptables-restore -w 5 --noflush');
        expect(error.stderr).toMatch(/\S/);
      });
    });

    describe("op: 'write'", () => {
      test('makes the file and its directories', async () => {
        const { driver, directory } = await scene();
        await driver.perform({ op: 'write', path: `${directory}/a/b/c`, text: 'x\nü' });
        expect([...(await driver.files(directory))]).toEqual([[`${directory}/a/b/c`, 'x\nü']]);
      });
      test('replaces it', async () => {
        const { driver, directory } = await scene();
        for (const text of ['long before\n', '']) await driver.perform({ op: 'write', path: `${directory}/a`, text });
        expect([...(await driver.files(directory))]).toEqual([[`${directory}/a`, '']]);
      });
    });

    describe("op: 'edit'", () => {
      for (const [what, text, remove, add, after] of [
        ['puts lines in where they belong', 'a\nc\n', [], ['d', 'b', '-x'], '-x\na\nb\nc\nd\n'],
        ['takes out whole lines, not parts of lines', 'a\naa\na.\n', ['a', 'no such'], [], 'a.\naa\n'],
        ['does both, also down to nothing', "it's $a\n", ["it's $a"], [], ''],
        ['knows each line once, in the order of its bytes', 'b\nB\n', [], ['b', 'ü', 'Z'], 'B\nZ\nb\nü\n'],
      ] as const)
        test(what, async () => {
          const { driver, directory } = await scene();
          await driver.perform({ op: 'write', path: `${directory}/a`, text });
          await driver.perform({ op: 'edit', path: `${directory}/a`, remove, add });
          expect([...(await driver.files(directory))]).toEqual([[`${directory}/a`, after]]);
        });
    });

    describe("op: 'remove'", () => {
      test('takes the file, and no other', async () => {
        const { driver, directory } = await scene();
        for (const file of ['a', 'b/c', 'b/d'])
          await driver.perform({ op: 'write', path: `${directory}/${file}`, text: '' });
        await driver.perform({ op: 'remove', path: `${directory}/b/c` });
        expect([...(await driver.files(directory)).keys()]).toEqual([`${directory}/a`, `${directory}/b/d`]);
      });
      test('of what is not there does nothing', async () => {
        const { driver, directory } = await scene();
        await driver.perform({ op: 'remove', path: `${directory}/no/such` });
        expect((await driver.files(directory)).size).toBe(0);
      });
    });

    describe("op: 'start', op: 'signal'", () => {
      test('a daemon runs under its mark until it is told to end', async () => {
        const { driver, directory } = await scene();
        const { start, pidFile } = await dnsmasq(driver, directory);
        await driver.perform({ op: 'start', argv: start, pidFile });
        expect((await driver.processes(`--pid-file=${directory}/`)).map(({ argv }) => argv)).toEqual([start]);
        expect((await driver.files(directory)).get(pidFile)).toMatch(/^\d+\n$/);
        await driver.perform({ op: 'signal', pidFile, signal: 'HUP' });
        expect(await driver.processes(`--pid-file=${directory}/`)).toHaveLength(1);
        await driver.perform({ op: 'signal', pidFile, signal: 'TERM' });
        expect(await driver.processes(`--pid-file=${directory}/`)).toEqual([]);
      });
      test('one that cannot start is an error', async () => {
        const { driver, directory } = await scene();
        const { start, pidFile } = await dnsmasq(driver, directory);
        const error = await refusal(driver, {
          op: 'start',
          argv: start.map((word) => word.replace('10.0.0.1', '10.9.9.9')),
          pidFile,
        });
        expect(error.stderr).toContain('10.9.9.9');
      });
      for (const signal of ['HUP', 'TERM', 'CONT'] as const)
        test(`${signal} to nobody does nothing`, async () => {
          const { driver, directory } = await scene();
          await driver.perform({ op: 'signal', pidFile: `${directory}/none.pid`, signal });
          expect(await driver.processes(`--pid-file=${directory}/`)).toEqual([]);
        });
    });

    describe('reading', () => {
      test('what fails is an error', async () => {
        const { driver } = await scene();
        await expect(driver.read(['ip', '-j', '-d', 'addr', 'show'], 'nct-no-such-namespace')).rejects.toThrow(
          DriverError,
        );
      });
      test('a directory that is not there has no files', async () => {
        const { driver, directory } = await scene();
        expect((await driver.files(`${directory}/none`)).size).toBe(0);
      });
      test('sees what was performed meanwhile', async () => {
        const { driver } = await scene();
        expect(await links(driver)).toEqual([]);
        await driver.perform(batch('link add name br1 type bridge'));
        expect(await links(driver)).toEqual(['br1']);
      });
    });
  });
}

/** One that can start. */
export async function dnsmasq(
  driver: Driver,
  directory: string,
): Promise<{ readonly start: readonly string[]; readonly pidFile: string }> {
  await driver.perform(
    batch('link add name br1 type bridge', 'link set dev br1 up', 'address add 10.0.0.1/24 dev br1'),
  );
  for (const file of ['hosts', 'options', 'leases'])
    await driver.perform({ op: 'write', path: `${directory}/${file}`, text: '' });
  const pidFile = `${directory}/dnsmasq-lab.pid`;
  return {
    pidFile,
    start: [
      'dnsmasq',
      '--conf-file=',
      `--pid-file=${pidFile}`,
      '--user=root',
      '--bind-interfaces',
      '--interface=br1',
      '--listen-address=10.0.0.1',
      '--except-interface=lo',
      '--no-resolv',
      '--no-hosts',
      '--dhcp-range=set:lab,10.0.0.0,static,255.255.255.0,120s',
      `--dhcp-hostsfile=${directory}/hosts`,
      `--dhcp-optsfile=${directory}/options`,
      `--dhcp-leasefile=${directory}/leases`,
    ],
  };
}

async function refusal(driver: Driver, op: Op): Promise<DriverError> {
  try {
    await driver.perform(op);
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error(`${op.op} was not refused`);
}
