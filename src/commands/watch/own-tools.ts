// commands/watch/own-tools.ts — which processes are tools of the watch's own, when the kernel tells by number who changed something.

/** Milliseconds that a change may be told of after the turn in which it was made. */
const ECHO = 5_000;

/** The kernel gives numbers anew: one of ours is another's some time after it has ended, on a host that has only few numbers soon. */
export class OwnTools {
  private readonly until = new Map<number, number>();

  started(pid: number): void {
    this.until.set(pid, Infinity);
  }

  turnEnded(now: number): void {
    for (const [pid, until] of this.until) {
      if (until === Infinity) this.until.set(pid, now + ECHO);
      else if (until <= now) this.until.delete(pid);
    }
  }

  has(pid: number, now: number): boolean {
    return now < (this.until.get(pid) ?? 0);
  }
}
