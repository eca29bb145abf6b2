// core/driver-error.ts — what the host refused, with the command.

/** A command that the host refused. `line` is the index of the refused line of a batch: those before it were done. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly line: number | undefined;
  /** The tool is not there. */
  readonly isMissing: boolean;
  constructor(
    command: string,
    details: {
      readonly exitCode?: number | undefined;
      readonly stderr?: string;
      readonly line?: number | undefined;
      readonly cause?: unknown;
      readonly isMissing?: boolean;
    } = {},
  ) {
    const { exitCode, stderr = '', line, cause, isMissing = false } = details;
    super(
      `${command} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`,
      { cause },
    );
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.line = line;
    this.isMissing = isMissing;
  }
}
