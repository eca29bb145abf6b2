// durable/own.ts — netctl's own directories: what is read and written there is what netctl put there, not what a link
// leads to.
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';

/** Something stands where a file or a directory of netctl's own is to be. */
class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

/** Larger is nothing that netctl keeps. */
const MOST = 256 << 20;

/**
 * The text of a file; undefined where there is none. Throws the system's error, or says what is there instead: it
 * follows no link and waits for no pipe.
 */
export function readOwn(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isCalled(error, 'ENOENT')) return undefined;
    throw isCalled(error, 'ELOOP') || isCalled(error, 'ENXIO') ? new Unexpected(whatIs(path), { cause: error }) : error;
  }
  try {
    const about = fstatSync(file);
    if (!about.isFile()) throw new Unexpected(whatIs(path));
    if (about.size > MOST) throw new Unexpected(`it has more than ${MOST >> 20} MiB`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Throws where a directory between `top` and the path is a link; `top` itself may be one, as whoever gave it likes. */
export function followNoLink(path: string, top: string): void {
  if (!path.startsWith(`${top}/`)) return;
  for (let end = path.indexOf('/', top.length + 1); ; end = path.indexOf('/', end + 1)) {
    const at = end === -1 ? path : path.slice(0, end);
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new Unexpected(
        `${at} is a symbolic link: netctl follows none in its own directories, and does not replace it. Remove it, or put back what was there`,
      );
    if (end === -1) return;
  }
}

function whatIs(path: string): string {
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (about?.isSymbolicLink() === true) return 'it is a symbolic link: netctl follows none in its own directories';
  return `it is a ${about?.isDirectory() === true ? 'directory' : about?.isFIFO() === true ? 'pipe' : about?.isSocket() === true ? 'socket' : 'device'}, and no file`;
}

function isCalled(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
