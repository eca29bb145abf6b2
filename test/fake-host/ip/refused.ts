// test/fake-host/ip/refused.ts — how a command ends that is not obeyed.

/** What the kernel or `ip` says no to. 255: `ip` itself found a word wrong, and a batch does not say in which line. */
export class Refused extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
