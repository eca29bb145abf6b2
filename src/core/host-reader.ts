// core/host-reader.ts — the half of the driver that cannot change anything.

/** A process as `/proc` shows it. */
export interface Running {
  readonly pid: number;
  readonly argv: readonly string[];
  /** In another network namespace than the host that is looked at: left over from one that had its name. */
  readonly astray?: true;
  /** By a SIGSTOP: it is there, and does nothing. */
  readonly stopped?: true;
}

/**
 * The half of the driver that cannot change anything; the only half kinds ever see. Equal reads of one pass are made
 * once.
 */
export interface HostReader {
  /** Standard output of a command. Throws a DriverError when it fails. */
  read(argv: readonly string[], netns?: string): Promise<string>;
  /** Every file below the path, by its own; the path itself where it is a file; none when it is not there. */
  files(path: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Processes of which one argument contains the text; those are astray that are not in the namespace, or the host's.
   */
  processes(having: string, netns?: string): Promise<readonly Running[]>;
}
