// service/http.ts — metrics and health over HTTP, for Prometheus and for load balancers.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { listenAt } from './unix.ts';

export interface Pages {
  metrics(): Promise<string>;
  health(): { readonly ok: boolean; readonly text: string };
}

type Listen = { readonly path: string } | { readonly host?: string; readonly port: number };

/** Milliseconds. */
const HEADERS = 5000;
const REQUEST = 10_000;
const CONNECTIONS = 64;

/**
 * Serves until it is closed. Throws, in the operator's words, what prevents it. `address`: where it listens, once a
 * port was picked.
 */
export async function serveMetrics(
  listen: string,
  pages: Pages,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const where = readListen(listen);
  if (where === undefined)
    throw new Error(
      `cannot listen at ${JSON.stringify(listen)}: it has to be HOST:PORT, [IPV6]:PORT, :PORT or unix:/PATH`,
    );
  const server = createServer(
    {
      headersTimeout: HEADERS,
      requestTimeout: REQUEST,
      keepAliveTimeout: HEADERS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
    (request, response) => {
      void answer(request, response, pages);
    },
  );
  server.maxConnections = CONNECTIONS;
  server.setTimeout(REQUEST);
  try {
    const close = await begin(server, where);
    // A connection that could not be accepted: the next one may be.
    server.on('error', () => undefined);
    return {
      address: addressOf(server, listen),
      close: () => {
        const closed = close();
        server.closeAllConnections();
        return closed;
      },
    };
  } catch (error) {
    throw new Error(`cannot listen at ${listen}: ${wordsFor(error)}`, { cause: error });
  }
}

/** Undefined for what is no address. */
export function readListen(text: string): Listen | undefined {
  if (text.startsWith('unix:'))
    return /^unix:\/[^\0\n]*[^/\0\n]$/.test(text) ? { path: text.slice('unix:'.length) } : undefined;
  const [whole, six, name = '', digits = ''] =
    /^(?:\[([0-9A-Fa-f:.]+(?:%\w+)?)\]|([\w.-]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (whole === undefined || port > 65_535) return undefined;
  const host = six ?? name;
  return host === '' ? { port } : { host, port };
}

async function begin(server: Server, where: Listen): Promise<() => Promise<void>> {
  if ('path' in where) {
    const listening = await listenAt(server, where.path);
    return () => listening.close();
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1);
  const say = (code: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(code, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(text);
  };
  // What nobody wants to read must not fill the connection.
  request.resume();
  const mayBe = request.method === 'GET' || request.method === 'HEAD';
  try {
    if (path !== '/metrics' && path !== '/healthz') say(404, 'not found: there are /metrics and /healthz\n');
    else if (!mayBe) say(405, 'only GET and HEAD\n', { Allow: 'GET, HEAD' });
    else if (path === '/metrics')
      say(200, await pages.metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
    else {
      const { ok, text } = pages.health();
      say(ok ? 200 : 503, `${text}\n`);
    }
  } catch (error) {
    say(500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function addressOf(server: Server, listen: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return listen;
  return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return 'somebody listens there already';
    case 'EADDRNOTAVAIL':
      return 'this host does not have that address';
    case 'EACCES':
      return 'that needs root';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no host of that name';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
