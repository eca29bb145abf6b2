// driver/room.ts — whether the real disk would take what a plan writes: a rehearsal writes to a copy.
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
  return steps.flatMap(({ ops }, step) => ops.flatMap((op): readonly NoRoom[] => {
    const path = pathOf(op);
    if (path === undefined) return [];
    const at = nearest(dirname(path));
    const against = judged.get(at) ?? whatIsAgainst(at);
    judged.set(at, against);
    const why = against ?? whatIsAgainst(path) ?? (op.op === 'write' ? tooMuch(at, op, left) : undefined);
    return why === undefined ? [] : [{ step, command: `${op.op === 'start' ? 'write' : op.op} ${path}`, stderr: why }];
  }));
}

function pathOf(op: Op): string | undefined {
  switch (op.op) {
    case 'write':
    case 'edit':
    case 'remove': return op.path;
    case 'start': return op.pidFile;
    case 'batch':
    case 'run':
    case 'signal': return undefined;
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

/** Each file takes whole blocks. What is replaced is there until the other is. */
function tooMuch(directory: string, { path, text }: Extract<Op, { op: 'write' }>, left: Map<string, Room>): string | undefined {
  const { bavail, bsize, ffree, files } = statfsSync(directory);
  const key = String(statSync(directory).dev);
  const room = left.get(key) ?? { bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
  const blocks = (bytes: number): number => Math.ceil(bytes / bsize) * bsize;
  const needs = blocks(Buffer.byteLength(text));
  const had = isThere(path) ? { bytes: blocks(statSync(path).size), files: 1 } : { bytes: 0, files: 0 };
  left.set(key, { bytes: room.bytes - needs + had.bytes, files: room.files - 1 + had.files });
  return room.bytes < needs || room.files < 1 ? `ENOSPC: no space left on device (${directory})` : undefined;
}
