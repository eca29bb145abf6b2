// watch/notices.ts — what a watch tells an operator beside its own work: conflicts with what others have on the host,
// what a plan would ask about, and changes by others that it leaves alone.
import type { Watcher } from '../report/watch-events.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';

export class Notices {
  private readonly tell: Watcher;
  private conflicts: ReadonlySet<string> = new Set();
  private questions: ReadonlySet<string> = new Set();

  constructor(tell: Watcher) {
    this.tell = tell;
  }

  /** What others have on the host that stops traffic: each is told when it is first found, and when it is gone. */
  conflictsWith(found: readonly LocatedDiagnostic[]): void {
    const now = new Set(found.map(withHint));
    for (const what of now) if (!this.conflicts.has(what)) this.tell({ event: 'conflict', what });
    for (const what of this.conflicts)
      if (!now.has(what)) this.tell({ event: 'recovered', what: what.split('\n', 1).join('') });
    this.conflicts = now;
  }

  /**
   * What `apply` would have an operator confirm. A watch has nobody to ask: each is told, and not told again while the
   * same plan is retried.
   */
  wouldAsk(problems: readonly LocatedDiagnostic[]): void {
    const now = new Set(problems.filter(({ asks }) => asks).map(withHint));
    for (const what of now) if (!this.questions.has(what)) this.tell({ event: 'monitor', name: 'plan', what });
    this.questions = now;
  }

  /** What somebody has changed of what was moved to a bridge: it is left as it is. */
  leftAsChanged(changed: readonly LocatedDiagnostic[]): void {
    for (const { message, hint = '' } of changed)
      this.tell({ event: 'monitor', name: 'uplink', what: `${message}\nhint: ${hint}` });
  }
}

function withHint({ message, hint }: LocatedDiagnostic): string {
  return hint === undefined ? message : `${message}\nhint: ${hint}`;
}
