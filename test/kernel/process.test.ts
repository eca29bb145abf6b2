// test/kernel/process.test.ts — a real dnsmasq through the real driver: started, told, ended; its leases released; and
// found whatever became of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Driver, Running } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { createFileKind } from '../../src/kinds/file/index.ts';
import type { File } from '../../src/kinds/file/model.ts';
import { lease } from '../../src/kinds/lease/index.ts';
import type { Lease } from '../../src/kinds/lease/model.ts';
import { createProcessKind } from '../../src/kinds/process/index.ts';
import type { Process } from '../../src/kinds/process/model.ts';
import { Bench } from '../kinds/bench.ts';
import { createNamespaces } from './namespaces.ts';

const MAC = '02:00:00:00:00:0a';
const namespaces = createNamespaces('dns');
const root = mkdtempSync(join(tmpdir(), 'nct-process-'));
const [run, networks] = [join(root, 'run'), join(root, 'networks')];
const pidFile = `${run}/dnsmasq-lab.pid`;
const leases = `${networks}/leases`;
let [host, guest] = ['', ''];
let driver: Driver;
let bench: Bench;

beforeAll(async () => {
  [host, guest] = [namespaces.add(), namespaces.add()];
  driver = createLinuxDriver({ netns: host });
  bench = new Bench(driver, [createFileKind([networks]), createProcessKind(run), lease]);
  await driver.perform({
    op: 'batch',
    tool: ['ip', '-batch', '-'],
    lines: [
      'link add name br1 type bridge forward_delay 0',
      'address add 10.0.0.1/24 dev br1',
      'link set dev br1 up',
      `link add name tap1 type veth peer name eth0 netns ${guest} address ${MAC}`,
      'link set dev tap1 master br1 up',
    ],
  });
  await driver.perform({ op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link set dev eth0 up'], netns: guest });
});
afterAll(async () => {
  for (const { pid } of await servers()) process.kill(pid, 'SIGKILL');
  namespaces.removeAll();
  rmSync(root, { recursive: true });
});

type Wanted = readonly (File | Process | Lease)[];

function wanted(hosts: string, names: string, more: readonly string[] = []): Wanted {
  const files: readonly File[] = [
    { kind: 'file', path: `${networks}/hosts`, text: hosts },
    { kind: 'file', path: `${networks}/names`, text: names },
    { kind: 'file', path: leases },
  ];
  const argv = [
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
    `--dhcp-hostsfile=${networks}/hosts`,
    `--addn-hosts=${networks}/names`,
    `--dhcp-leasefile=${leases}`,
    ...more,
  ];
  return [
    ...files,
    { kind: 'process', name: 'dnsmasq-lab', argv, config: `${hosts.trim()} ${names.trim()}`, on: [] },
    ...hosts.split('\n').flatMap((line): Lease[] => {
      const [mac, ip] = line.split(',');
      return mac === undefined || ip === undefined
        ? []
        : [{ kind: 'lease', link: 'br1', ip, mac, file: leases, cidr: '10.0.0.0/24', server: 'dnsmasq-lab' }];
    }),
  ];
}

async function servers(): Promise<readonly Running[]> {
  driver.invalidate();
  return await driver.processes(`--pid-file=${run}/`);
}

/** What the server answers for a name; it reads its files a moment after the signal. */
async function resolves(name: string, address: string): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    const { stdout } = spawnSync('ip', ['netns', 'exec', host, 'busybox', 'nslookup', name, '10.0.0.1'], {
      encoding: 'utf8',
    });
    if (stdout.includes(`Address: ${address}`) || stdout.includes(`Address 1: ${address}`)) return true;
    await sleep(50);
  }
  return false;
}

const first = wanted(`${MAC},10.0.0.3,one\n`, '10.0.0.3 one.lab\n');
const second = wanted(`${MAC},10.0.0.4,two\n`, '10.0.0.4 two.lab\n');

test('it starts, and answers', async () => {
  await bench.apply(first);
  expect(await resolves('one.lab', '10.0.0.3')).toBe(true);
  expect((await bench.plan(first)).steps).toEqual([]);
});

test('its files change: the same process reads them again, and the lease of the old address is released', async () => {
  const before = await servers();
  const { status, stderr } = spawnSync(
    'ip',
    ['netns', 'exec', guest, 'busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-t', '20', '-T', '1', '-s', '/bin/true'],
    { encoding: 'utf8' },
  );
  expect(stderr).toContain('lease of 10.0.0.3 obtained');
  expect(status).toBe(0);
  expect(readFileSync(leases, 'utf8')).toContain(` ${MAC} 10.0.0.3 `);
  expect((await bench.plan(first)).steps).toEqual([]);
  const ops = await bench.apply(second);
  expect(ops.flatMap((op) => (op.op === 'run' ? [op.argv.join(' ')] : op.op === 'signal' ? [op.signal] : []))).toEqual([
    'HUP',
    `dhcp_release br1 10.0.0.3 ${MAC}`,
  ]);
  expect(readFileSync(leases, 'utf8')).not.toContain('10.0.0.3');
  expect((await bench.plan(second)).steps).toEqual([]);
  expect(await resolves('two.lab', '10.0.0.4')).toBe(true);
  expect((await servers()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});

test('its arguments change: another process runs, alone', async () => {
  const before = await servers();
  const third = wanted(`${MAC},10.0.0.4,two\n`, '10.0.0.4 two.lab\n', ['--domain=lab']);
  await bench.apply(third);
  const after = await servers();
  expect(after).toHaveLength(1);
  expect(after[0]?.argv).toContain('--domain=lab');
  expect(after[0]?.pid).not.toBe(before[0]?.pid);
  await bench.apply(second);
});

test('it loses its pid file: it is known all the same', async () => {
  const before = await servers();
  rmSync(pidFile);
  await bench.apply(first);
  expect(await resolves('one.lab', '10.0.0.3')).toBe(true);
  expect((await servers()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});

test('it is killed: it is missing, and starts again', async () => {
  for (const { pid } of await servers()) process.kill(pid, 'SIGKILL');
  for (let i = 0; i < 500 && (await servers()).length > 0; i++) await sleep(10);
  expect([...(await bench.observe(first)).keys()]).not.toContain('process dnsmasq-lab');
  await bench.apply(first);
  expect(await servers()).toHaveLength(1);
  expect((await bench.plan(first)).steps).toEqual([]);
});

test('it is stopped: that differs, and it goes on', async () => {
  const before = await servers();
  for (const { pid } of before) process.kill(pid, 'SIGSTOP');
  await vi.waitFor(async () => expect((await servers()).map(({ stopped }) => stopped)).toEqual([true]), 5_000);
  expect((await bench.apply(second)).flatMap((op) => (op.op === 'signal' ? [op.signal] : []))).toEqual(['CONT', 'HUP']);
  expect((await bench.plan(second)).steps).toEqual([]);
  expect(await resolves('two.lab', '10.0.0.4')).toBe(true);
  expect((await servers()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});

test('nobody wants it: it is gone, and its files with it', async () => {
  await bench.apply([]);
  expect(await servers()).toEqual([]);
  driver.invalidate();
  expect([...(await driver.files(root)).keys()]).toEqual([]);
});
