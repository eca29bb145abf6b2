// durable/replace.ts — writes a file so that whoever reads it, or loses power, sees the old text or the new one, never
// half.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync, fchmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from './directories.ts';

export interface Modes {
  /** Default 0600. */
  readonly mode?: number;
  /** Of directories that are made. Default 0700. */
  readonly directoryMode?: number;
}

/**
 * Replaces a file durably; its directories are made. Modes are exact, whatever the umask. Throws the system's error.
 */
export function replaceFile(path: string, text: string, { mode = 0o600, directoryMode = 0o700 }: Modes = {}): void {
  const directory = dirname(path);
  makeDirectories(directory, directoryMode);
  const temporary = `${path}.new`;
  try {
    const file = openSync(temporary, 'w', mode);
    try {
      fchmodSync(file, mode);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

function syncDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
