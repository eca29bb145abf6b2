// driver/terminal.ts — asks whoever sits at the terminal, and takes nothing for an answer that is none.
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

export interface Asking {
  /** Ends it without an answer. */
  readonly signal?: AbortSignal;
  /** Said anew each time it is asked, such as how long there is left. */
  readonly note?: () => string;
}

const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['no', false],
]);

/**
 * Asks until it hears yes or no. Undefined: nobody said either, and nobody will, for the input has ended or the signal
 * came.
 * The terminal keeps its own ways: it hands over whole lines and sends the signals of its keys, and is as it was for
 * whoever comes next.
 */
export function askAt(
  { input, output }: Terminal,
  question: string,
  { signal, note }: Asking = {},
): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    let begun = '';
    const ask = (): void => {
      output.write(`${[question, ...(note === undefined ? [] : [note()])].join(' ')} Answer yes or no: `);
    };
    const end = (answer: boolean | undefined): void => {
      input.off('data', heard).off('end', over).off('close', over).off('error', over);
      signal?.removeEventListener('abort', over);
      // A terminal that is lost says so once more.
      input.once('error', () => undefined);
      input.pause();
      resolve(answer);
    };
    const over = (): void => {
      output.write('\n');
      end(undefined);
    };
    const heard = (chunk: Buffer | string): void => {
      const lines = `${begun}${chunk.toString()}`.split(/\r?\n/);
      begun = lines.pop() ?? '';
      const answers = lines.map((line) => ANSWERS.get(line.trim().toLowerCase()));
      const answer = answers.find((each) => each !== undefined);
      if (answer !== undefined) {
        end(answer);
        return;
      }
      if (lines.length === 0) return;
      output.write('That is neither yes nor no.\n');
      ask();
    };
    ask();
    if (signal?.aborted === true || input.readableEnded || input.destroyed) {
      over();
      return;
    }
    signal?.addEventListener('abort', over, { once: true });
    input.on('data', heard).once('end', over).once('close', over).once('error', over);
    input.resume();
  });
}
