// test/kernel/notify.test.ts — what a socket like systemd's own hears from the real systemd-notify.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createNotifier } from '../../src/service/notify.ts';
import { Notified } from './notified.ts';

test('each message arrives, in order, and says whose it is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nct-notify-'));
  const systemd = new Notified(join(directory, 'notify'));
  try {
    await systemd.listening();
    const troubles: string[] = [];
    const notifier = createNotifier(
      { ...process.env, ...systemd.env },
      { onTrouble: (message) => troubles.push(message) },
    );
    for (const tell of [
      () => notifier.ready('the host is in sync with the spec'),
      () => notifier.alive(),
      () => notifier.reloading(),
      () => notifier.stopping(),
    ]) {
      tell();
      await notifier.sent();
    }
    const me = `MAINPID=${process.pid}`;
    await vi.waitFor(
      () =>
        expect(systemd.told.map(({ text }) => text)).toEqual([
          `${me} READY=1 STATUS=the host is in sync with the spec`,
          `${me} WATCHDOG=1`,
          expect.stringMatching(`^${me} RELOADING=1 MONOTONIC_USEC=[0-9]+$`),
          `${me} STOPPING=1`,
        ]),
      { timeout: 30_000 },
    );
    expect(troubles).toEqual([]);
  } finally {
    systemd.close();
    rmSync(directory, { recursive: true });
  }
});
