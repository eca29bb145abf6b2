// report/printer.ts — where a command writes to: results, and everything else.

/** Where and in which form a command speaks. */
export interface Output {
  readonly print: Printer;
  readonly output: 'text' | 'json' | 'yaml';
  readonly color: boolean;
}

export interface Printer {
  /** Results: standard output. `exactly`: for another program, unless a terminal shows it. */
  out(text: string, how?: 'exactly'): void;
  /** Everything else: standard error. */
  err(text: string): void;
}
