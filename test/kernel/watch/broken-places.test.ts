// test/kernel/watch/broken-places.test.ts — what a watch keeps its things in is full, damaged or taken away while it
// runs; and another wants its place.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askStatus } from '../../../src/service/socket.ts';
import { Lab, must, spawn } from '../lab.ts';
import { usedBy } from './enemy.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let watch: RunningWatch | undefined;
const mounts: string[] = [];

beforeEach(() => {
  lab = new Lab();
});
afterEach(async () => {
  await watch?.end('SIGKILL');
  for (const path of mounts.splice(0)) spawn(['umount', '-l', path]);
  lab.close();
});

/** `count` networks, the first of which deals addresses. */
const spec = (count: number): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, interface: eth1, cidr: 192.168.50.0/24 }
${Array.from({ length: count - 1 }, (_, i) => `  n${i + 2}: { mode: flat, interface: null, cidr: 10.0.${i + 2}.0/24 }\n`).join('')}instances:
${Array.from({ length: count }, (_, i) => `  vm-${i + 1}: { nics: [{ network: lab }] }\n`).join('')}`;

async function started(): Promise<RunningWatch> {
  lab.write('spec.yaml', spec(2));
  watch = new RunningWatch(lab);
  await watch.says('ready');
  return watch;
}

/** A file system of its own, with room for little. */
function small(path: string): void {
  mkdirSync(path, { recursive: true });
  must(spawn(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'none', path]));
  mounts.push(path);
}

/** To the last byte. */
function fill(path: string): string {
  const filler = `${path}/filler`;
  const file = openSync(filler, 'w');
  try {
    for (const size of [4096, 1]) {
      const piece = Buffer.alloc(size);
      try {
        while (writeSync(file, piece) > 0);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    }
  } finally {
    closeSync(file);
  }
  return filler;
}

const bridges = (): number => (JSON.parse(lab.ip(lab.host, '-j link show type bridge')) as readonly unknown[]).length;
const input = (): string => must(lab.in(lab.host, ['iptables', '-S', 'netctl-INPUT'])).out;
const emptyInput = (): unknown => must(lab.in(lab.host, ['iptables', '-F', 'netctl-INPUT']));
const allocations = (): string => readFileSync(lab.state('allocations.json'), 'utf8');

describe('no room', () => {
  test('where addresses are kept: what needs none goes on, a new spec waits, and says for what', async () => {
    small(lab.path('state'));
    const running = await started();
    const [settled, kept] = [lab.snapshot(), allocations()];
    const filler = fill(lab.path('state'));
    emptyInput();
    lab.ip(lab.host, 'link del dev br-n2');
    await running.until(() => lab.snapshot() === settled, 'the host is as it was');
    lab.write('spec.yaml', spec(3));
    // On a slow machine it may still want to keep what the repair has taught it, and cannot either.
    await running.until(
      () =>
        running
          .status()
          .obstacle?.message.includes(`${lab.state('generations')}/2/record.json cannot be written: ENOSPC`),
      'status says that there is no room, and for what',
    );
    expect(readdirSync(lab.state('generations'))).toEqual(['1']);
    expect(allocations()).toBe(kept);
    expect(bridges()).toBe(2);
    rmSync(filler);
    await running.until(() => bridges() === 3, 'the new spec is applied');
    await running.until(
      () => running.status().settled && running.status().obstacle === undefined,
      'it says that all is well',
    );
    await running.until(
      () => readFileSync(lab.state('spec-in-force.json'), 'utf8').includes('10.0.3.0/24'),
      'the spec is kept for the next start',
    );
    expect(await running.end()).toBe(143);
    expect(must(lab.netctl(['plan', '--detailed-exitcode'])).out).toContain('nothing to do');
  });

  test('where the lock is: rules are repaired all the same', async () => {
    small(lab.path('run'));
    const running = await started();
    const settled = lab.snapshot();
    const filler = fill(lab.path('run'));
    emptyInput();
    await running.until(() => lab.snapshot() === settled, 'the host is as it was');
    rmSync(filler);
    await running.until(() => running.status().settled, 'it says that all is well');
  });

  test('for its log, that nobody reads any more: it goes on', async () => {
    const running = await started();
    const settled = lab.snapshot();
    running.deafen();
    for (let round = 0; round < 3; round++) {
      emptyInput();
      await running.until(() => lab.snapshot() === settled, 'the host is as it was');
    }
    expect(await running.end()).toBe(143);
  });
});

describe('what it keeps', () => {
  test('is damaged: that is said, the file stays as it is, and once it is mended all goes on', async () => {
    const running = await started();
    // The last look that asks for it without a new reason.
    await running.says('checked', { having: ({ whole }) => whole === true });
    const [settled, kept] = [lab.snapshot(), allocations()];
    writeFileSync(lab.state('allocations.json'), kept.slice(0, 40));
    emptyInput();
    await running.until(() => input().includes('-A'), 'rules are repaired');
    running.signal('SIGHUP');
    await running.until(
      () => running.status().obstacle?.message.includes(`${lab.state('allocations.json')} is damaged`),
      'status says that it is damaged',
    );
    expect(allocations()).toBe(kept.slice(0, 40));
    expect(lab.snapshot()).toBe(settled);
    writeFileSync(lab.state('allocations.json'), kept);
    await running.until(
      () => running.status().settled && running.status().obstacle === undefined,
      'it says that all is well',
    );
  });

  test('is replaced by what another netctl made of it: that is taken up', async () => {
    const running = await started();
    const settled = lab.snapshot();
    writeFileSync(lab.path('other'), allocations().replace('{', '{ '));
    renameSync(lab.path('other'), lab.state('allocations.json'));
    lab.write('spec.yaml', spec(3));
    await running.until(() => bridges() === 3, 'the new spec is applied');
    await running.until(() => running.status().settled, 'it says that all is well');
    lab.write('spec.yaml', spec(2));
    await running.until(() => lab.snapshot() === settled, 'the host is as it was');
  });

  test('is gone: it gathers who holds what from the host, and keeps it again', async () => {
    const running = await started();
    const [settled, kept] = [lab.snapshot(), JSON.parse(allocations()) as { readonly allocations: unknown }];
    rmSync(lab.path('state'), { recursive: true });
    await running.until(
      () => existsSync(lab.state('allocations.json')) && existsSync(lab.state('networks/lab/hosts')),
      'its files are there again',
    );
    await running.until(() => running.status().settled, 'it says that all is well');
    expect((JSON.parse(allocations()) as typeof kept).allocations).toEqual(kept.allocations);
    await running.until(() => existsSync(lab.state('spec-in-force.json')), 'the spec is kept for the next start');
    await running.until(() => lab.snapshot() === settled, 'the host is as it was');
  });
});

describe('the run directory', () => {
  test('is gone: the socket and the lock come back, and no daemon runs twice', async () => {
    const running = await started();
    const settled = lab.snapshot();
    rmSync(dirname(lab.run('lock')), { recursive: true });
    await running.until(
      () =>
        existsSync(lab.run('watch.sock')) && existsSync(lab.run('dnsmasq-lab.loaded')) && existsSync(lab.run('lock')),
      'all of it is there again',
    );
    await running.until(() => running.status().settled, 'status answers, and says that all is well');
    expect(lab.snapshot()).toBe(settled);
    emptyInput();
    await running.until(() => lab.snapshot() === settled, 'the host is as it was');
    expect(await running.end()).toBe(143);
    expect(existsSync(lab.run('watch.sock'))).toBe(false);
  });

  test('has lost the socket alone, again and again: each time it comes back, and none is left open', async () => {
    const running = await started();
    let before = Infinity;
    for (let round = 0; round < 6; round++) {
      rmSync(lab.run('watch.sock'));
      await running.until(() => existsSync(lab.run('watch.sock')), 'it is there again');
      expect(await askStatus(lab.run('watch.sock'), 10_000)).toMatchObject({
        state: 'answers',
        answer: { pid: running.pid },
      });
      expect(statSync(lab.run('watch.sock')).mode & 0o777).toBe(0o600);
      await running.until(() => usedBy(running.pid).children.length === 2, 'it runs its monitors alone');
      if (round === 2) before = usedBy(running.pid).files;
    }
    await running.until(() => usedBy(running.pid).files <= before, `it has ${before} files open`);
  });
});

describe('another watch on the same host', () => {
  test('is refused, and told of the first', async () => {
    const running = await started();
    for (const more of [[], ['--metrics-listen', '127.0.0.1:0']]) {
      expect(lab.netctl(['watch', ...more])).toMatchObject({
        code: 75,
        err: `netctl: netctl watch, process ${running.pid}, looks after this host already\n`,
      });
    }
    // Also while the first cannot answer.
    running.signal('SIGSTOP');
    try {
      expect(lab.netctl(['watch'])).toMatchObject({
        code: 75,
        err: expect.stringContaining(`process ${running.pid},`) as string,
      });
    } finally {
      running.signal('SIGCONT');
    }
    expect(running.status().settled).toBe(true);
  });

  test('that was killed leaves a socket, which is replaced', async () => {
    const first = await started();
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(existsSync(lab.run('watch.sock'))).toBe(true);
    watch = new RunningWatch(lab);
    await watch.says('ready');
    expect(watch.status().pid).toBe(watch.pid);
  });

  test('cannot begin where something else stands in the place of the socket, or listens where metrics are asked for', () => {
    lab.write('spec.yaml', spec(2));
    mkdirSync(dirname(lab.run('x')), { recursive: true });
    expect(lab.netctl(['watch', '--metrics-listen', '192.0.2.1:1'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^netctl: cannot listen at 192\.0\.2\.1:1: [^\n]*\n$/m) as string,
    });
    writeFileSync(lab.run('watch.sock'), '');
    expect(lab.netctl(['watch'])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`netctl: ${lab.run('watch.sock')} is there, and is no socket\n`) as string,
    });
  });
});
