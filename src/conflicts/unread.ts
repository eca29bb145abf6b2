// conflicts/unread.ts — what of a host could not be read: whether it stops traffic is not known, and that is said.
import type { Diagnostic, HostReader } from '../core/resource.ts';
import { DriverError } from '../core/resource.ts';

/** Reads a host, and keeps what it refuses to say. */
export class Reading {
  readonly #host: HostReader;
  /** By command, what it said instead. */
  readonly refused = new Map<string, string>();
  readonly #answered = new Set<string>();

  constructor(host: HostReader) {
    this.#host = host;
  }

  /**
   * A tool that is missing has nothing there, nor has a kernel that knows of no such thing; what is gone since it was
   * listed is no harm either.
   */
  async ask(argv: readonly string[]): Promise<string> {
    try {
      const text = await this.#host.read(argv);
      this.#answered.add(argv.join(' '));
      return text;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (!error.isMissing && !/not supported|^Error: No such file or directory/m.test(error.stderr))
        this.refused.set(argv.join(' '), saidBy(error));
      return '';
    }
  }

  /** Puts down a command that printed what cannot be meant. */
  doubt(argv: readonly string[], why: string): void {
    const command = argv.join(' ');
    if (this.#answered.has(command)) this.refused.set(command, why);
  }
}

function saidBy({ stderr, exitCode }: DriverError): string {
  const [first = ''] = stderr.split('\n').filter((line) => line.trim() !== '');
  return first === '' ? `failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}` : first.trim();
}

/** More commands than this are counted, not named. */
const MOST_NAMED = 3;

export const UNREAD = 'others-unread';

export function* unread({ refused }: Pick<Reading, 'refused'>): Iterable<Diagnostic> {
  const [first] = refused.keys();
  if (first === undefined) return;
  const named = [...refused].slice(0, MOST_NAMED).map(([command, why]) => `\`${command}\`: ${why}`);
  const more = refused.size - named.length;
  yield {
    severity: 'warning',
    code: UNREAD,
    message: `not all that others have on this host could be read, and it is not known whether that stops traffic of instances: ${named.join('; ')}${more > 0 ? `; and ${more} more commands` : ''}`,
    at: [],
    hint: `\`${first}\` has to work here, as root; netctl asks again each time`,
  };
}
