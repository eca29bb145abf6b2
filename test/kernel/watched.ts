// test/kernel/watched.ts — a host in a namespace, watched as `netctl watch` does: what it is told, and how to change
// the host as somebody else would.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { OwnTools } from '../../src/watch/own-tools.ts';
import type { Hint } from '../../src/core/hint.ts';
import { watchHost } from '../../src/monitors/index.ts';
import type { Backend, HostWatch } from '../../src/monitors/index.ts';
import { isFirstNamespace } from '../../src/driver/processes.ts';
import type { MonitorState } from '../../src/report/watch-state.ts';
import { createNamespaces } from './namespaces.ts';
import { childrenOf, commandOf } from './of-process.ts';

export const soon = { timeout: 30_000, interval: 5 };

export class WatchedHost {
  readonly namespaces = createNamespaces('mon');
  readonly root = mkdtempSync(join(tmpdir(), 'nct-monitors-'));
  host = '';
  guest = '';
  hints: Hint[] = [];
  states: readonly MonitorState[] = [];
  said: string[] = [];
  /** Tools that are taken for our own. */
  own = new OwnTools(isFirstNamespace());
  private watching: HostWatch | undefined;

  /** For the tests of one file: one host, watched anew by each. */
  constructor() {
    beforeAll(() => this.make());
    beforeEach(() => {
      mkdirSync(join(this.root, 'state'), { recursive: true });
      this.hints = [];
      this.said = [];
      this.own = new OwnTools(isFirstNamespace());
    });
    afterEach(async () => await this.close());
    afterAll(() => {
      this.namespaces.removeAll();
      rmSync(this.root, { recursive: true });
    });
  }

  async begin(backend?: Backend): Promise<HostWatch> {
    this.watching = await watchHost({
      netns: this.host,
      directories: [join(this.root, 'state/networks')],
      run: join(this.root, 'run'),
      isOwn: (pid, tool) => this.own.has(pid, performance.now(), tool),
      onHint: (hint) => {
        // Other tests make namespaces, too.
        if (hint.subsystem !== 'namespaces' || hint.name?.startsWith(`nct-${process.pid}-mon`) === true)
          this.hints.push(hint);
      },
      onState: (states, message) => {
        this.states = states;
        if (message !== undefined) this.said.push(`${message.name} ${message.what}`);
      },
      ...(backend === undefined ? {} : { backend }),
    });
    return this.watching;
  }

  async close(): Promise<void> {
    await this.watching?.close();
    this.watching = undefined;
  }

  /** A shell's script on the host, while we do nothing else. */
  must(script: string, input = ''): void {
    const { status, stderr } = spawnSync('ip', ['netns', 'exec', this.host, 'sh', '-ec', script], {
      encoding: 'utf8',
      input,
    });
    if (status !== 0) throw new Error(`${script}: ${stderr}`);
  }

  /** One command on the host, while we go on; says its number. */
  async run(command: string, input = ''): Promise<number> {
    const child = this.start(command);
    child.stdin.end(input);
    expect(await new Promise((resolve) => child.once('exit', resolve)), command).toBe(0);
    return child.pid ?? 0;
  }

  start(command: string): ChildProcessByStdio<Writable, null, null> {
    const child = spawn('ip', ['netns', 'exec', this.host, ...command.split(' ')], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    // One that ends without reading its input has said how by its exit code.
    child.stdin.on('error', () => undefined);
    return child;
  }

  /** Of one part; of one thing of it, too, what may mean any. */
  about(subsystem: Hint['subsystem'], name?: string): readonly Hint[] {
    return this.hints.filter(
      (hint) => hint.subsystem === subsystem && (name === undefined || hint.name === undefined || hint.name === name),
    );
  }

  async sees(subsystem: Hint['subsystem'], name?: string): Promise<void> {
    await vi.waitFor(() => expect(this.about(subsystem, name)).not.toEqual([]), soon);
  }

  stateOf(name: string): MonitorState | undefined {
    return this.states.find((state) => state.name.startsWith(name));
  }

  private make(): void {
    // The lock is one for all namespaces: other tests would wait for us.
    process.env['XTABLES_LOCKFILE'] = join(this.root, 'xtables.lock');
    [this.host, this.guest] = [this.namespaces.add(), this.namespaces.add()];
    this.must(
      `ip link add br0 type bridge; ip link set br0 up; ip address add 10.0.0.1/24 dev br0; ip link add v0 type veth peer name eth0 netns ${this.guest}; ip link set v0 up`,
    );
    this.must(
      'iptables -t nat -N netctl-snat; iptables -t nat -A netctl-snat -j RETURN; iptables -N netctl-forward; ebtables -t nat -A PREROUTING -j ACCEPT',
    );
  }
}

/** Our monitor, by what it runs: a child of this process. */
export function pidOf(...words: readonly string[]): number {
  const found = childrenOf(process.pid).filter((pid) => words.every((word) => commandOf(pid).includes(word)));
  expect(found, words.join(' ')).toHaveLength(1);
  return found[0] ?? 0;
}
