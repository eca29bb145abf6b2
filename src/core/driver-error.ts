// core/driver-error.ts — what the host refused, with the command.

/** A command that the host refused. `line` is the index of the refused line of a batch: those before it were done. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly line: number | undefined;
  constructor(
    command: string,
    details: {
      readonly exitCode?: number | undefined;
      readonly stderr?: string;
      readonly line?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    const { exitCode, stderr = '', line, cause } = details;
    super(
      `${command} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`,
      { cause },
    );
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.line = line;
  }
}
