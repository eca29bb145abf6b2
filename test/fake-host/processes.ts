// test/fake-host/processes.ts — the daemons of a host in memory: known by their marks, started, signalled, killed.
import type { Running } from '../../src/core/resource.ts';

/** A program that puts itself in the background. */
export interface Daemon {
  /** Says why it does not start, or starts. */
  start(argv: readonly string[], netns?: string): string | undefined;
  hangUp(argv: readonly string[]): void;
  end(argv: readonly string[]): void;
}

export class Processes {
  private readonly running = new Map<number, readonly string[]>();
  /** Pid → the network namespace it runs in; `networkOf` tells which has a name by now. */
  private readonly networks = new Map<number, unknown>();
  private readonly networkOf: (netns: string | undefined) => unknown;
  private readonly daemons: Readonly<Record<string, Daemon>>;
  /** Pid → whether a HUP waits for it. */
  private readonly stopped = new Map<number, boolean>();
  private next = 1000;

  constructor(
    daemons: Readonly<Record<string, Daemon>>,
    networkOf: (netns: string | undefined) => unknown = (netns) => netns,
  ) {
    this.daemons = daemons;
    this.networkOf = networkOf;
  }

  /** Says why it does not start, or its number. */
  start(argv: readonly string[], netns?: string): string | number {
    const refused = this.daemonOf(argv).start(argv, netns);
    return refused ?? this.add(argv, netns);
  }

  /** Somebody else's process. */
  add(argv: readonly string[], netns?: string): number {
    const pid = this.next++;
    this.running.set(pid, argv);
    this.networks.set(pid, this.networkOf(netns));
    return pid;
  }

  having(text: string, netns?: string): readonly Running[] {
    const home = this.networkOf(netns);
    return [...this.running]
      .filter(([, argv]) => argv.some((argument) => argument.includes(text)))
      .map(([pid, argv]) => ({
        pid,
        argv,
        ...(this.networks.get(pid) === home ? {} : { astray: true }),
        ...(this.stopped.has(pid) ? { stopped: true } : {}),
      }));
  }

  signal(pidFile: string, signal: 'HUP' | 'TERM' | 'CONT'): void {
    for (const [pid, argv] of this.running) {
      if (!argv.includes(`--pid-file=${pidFile}`)) continue;
      if (signal === 'TERM') this.kill(pid);
      else if (signal === 'CONT') this.goOn(pid, argv);
      else if (this.stopped.has(pid)) this.stopped.set(pid, true);
      else this.daemonOf(argv).hangUp(argv);
    }
  }

  /** As `kill -STOP`: it does nothing until it is told to go on. */
  stop(pid: number): void {
    this.stopped.set(pid, false);
  }

  private goOn(pid: number, argv: readonly string[]): void {
    if (this.stopped.get(pid) === true) this.daemonOf(argv).hangUp(argv);
    this.stopped.delete(pid);
  }

  /** As `kill -9`: nothing is tidied up. */
  kill(pid: number): void {
    const argv = this.running.get(pid);
    if (argv !== undefined) this.daemons[argv[0] ?? '']?.end(argv);
    this.running.delete(pid);
    this.stopped.delete(pid);
  }

  /** For goldens: without numbers. */
  text(): string {
    return [...this.running.values()]
      .map((argv) => `${argv.join(' ')}\n`)
      .sort()
      .join('');
  }

  private daemonOf(argv: readonly string[]): Daemon {
    const daemon = this.daemons[argv[0] ?? ''];
    if (daemon === undefined) throw new Error(`the fake host knows no daemon ${argv.join(' ')}`);
    return daemon;
  }
}
