// test/service/notify.test.ts — what systemd is told, when, and what happens when it cannot be told.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNotifier } from '../../src/service/notify.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nct-notify-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The variables of a service whose systemd-notify is a script of ours. */
function service(script: string): NodeJS.ProcessEnv {
  writeFileSync(join(directory, 'systemd-notify'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${directory}:/usr/bin:/bin`, NOTIFY_SOCKET: '/nowhere' };
}

/** One that takes its time and writes down what it is told, a line for each time. */
const recorder = (): NodeJS.ProcessEnv =>
  service(`sleep 0.05; for word; do printf '%s|' "$word"; done >>${directory}/heard; echo >>${directory}/heard`);
const heard = (): readonly string[] => readFileSync(join(directory, 'heard'), 'utf8').trimEnd().split('\n');
const me = `--pid=${process.pid}|`;

describe('where somebody listens', () => {
  test('each message is said, in order, as ours', async () => {
    const notifier = createNotifier(recorder());
    const before = process.hrtime.bigint() / 1000n;
    for (const tell of [
      () => notifier.status('reads the spec'),
      () => notifier.ready('settled'),
      () => notifier.alive(),
      () => notifier.reloading(),
      () => notifier.ready('settled again'),
      () => notifier.stopping(),
    ]) {
      tell();
      await notifier.sent();
    }
    const [microseconds] = heard().flatMap((line) => /MONOTONIC_USEC=(\d+)/.exec(line)?.[1] ?? []);
    expect(heard()).toEqual([
      `${me}STATUS=reads the spec|`,
      `${me}READY=1|STATUS=settled|`,
      `${me}WATCHDOG=1|`,
      `${me}RELOADING=1|MONOTONIC_USEC=${microseconds ?? ''}|`,
      `${me}READY=1|STATUS=settled again|`,
      `${me}STOPPING=1|`,
    ]);
    expect(BigInt(microseconds ?? 0)).toBeGreaterThanOrEqual(before);
    expect(BigInt(microseconds ?? 0)).toBeLessThanOrEqual(process.hrtime.bigint() / 1000n);
  });

  test('what comes while a message is on its way goes with the next, the latest of each', async () => {
    const notifier = createNotifier(recorder());
    notifier.status('first');
    await new Promise(setImmediate);
    for (let i = 0; i < 1000; i++) {
      notifier.status(`no. ${i}`);
      notifier.alive();
    }
    notifier.reloading();
    notifier.ready('settled');
    await notifier.sent();
    expect(heard()).toEqual([`${me}STATUS=first|`, `${me}READY=1|STATUS=settled|WATCHDOG=1|`]);
  });

  test('a status is said once, in one line that is not too long', async () => {
    const notifier = createNotifier(recorder());
    for (const text of ['one\ntwo\x1b[31m', 'one\ntwo\x1b[31m', 'x'.repeat(300)]) {
      notifier.status(text);
      await notifier.sent();
    }
    expect(heard()).toEqual([`${me}STATUS=one two [31m|`, `${me}STATUS=${'x'.repeat(199)}…|`]);
  });
});

test('where nobody listens nothing is sent, and nobody watches over us', async () => {
  const troubles: string[] = [];
  const notifier = createNotifier(
    { PATH: '/nowhere', WATCHDOG_USEC: '1000000' },
    { onTrouble: (message) => troubles.push(message) },
  );
  notifier.ready('settled');
  notifier.alive();
  await notifier.sent();
  expect(troubles).toEqual([]);
  expect(notifier.watchdog).toBeUndefined();
});

for (const [name, env, milliseconds] of [
  ['none', {}, undefined],
  ['ours', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '4711' }, 30_000],
  ['whoever asks', { WATCHDOG_USEC: '30000000' }, 30_000],
  ["another process's", { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '4712' }, undefined],
  ['nonsense', { WATCHDOG_USEC: 'soon' }, undefined],
  ['zero', { WATCHDOG_USEC: '0' }, undefined],
] as const) {
  test(`a watchdog: ${name}`, () =>
    expect(createNotifier({ NOTIFY_SOCKET: '/nowhere', ...env }, { pid: 4711 }).watchdog).toBe(milliseconds));
}

describe('systemd-notify', () => {
  for (const [name, env, trouble] of [
    ['is not there', () => ({ PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere' }), /^systemd-notify: .*ENOENT/],
    [
      'fails',
      () => service('echo no such socket >&2; exit 3'),
      /^systemd-notify failed with exit code 3: no such socket$/,
    ],
    ['hangs', () => service('exec sleep 600'), /^systemd-notify was ended by SIGKILL/],
    [
      'hangs, and so does what it has started',
      () => service('sleep 5 & exec sleep 600'),
      /^systemd-notify was ended by SIGKILL/,
    ],
  ] as const) {
    test(`${name}: that is said once and holds up nothing`, async () => {
      const troubles: string[] = [];
      const notifier = createNotifier(env(), { limit: 300, onTrouble: (message) => troubles.push(message) });
      const began = performance.now();
      for (let i = 0; i < 2; i++) {
        notifier.status('settled');
        await notifier.sent();
      }
      expect(performance.now() - began).toBeLessThan(4500);
      expect(troubles).toEqual([expect.stringMatching(trouble)]);
    });
  }

  test('failed, and no longer does: the same status is said again', async () => {
    const notifier = createNotifier(service('exit 1'));
    notifier.status('settled');
    await notifier.sent();
    recorder();
    notifier.status('settled');
    await notifier.sent();
    expect(heard()).toEqual([`${me}STATUS=settled|`]);
  });
});
