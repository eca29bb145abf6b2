// service/socket.ts — how a running watch says what it knows of itself: a Unix socket that answers each connection with
// one JSON document.
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { codeOf, connectTo, listenAt, listenerAt } from './unix.ts';
import type { Listening } from './unix.ts';

/** At a time. Who is beyond that is turned away. */
const CONNECTIONS = 16;
/** Milliseconds that a connection may be idle. */
const IDLE = 5000;
/** Bytes of an answer. */
const LONGEST = 64 << 20;

export interface Served {
  /** Listens anew where somebody has removed the socket. Throws what prevents it. */
  ensure(): Promise<void>;
  close(): Promise<void>;
}

/** Answers whoever connects; the socket is gone when it is closed. */
export async function serveStatus(path: string, answer: () => Promise<unknown>): Promise<Served> {
  const open = new Set<Socket>();
  const listen = async (): Promise<Listening> => {
    const server = createServer((socket) => {
      open.add(socket);
      socket.setTimeout(IDLE, () => socket.destroy());
      // Who goes before the end has no need of it.
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
      socket.resume();
      answer().then(
        (value) => socket.end(`${JSON.stringify(value)}\n`),
        () => socket.destroy(),
      );
    });
    server.maxConnections = CONNECTIONS;
    const listening = await listenAt(server, path);
    // A connection that could not be accepted: the next one may be.
    server.on('error', () => undefined);
    return listening;
  };
  let listening = listen();
  let closed = false;
  await listening;
  return {
    ensure: async () => {
      const before = listening;
      if ((await before).isThere() || listening !== before || closed) return;
      listening = listen().then(
        (again) => {
          // Whoever is being answered is answered to the end.
          void before.then((old) => old.close());
          return again;
        },
        (error: unknown) => {
          listening = before;
          throw error;
        },
      );
      await listening;
    },
    close: async () => {
      closed = true;
      const ended = listening.then((last) => last.close());
      for (const socket of open) socket.destroy();
      await ended;
    },
  };
}

export type Asked =
  | { readonly state: 'answers'; readonly answer: unknown }
  /** No watch runs. */
  | { readonly state: 'absent' }
  /** Whether one runs is not for us to know. */
  | { readonly state: 'forbidden'; readonly why: string }
  /** One is there, and stopped or hung. */
  | { readonly state: 'silent'; readonly pid?: number; readonly why: string };

/** Asks a running watch. */
export async function askStatus(path: string, timeoutMs: number): Promise<Asked> {
  const began = performance.now();
  try {
    const socket = await connectTo(path, timeoutMs);
    const timer = setTimeout(
      () => socket.destroy(new Error(`no response within ${timeoutMs} ms`)),
      Math.max(0, timeoutMs - (performance.now() - began)),
    );
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      if ((bytes += chunk.length) > LONGEST) socket.destroy(new Error('its response does not end'));
    });
    const said = await text(socket).finally(() => clearTimeout(timer));
    if (said === '') throw new Error('it closed the connection without a response');
    return { state: 'answers', answer: JSON.parse(said) as unknown };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED') return { state: 'absent' };
    if (codeOf(error) === 'EACCES')
      return { state: 'forbidden', why: error instanceof Error ? error.message : String(error) };
    const pid = listenerAt(path);
    return {
      state: 'silent',
      ...(pid === undefined ? {} : { pid }),
      why: error instanceof Error ? error.message : String(error),
    };
  }
}
