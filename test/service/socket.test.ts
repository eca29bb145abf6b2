// test/service/socket.test.ts — asking a watch how it is: one that answers, none, one that is stopped or hung, and what
// may stand at the path.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askStatus, serveStatus } from '../../src/service/socket.ts';
import type { Served } from '../../src/service/socket.ts';

const PATIENT = 30_000;
const closing: (() => unknown)[] = [];
let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nct-socket-'));
  path = join(directory, 'run/netctl/watch.sock');
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(directory, { recursive: true });
});

async function serve(answer: () => Promise<unknown> = () => Promise.resolve({ settled: true })): Promise<Served> {
  const served = await serveStatus(path, answer);
  closing.push(() => served.close());
  return served;
}

/** A process that listens at the path and then does as it is told. */
async function other(does: string): Promise<ChildProcess> {
  mkdirSync(dirname(path), { recursive: true });
  const child = spawn(
    process.execPath,
    [
      '-e',
      `
    const server = require('node:net').createServer((socket) => { socket.on('error', () => {}); ${does} });
    server.listen(process.argv[1] + '.' + process.pid, () => { require('node:fs').renameSync(process.argv[1] + '.' + process.pid, process.argv[1]); console.log('listening'); });
  `,
      path,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  closing.push(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

describe('a watch that runs', () => {
  test('answers everybody who asks, with what it knows then', async () => {
    let asked = 0;
    await serve(() => Promise.resolve({ asked: asked++, text: 'ä'.repeat(1_000_000) }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => askStatus(path, PATIENT)));
    expect(
      new Set(answers.map((each) => (each.state === 'answers' ? JSON.stringify(each.answer) : each.state))),
    ).toEqual(new Set(Array.from({ length: 10 }, (_, i) => JSON.stringify({ asked: i, text: 'ä'.repeat(1_000_000) }))));
  });

  test('is heard by root alone', async () => {
    await serve();
    expect([statSync(dirname(path)).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test('is asked through a path of any length', async () => {
    path = join(directory, 'x'.repeat(200), 'ä'.repeat(100), 'watch.sock');
    const served = await serve();
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: { settled: true } });
    await served.close();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('whose socket somebody has removed, with its directory, listens anew when it looks; never after it was closed', async () => {
    const served = await serve();
    for (const gone of [path, dirname(path)]) {
      rmSync(gone, { recursive: true });
      expect(await askStatus(path, PATIENT)).toEqual({ state: 'absent' });
      await Promise.all([served.ensure(), served.ensure()]);
      expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: { settled: true } });
      expect(readdirSync(dirname(path))).toEqual(['watch.sock']);
    }
    const { ino } = statSync(path);
    await served.ensure();
    expect(statSync(path).ino).toBe(ino);
    rmSync(path);
    writeFileSync(path, 'something else');
    await expect(served.ensure()).rejects.toThrow('is there, and is no socket');
    rmSync(path);
    await served.ensure();
    expect(await askStatus(path, PATIENT)).toMatchObject({ state: 'answers' });
    await served.close();
    await served.ensure();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('leaves nothing behind, and no connection open', async () => {
    const served = await serve(() => new Promise(() => undefined));
    const asking = askStatus(path, PATIENT);
    await vi.waitFor(() => expect(existsSync(path)).toBe(true));
    const socket = createConnection(path);
    const ended = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    const began = performance.now();
    await served.close();
    await ended;
    // Not only when they had been idle for long.
    expect(performance.now() - began).toBeLessThan(4000);
    expect(await asking).not.toMatchObject({ state: 'answers' });
    expect(readdirSync(dirname(path))).toEqual([]);
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'absent' });
  });

  test('takes away no socket but its own', async () => {
    const served = await serve();
    rmSync(path);
    await other('socket.end("{}")');
    await served.close();
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: {} });
  });

  test('turns away whoever is too much, and answers again when they have gone', async () => {
    await serve(
      () =>
        new Promise((resolve) => {
          setTimeout(() => resolve({}), 500);
        }),
    );
    const crowd: Socket[] = Array.from({ length: 40 }, () => createConnection(path).on('error', () => undefined));
    const answered = await Promise.all(
      crowd.map(
        (socket) =>
          new Promise<number>((resolve) => {
            let bytes = 0;
            socket.on('data', (chunk: Buffer) => {
              bytes += chunk.length;
            });
            socket.once('close', () => resolve(bytes));
          }),
      ),
    );
    expect(answered.filter((bytes) => bytes > 0)).toHaveLength(16);
    expect(await askStatus(path, PATIENT)).toMatchObject({ state: 'answers' });
  });
});

describe('where none runs', () => {
  test('there is no directory', async () => expect(await askStatus(path, PATIENT)).toEqual({ state: 'absent' }));
  test('there is no directory of a long name', async () =>
    expect(await askStatus(`/nowhere/${'x'.repeat(200)}/sock`, PATIENT)).toEqual({ state: 'absent' }));
  test('one was killed: its socket makes way', async () => {
    await killed(await other(''));
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'absent' });
    await serve();
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: { settled: true } });
  });
});

describe('one that is silent', () => {
  test('is stopped: which process it is', async () => {
    const child = await other('socket.end("{}")');
    child.kill('SIGSTOP');
    expect(await askStatus(path, 300)).toEqual({ state: 'silent', pid: child.pid, why: 'no response within 300 ms' });
  });
  test('takes the connection and says nothing', async () => {
    const child = await other('');
    expect(await askStatus(path, 300)).toEqual({ state: 'silent', pid: child.pid, why: 'no response within 300 ms' });
  });
  test('has too many waiting already', async () => {
    const child = await other('');
    child.kill('SIGSTOP');
    // The kernel keeps 512 for it at most.
    const waiting = Array.from({ length: 600 }, () => createConnection(path).on('error', () => undefined));
    closing.push(() => waiting.forEach((socket) => socket.destroy()));
    expect(await askStatus(path, 300)).toMatchObject({ state: 'silent', pid: child.pid });
  });
  test('cannot say how it is', async () => {
    await serve(() => Promise.reject(new Error('broken')));
    expect(await askStatus(path, PATIENT)).toMatchObject({
      state: 'silent',
      pid: process.pid,
      why: 'it closed the connection without a response',
    });
  });
  test('says nonsense', async () => {
    await other('socket.end("{")');
    expect(await askStatus(path, PATIENT)).toMatchObject({
      state: 'silent',
      why: expect.stringContaining('JSON') as string,
    });
  });
});

describe('what it does not replace', () => {
  test('one that answers', async () => {
    await serve();
    await expect(serveStatus(path, () => Promise.resolve({}))).rejects.toThrow(`somebody listens at ${path} already`);
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: { settled: true } });
  });
  test('one that is stopped', async () => {
    const child = await other('socket.end("{}")');
    child.kill('SIGSTOP');
    await expect(serveStatus(path, () => Promise.resolve({}))).rejects.toThrow(`somebody listens at ${path} already`);
    child.kill('SIGCONT');
    expect(await askStatus(path, PATIENT)).toEqual({ state: 'answers', answer: {} });
  });
  test('a file', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'precious');
    await expect(serveStatus(path, () => Promise.resolve({}))).rejects.toThrow('is no socket');
  });
});

test('who has a name like ours is somebody else', async () => {
  mkdirSync(dirname(path), { recursive: true });
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => {
      const server = createServer();
      closing.push(() => server.close());
      return new Promise<void>((resolve) => server.listen(`${path}.${i}.1`, () => resolve()));
    }),
  );
  const child = await other('');
  expect(await askStatus(path, 300)).toMatchObject({ state: 'silent', pid: child.pid });
});
