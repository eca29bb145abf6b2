// report/exit-codes.ts — what a command ends with, and what ends it early.

/** sysexits(3) where they fit. */
export const exit = {
  ok: 0,
  failed: 1,
  differs: 2,
  rolledBack: 3,
  notRolledBack: 4,
  unconfirmed: 5,
  usage: 64,
  invalid: 65,
  noInput: 66,
  unavailable: 69,
  locked: 75,
  noPrivilege: 77,
} as const;
export type ExitCode = number;

/** Ends a command that a signal has stopped before it changed anything. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Ends a command: what it printed was said already. */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: ExitCode;
  constructor(code: ExitCode, message = '') {
    super(message);
    this.code = code;
  }
}
