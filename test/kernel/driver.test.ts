// test/kernel/driver.test.ts — the Linux driver on a real kernel, and the script that does the same by hand.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Driver, Op } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { MissingTool } from '../../src/driver/missing-tool.ts';
import { renderScript } from '../../src/driver/script.ts';
import { dnsmasq, driverContract } from '../contracts/driver.ts';
import type { Scene } from '../contracts/driver.ts';
import { createNamespaces } from './namespaces.ts';

const namespaces = createNamespaces('drv');
const directories: string[] = [];

afterAll(async () => {
  for (const directory of directories) {
    for (const { pid } of await createLinuxDriver().processes(`--pid-file=${directory}/`)) process.kill(pid, 'SIGKILL');
    rmSync(directory, { recursive: true });
  }
  namespaces.removeAll();
});

function scene(): Scene & { readonly netns: string } {
  const netns = namespaces.add();
  const directory = mkdtempSync(join(tmpdir(), 'nct-driver-'));
  directories.push(directory);
  return { driver: createLinuxDriver({ netns }), directory, netns };
}

driverContract('the Linux driver', () => Promise.resolve(scene()));

/** As an operator would: with a shell, on the same sort of host. */
function byHand(ops: readonly Op[], netns: string): { readonly code: number | null; readonly err: string } {
  const { status, stderr } = spawnSync('/bin/sh', [], {
    input: renderScript(ops, { netns }),
    encoding: 'utf8',
    cwd: '/',
  });
  return { code: status, err: stderr };
}

const LINKS = [
  'link add name br1 group 117 address 02:00:00:00:00:01 type bridge',
  'link set dev br1 up',
  'address add 10.0.0.1/24 dev br1',
  'link set dev br1 alias "a \'b\' \\\\ $HOME `id`"',
];
const RULES = '*filter\n:netctl-x - [0:0]\n-A netctl-x -m comment --comment "a $HOME `id` \\\\ b" -j ACCEPT\nCOMMIT\n';

const opsIn = (directory: string, start: readonly string[]): readonly Op[] => [
  { op: 'batch', tool: ['ip', '-batch', '-'], lines: LINKS.slice(0, 2) },
  { op: 'batch', tool: ['ip', '-batch', '-'], lines: LINKS.slice(2) },
  { op: 'run', argv: ['iptables-restore', '-w', '5', '--noflush'], stdin: RULES },
  { op: 'run', argv: ['ip', 'link', 'set', 'dev', 'br1', 'mtu', '1400'] },
  { op: 'write', path: `${directory}/deep/er/plain`, text: "it's $HOME `id` \\\nEND\nEND_\n" },
  { op: 'write', path: `${directory}/deep/no end`, text: "no line end: ' \\", mode: 0o644, directoryMode: 0o711 },
  { op: 'write', path: `${directory}/seen/hosts`, text: '', mode: 0o644, directoryMode: 0o711 },
  { op: 'write', path: `${directory}/away`, text: 'x' },
  { op: 'write', path: `${directory}/lines`, text: "a\nit's $b\nz\n" },
  { op: 'edit', path: `${directory}/lines`, remove: ["it's $b"], add: ['-n', '\\n', 'B', 'é'] },
  { op: 'remove', path: `${directory}/away` },
  { op: 'remove', path: `${directory}/never` },
  { op: 'start', argv: start, pidFile: `${directory}/dnsmasq-lab.pid` },
  { op: 'signal', pidFile: `${directory}/dnsmasq-lab.pid`, signal: 'HUP' },
];

async function portrait(driver: Driver, directory: string): Promise<unknown> {
  const files = await driver.files(directory);
  const links = (await driver.read(['ip', '-d', 'addr', 'show', 'dev', 'br1'])).replaceAll(
    /^\d+:|(?<=fe80::)\S+|\w+_lft \w+|hello_timer.*$|[\w:.-]*designated\S* \S+|state \w+|gc_timer +\S+/gm,
    '',
  );
  const chains = (await driver.read(['iptables-save'])).replaceAll(/^#.*$/gm, '').replaceAll(/\[\d+:\d+\]/g, '');
  return {
    links: links.split('\n').slice(0, 2),
    alias: /alias .*/.exec(links)?.[0],
    chains,
    files: [...files].map(([path, text]) => [
      path.replace(directory, ''),
      path.endsWith('.pid') ? 'a number' : text,
      path.endsWith('.pid') ? '' : statSync(path).mode.toString(8),
    ]),
    directories: ['deep', 'deep/er', 'seen'].map((path) => statSync(`${directory}/${path}`).mode.toString(8)),
    processes: (await driver.processes(`--pid-file=${directory}/`)).map(({ argv }) =>
      argv.map((word) => word.replace(directory, '')),
    ),
  };
}

test('the script leaves the host that performing leaves', async () => {
  const portraits = await Promise.all(
    ['performed', 'by hand'].map(async (how) => {
      const { driver, directory, netns } = scene();
      const start = [
        'dnsmasq',
        '--conf-file=',
        `--pid-file=${directory}/dnsmasq-lab.pid`,
        '--user=root',
        '--port=0',
        '--no-resolv',
        '--bind-interfaces',
        '--interface=br1',
        `--dhcp-hostsfile=${directory}/seen/hosts`,
        `--dhcp-leasefile=${directory}/leases`,
      ];
      const ops = opsIn(directory, start);
      if (how === 'performed') for (const op of ops) await driver.perform(op);
      else expect(byHand(ops, netns)).toEqual({ code: 0, err: '' });
      const seen = await portrait(driver, directory);
      // Whoever cannot make it go on has to kill it, and it leaves its pid file.
      for (const { pid } of await driver.processes(`--pid-file=${directory}/`)) process.kill(pid, 'SIGSTOP');
      const end: Op = { op: 'signal', pidFile: `${directory}/dnsmasq-lab.pid`, signal: 'TERM' };
      if (how === 'performed') await driver.perform(end);
      else expect(byHand([end, end], netns)).toEqual({ code: 0, err: '' });
      driver.invalidate();
      expect(await driver.processes(`--pid-file=${directory}/`)).toEqual([]);
      expect(existsSync(`${directory}/dnsmasq-lab.pid`)).toBe(false);
      return seen;
    }),
  );
  expect(portraits[1]).toEqual(portraits[0]);
  expect(portraits[0]).toMatchObject({
    alias: "alias a 'b' \\\\ $HOME `id`",
    directories: ['40700', '40700', '40711'],
  });
});

test('the script stops at the first command that fails', () => {
  const { directory, netns } = scene();
  const { code } = byHand(
    [
      { op: 'run', argv: ['ip', 'link', 'set', 'dev', 'nowhere', 'up'] },
      { op: 'write', path: `${directory}/after`, text: '' },
    ],
    netns,
  );
  expect(code).not.toBe(0);
  expect(() => readFileSync(`${directory}/after`)).toThrow('ENOENT');
});

test('a process in another network namespace than the host is said to be astray', async () => {
  const { driver, directory } = scene();
  const { start, pidFile } = await dnsmasq(driver, directory);
  await driver.perform({ op: 'start', argv: start, pidFile });
  expect((await driver.processes(`--pid-file=${directory}/`)).map(({ argv, astray }) => [argv, astray])).toEqual([
    [start, undefined],
  ]);
  const elsewhere = createLinuxDriver({ netns: namespaces.add() });
  expect((await elsewhere.processes(`--pid-file=${directory}/`)).map(({ argv, astray }) => [argv, astray])).toEqual([
    [start, true],
  ]);
});

test("an op's own namespace replaces the driver's", async () => {
  const [{ driver }, other] = [scene(), namespaces.add()];
  await driver.perform({
    op: 'batch',
    tool: ['ip', '-batch', '-'],
    lines: ['link add name brx type bridge'],
    netns: other,
  });
  await driver.perform({ op: 'run', argv: ['ip', 'link', 'add', 'name', 'bry', 'type', 'bridge'], netns: other });
  expect(await driver.read(['ip', 'link', 'show'])).not.toMatch(/br[xy]/);
  expect(await driver.read(['ip', 'link', 'show'], other)).toMatch(/brx[^]*bry/);
});

test('a tool that is missing is named, also behind the way into the namespace', async () => {
  const { driver } = scene();
  await expect(driver.perform({ op: 'run', argv: ['netctl-no-such-tool', '-x'] })).rejects.toThrow(MissingTool);
  await expect(driver.read(['netctl-no-such-tool', '-x'])).rejects.toThrow(
    'netctl-no-such-tool is not installed, or not in PATH',
  );
});
