// test/kernel/notify.test.ts — what a socket like systemd's own hears from the real systemd-notify.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { createNotifier } from '../../src/service/notify.ts';

/** Prints each datagram as a line. */
const LISTENER = `use Socket; $| = 1;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) || die $!;
bind($socket, pack_sockaddr_un($ARGV[0])) || die $!;
print "listening\\n";
while (defined recv($socket, my $text, 65536, 0)) { $text =~ tr/\\n/ /; print "$text\\n" }`;

test('each message arrives, in order, and says whose it is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nct-notify-'));
  const socket = join(directory, 'notify');
  const listener = spawn('perl', ['-e', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines: string[] = [];
    // A barrier follows each: systemd-notify waits until its message has been read.
    createInterface({ input: listener.stdout }).on('line', (line) => { if (line !== 'BARRIER=1') lines.push(line); });
    await vi.waitFor(() => expect(lines).toEqual(['listening']), { timeout: 30_000 });
    const troubles: string[] = [];
    const notifier = createNotifier({ ...process.env, NOTIFY_SOCKET: socket }, { onTrouble: (message) => troubles.push(message) });
    for (const tell of [() => notifier.ready('the host is as the spec says'), () => notifier.alive(), () => notifier.reloading(), () => notifier.stopping()]) {
      tell();
      await notifier.sent();
    }
    const me = `MAINPID=${process.pid}`;
    await vi.waitFor(() => expect(lines.slice(1)).toEqual([
      `${me} READY=1 STATUS=the host is as the spec says`, `${me} WATCHDOG=1`, expect.stringMatching(`^${me} RELOADING=1 MONOTONIC_USEC=[0-9]+$`), `${me} STOPPING=1`,
    ]), { timeout: 30_000 });
    expect(troubles).toEqual([]);
  } finally {
    listener.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
