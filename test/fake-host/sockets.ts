// test/fake-host/sockets.ts — others' sockets at ports 53 and 67: what `ss` prints of them, and what may not be bound
// beside them.
import { binder } from '../../src/pipeline/preflight/taken-ports.ts';
import type { Tool } from './tool.ts';

export class FakeSockets {
  /** Lines of `ss`. */
  printed = '';
  /** Of UDP, whose owner does not share it: `0.0.0.0:67`. */
  readonly refused = new Set<string>();

  readonly ss: Tool = { run: () => ({ exitCode: 0, stdout: this.printed, stderr: '' }) };

  /** Nothing where it is another program of perl's. */
  bound(argv: readonly string[]): string | undefined {
    const binds = argv.slice(binder([]).length);
    return argv.join('\0') === binder(binds).join('\0')
      ? binds
          .filter((bind) => this.refused.has(bind))
          .map((bind) => `${bind}\n`)
          .join('')
      : undefined;
  }
}
