// driver/disk-space.ts — whether the real disk would take what a plan writes: a rehearsal writes to a copy.
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Op } from '../core/resource.ts';

export interface NoRoom {
  readonly step: number;
  readonly command: string;
  readonly stderr: string;
}

interface Room {
  readonly bytes: number;
  readonly files: number;
}

/** Says of each step what the file system has against it: read only, immutable, full. */
export function noRoomFor(steps: readonly { readonly ops: readonly Op[] }[]): readonly NoRoom[] {
  const left = new Map<string, Room>();
  const judged = new Map<string, string | undefined>();
  return steps.flatMap(({ ops }, step) =>
    ops.flatMap((op): readonly NoRoom[] => {
      const settings = settingsOf(op);
      if (settings.length > 0) {
        return settings.flatMap((setting): readonly NoRoom[] => {
          const why = whatIsAgainst(setting);
          return why === undefined ? [] : [{ step, command: `write ${setting}`, stderr: why }];
        });
      }
      const path = pathOf(op);
      if (path === undefined) return [];
      const at = nearest(dirname(path));
      const against = judged.get(at) ?? whatIsAgainst(at);
      judged.set(at, against);
      const why =
        against ??
        whatIsAgainst(path) ??
        (op.op === 'write' || op.op === 'edit' ? tooMuch(at, op.path, lengthOf(op), left) : undefined);
      return why === undefined
        ? []
        : [{ step, command: `${op.op === 'start' ? 'write' : op.op} ${path}`, stderr: why }];
    }),
  );
}

/** The kernel's settings may be read only where netctl is confined. */
function settingsOf(op: Op): readonly string[] {
  const [tool, , , ...assignments] = op.op === 'run' ? op.argv : [];
  return tool === 'sysctl'
    ? assignments.map((assignment) => `/proc/sys/${pathIn(assignment.split('=', 1).join(''))}`)
    : [];
}

/** The first sign between words, be it a dot or a slash, is the one between all of them. */
function pathIn(name: string): string {
  return /^[^./]*\//.test(name) ? name : name.replaceAll('.', '\0').replaceAll('/', '.').replaceAll('\0', '/');
}

function pathOf(op: Op): string | undefined {
  switch (op.op) {
    case 'write':
    case 'edit':
    case 'remove':
      return op.path;
    case 'start':
      return op.pidFile;
    case 'batch':
    case 'run':
    case 'signal':
      return undefined;
  }
}

/** What is there of the way. */
function nearest(path: string): string {
  return isThere(path) || path === '/' ? path : nearest(dirname(path));
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function whatIsAgainst(path: string): string | undefined {
  if (!isThere(path)) return undefined;
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** At most: what lines that go took is not known. */
function lengthOf(op: Extract<Op, { op: 'write' | 'edit' }>): number {
  if (op.op === 'write') return Buffer.byteLength(op.text);
  return (
    (isThere(op.path) ? statSync(op.path).size : 0) + op.add.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  );
}

/** Each file takes whole blocks. What is replaced is there until the other is. */
function tooMuch(directory: string, path: string, length: number, left: Map<string, Room>): string | undefined {
  const { bavail, bsize, ffree, files } = statfsSync(directory);
  const key = String(statSync(directory).dev);
  const room = left.get(key) ?? { bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
  const blocks = (bytes: number): number => Math.ceil(bytes / bsize) * bsize;
  const needs = blocks(length);
  const had = isThere(path) ? { bytes: blocks(statSync(path).size), files: 1 } : { bytes: 0, files: 0 };
  left.set(key, { bytes: room.bytes - needs + had.bytes, files: room.files - 1 + had.files });
  return room.bytes < needs || room.files < 1 ? `ENOSPC: no space left on device (${directory})` : undefined;
}
