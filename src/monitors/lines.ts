// monitors/lines.ts — a stream of text as whole lines, in bounded memory.

/** Characters. No event is as long. */
const LIMIT = 65_536;

export class Lines {
  private carry = '';
  private skipping = false;

  /** Gives the lines that are whole by this piece. `lost`: one was too long to be kept. */
  take(piece: string): { readonly lines: readonly string[]; readonly lost: boolean } {
    const [first = '', ...rest] = piece.split('\n');
    if (rest.length === 0) return { lines: [], lost: this.keep(this.carry + first) };
    const begun = this.skipping ? [] : [this.carry + first];
    this.skipping = false;
    this.carry = '';
    const lost = this.keep(rest.pop() ?? '');
    const lines = [...begun, ...rest].filter((line) => line.length <= LIMIT);
    return { lines, lost: lost || lines.length < begun.length + rest.length };
  }

  private keep(part: string): boolean {
    if (this.skipping) return false;
    this.skipping = part.length > LIMIT;
    this.carry = this.skipping ? '' : part;
    return this.skipping;
  }
}
