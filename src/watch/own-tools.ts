// watch/own-tools.ts — which processes are tools of the watch's own, when the kernel tells by number who changed
// something.

/** Milliseconds that a change may be told of after the round in which it was made. */
const ECHO = 5_000;
/** So much of a program's name the kernel keeps. */
const NAME = 15;

interface Started {
  readonly name: string;
  until: number;
  /** Its number as the kernel tells it, where that is another than ours. */
  told?: number;
}

/**
 * The kernel gives numbers anew: one of ours is another's some time after it has ended, on a host that has only few
 * numbers soon.
 */
export class OwnTools {
  private readonly tools = new Map<number, Started>();
  /** False in a process namespace of its own, a container: the kernel's events have the numbers of the first one. */
  private readonly isNumbered: boolean;

  constructor(isNumbered = true) {
    this.isNumbered = isNumbered;
  }

  /** `argv`: as it was started, maybe by `ip netns exec`. */
  started(pid: number, argv: readonly string[] = []): void {
    const [tool = ''] = argv[0] === 'ip' && argv[1] === 'netns' && argv[2] === 'exec' ? argv.slice(4) : argv;
    this.tools.set(pid, {
      name: tool.slice(tool.lastIndexOf('/') + 1, tool.lastIndexOf('/') + 1 + NAME),
      until: Infinity,
    });
  }

  roundEnded(now: number): void {
    for (const [pid, tool] of this.tools) {
      if (tool.until === Infinity) tool.until = now + ECHO;
      else if (tool.until <= now) this.tools.delete(pid);
    }
  }

  /**
   * `name`: what the kernel calls the process. Where it tells foreign numbers, each tool of ours stands for one process
   * of its name, the first that is told of.
   */
  has(pid: number, now: number, name = ''): boolean {
    if (this.isNumbered) return now < (this.tools.get(pid)?.until ?? 0);
    const all = [...this.tools.values()].filter(({ until }) => now < until);
    const own =
      all.find(({ told }) => told === pid) ??
      all.find((tool) => tool.told === undefined && tool.name === name.slice(0, NAME));
    if (own !== undefined) own.told = pid;
    return own !== undefined;
  }
}
