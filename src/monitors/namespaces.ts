// monitors/namespaces.ts — network namespaces that come and go by name, told when they can be entered.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Hint } from '../core/hint.ts';
import type { MonitorEntry } from './status.ts';
import { FileMonitor } from './files.ts';

/** Where `ip netns` names them. */
const NAMESPACES = '/run/netns';
/**
 * Milliseconds between two looks at one that is being made, and how many: a kernel that tidies up others takes seconds.
 */
const [WAIT, ROUNDS] = [20, 1_000];

export class NamespaceMonitor {
  private readonly onHints: (hints: readonly Hint[]) => void;
  private readonly files: FileMonitor;
  private readonly made = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(entry: MonitorEntry, onHints: (hints: readonly Hint[]) => void) {
    this.onHints = onHints;
    this.files = new FileMonitor({
      subsystem: 'namespaces',
      roots: [NAMESPACES],
      deep: false,
      entry,
      nameOf: (path) => path.slice(NAMESPACES.length + 1),
      onHints: (hints) => this.told(hints),
    });
  }

  close(): void {
    clearTimeout(this.timer);
    this.files.close();
  }

  private told(hints: readonly Hint[]): void {
    for (const { name } of hints) if (name !== undefined && isUnfinished(name)) this.made.set(name, 0);
    this.onHints(hints);
    if (this.made.size > 0) this.timer ??= setTimeout(() => this.look(), WAIT);
  }

  private look(): void {
    this.timer = undefined;
    const finished: Hint[] = [];
    for (const [name, rounds] of this.made) {
      if (isUnfinished(name) && rounds < ROUNDS) this.made.set(name, rounds + 1);
      else {
        this.made.delete(name);
        finished.push({ subsystem: 'namespaces', name });
      }
    }
    if (finished.length > 0) this.onHints(finished);
    if (this.made.size > 0) this.timer = setTimeout(() => this.look(), WAIT);
  }
}

/** Which namespace has the name: its number, once it is mounted over the file that `ip netns add` makes first. */
export function namespaceCalled(name: string): number | undefined {
  const [file, directory] = [join(NAMESPACES, name), NAMESPACES].map((path) =>
    statSync(path, { throwIfNoEntry: false }),
  );
  return file === undefined || file.dev === directory?.dev ? undefined : file.ino;
}

function isUnfinished(name: string): boolean {
  return (
    statSync(join(NAMESPACES, name), { throwIfNoEntry: false }) !== undefined && namespaceCalled(name) === undefined
  );
}
