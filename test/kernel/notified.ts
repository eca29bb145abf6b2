// test/kernel/notified.ts — a socket like systemd's own, and what is told to it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';

/** Prints each datagram as a line. */
const LISTENER = `use Socket; $| = 1;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) || die $!;
bind($socket, pack_sockaddr_un($ARGV[0])) || die $!;
print "listening\\n";
while (defined recv($socket, my $text, 65536, 0)) { $text =~ tr/\\n/ /; print "$text\\n" }`;

export interface Told {
  /** The lines of a message, with blanks between. */
  readonly text: string;
  /** As `performance.now()` says it. */
  readonly at: number;
}

export class Notified {
  readonly told: Told[] = [];
  readonly env: Readonly<Record<string, string>>;
  private readonly child: ChildProcess;
  private isListening = false;

  constructor(path: string) {
    this.env = { NOTIFY_SOCKET: path };
    this.child = spawn('perl', ['-e', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.child.stdout === null) throw new Error('it has no standard output');
    createInterface({ input: this.child.stdout }).on('line', (text) => {
      if (text === 'listening') this.isListening = true;
      // A barrier follows each: systemd-notify waits until its message has been read.
      // Later releases say the number of the very process, and hand over a descriptor of it, after its MAINPID.
      else if (text !== 'BARRIER=1')
        this.told.push({ text: text.replaceAll(/ MAINPIDFD(?:ID)?=\d+/g, ''), at: performance.now() });
    });
  }

  async listening(): Promise<void> {
    await vi.waitUntil(() => this.isListening, { timeout: 30_000 });
  }

  /** What was told of this sort. */
  having(words: string): readonly Told[] {
    return this.told.filter(({ text }) => text.includes(words));
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}
