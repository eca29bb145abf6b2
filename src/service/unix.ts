// service/unix.ts — Unix sockets at paths of any length, for root alone, and never in the place of one that somebody
// listens at.
import { chmodSync, closeSync, constants, lstatSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { createConnection } from 'node:net';
import type { Server, Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { makeDirectories } from '../durable/directories.ts';

/** Milliseconds. */
const LIMIT = 2000;
/** Bytes of an address that the kernel takes; of a longer one node would use the beginning. */
const LONGEST = 107;

export interface Listening {
  /** The socket still stands at its path. */
  isThere(): boolean;
  close(): Promise<void>;
}

/** Listens, and makes the directory. A socket that nobody listens at any more makes way. */
export async function listenAt(server: Server, path: string): Promise<Listening> {
  makeDirectories(dirname(path), 0o700);
  await refuseIfTaken(path);
  // Under a name of its own until it has its mode.
  const own = nameFor(path, process.pid);
  rmSync(own, { force: true });
  await reach(
    own,
    (address) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, () => {
          server.off('error', reject);
          resolve();
        });
      }),
  );
  try {
    chmodSync(own, 0o600);
    renameSync(own, path);
  } catch (error) {
    server.close();
    rmSync(own, { force: true });
    throw error;
  }
  const ours = statOf(path)?.ino;
  const isThere = (): boolean => ours !== undefined && statOf(path)?.ino === ours;
  return {
    isThere,
    close: async () => {
      // Another may stand there by now.
      if (isThere()) rmSync(path, { force: true });
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Connects. Throws what the kernel says: ENOENT, ECONNREFUSED, EACCES; ETIMEDOUT when nobody takes it. */
export function connectTo(path: string, limit = LIMIT): Promise<Socket> {
  return reach(
    path,
    (address) =>
      new Promise<Socket>((resolve, reject) => {
        const socket = createConnection(address);
        const timer = setTimeout(() => {
          socket.destroy(Object.assign(new Error(`connect ETIMEDOUT ${path}`), { code: 'ETIMEDOUT' }));
        }, limit);
        const end = (): void => {
          clearTimeout(timer);
          socket.off('error', fail);
        };
        const fail = (error: Error): void => {
          end();
          reject(error);
        };
        socket.once('error', fail);
        socket.once('connect', () => {
          end();
          resolve(socket);
        });
      }),
  );
}

/** Which process made the socket that stands at the path: the kernel still knows under which name. */
export function listenerAt(path: string): number | undefined {
  const own = nameFor(path, '');
  for (const line of readFileSync('/proc/net/unix', 'utf8').split('\n')) {
    const [, pid] = line.includes(own) ? (/\.(\d+)$/.exec(line) ?? []) : [];
    if (pid !== undefined && line.endsWith(` ${own}${pid}`)) return Number(pid);
  }
  return undefined;
}

function nameFor(path: string, pid: number | ''): string {
  return `${path}.${pid}`;
}

/** An address that is too long goes by the directory, opened: the kernel looks it up during the call. */
async function reach<T>(path: string, call: (address: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= LONGEST) return call(path);
  const directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await call(`/proc/self/fd/${directory}/${basename(path)}`);
  } finally {
    closeSync(directory);
  }
}

async function refuseIfTaken(path: string): Promise<void> {
  const there = statOf(path);
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`${path} is there, and is no socket`);
  try {
    (await connectTo(path)).destroy();
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') return;
    throw error;
  }
  throw new Error(`somebody listens at ${path} already`);
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
