// test/service/http.test.ts — the two pages, what is no page, and where it can and cannot listen.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readListen, serveMetrics } from '../../src/service/http.ts';
import type { Pages } from '../../src/service/http.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const PAGES: Pages = {
  metrics: () => Promise.resolve('netctl_settled 1\n'),
  health: () => ({ ok: true, text: 'settled' }),
};

async function serve(listen = '127.0.0.1:0', pages: Partial<Pages> = {}): Promise<string> {
  const served = await serveMetrics(listen, { ...PAGES, ...pages });
  closing.push(() => served.close());
  return served.address;
}

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly length: string;
  readonly text: string;
}

function ask(address: string, path: string, method = 'GET', body = ''): Promise<Answer> {
  const to = address.startsWith('unix:')
    ? { socketPath: address.slice('unix:'.length) }
    : { host: new URL(`http://${address}`).hostname.replace(/[[\]]/g, ''), port: new URL(`http://${address}`).port };
  return new Promise((resolve, reject) => {
    request({ ...to, path, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          length: response.headers['content-length'] ?? '',
          text,
        }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

const METRICS = 'text/plain; version=0.0.4; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
for (const [name, method, path, answer] of [
  ['metrics', 'GET', '/metrics', { code: 200, type: METRICS, text: 'netctl_settled 1\n' }],
  [
    'metrics with a question',
    'GET',
    '/metrics?name[]=netctl_settled',
    { code: 200, type: METRICS, text: 'netctl_settled 1\n' },
  ],
  ['only the head', 'HEAD', '/metrics', { code: 200, type: METRICS, length: '17', text: '' }],
  ['health', 'GET', '/healthz', { code: 200, type: TEXT, text: 'settled\n' }],
  ['only its head', 'HEAD', '/healthz', { code: 200, length: '8', text: '' }],
  ['another page', 'GET', '/', { code: 404 }],
  ['a page below', 'GET', '/metrics/x', { code: 404 }],
  ['a page that cannot be', 'GET', '//x:99999/%', { code: 404 }],
  ['another method', 'POST', '/metrics', { code: 405, text: 'only GET and HEAD\n' }],
  ['another method where nothing is', 'DELETE', '/', { code: 404 }],
] as const) {
  test(`${method} of ${name}`, async () =>
    expect(await ask(await serve(), path, method, method === 'POST' ? 'x'.repeat(100_000) : '')).toMatchObject(answer));
}

test('what is not well is 503, and why', async () => {
  expect(
    await ask(
      await serve('127.0.0.1:0', { health: () => ({ ok: false, text: 'not settled: chain nat netctl-snat' }) }),
      '/healthz',
    ),
  ).toMatchObject({ code: 503, text: 'not settled: chain nat netctl-snat\n' });
});

test('what breaks is 500, and the next is answered', async () => {
  let times = 0;
  const address = await serve('127.0.0.1:0', {
    metrics: () => (times++ === 0 ? Promise.reject(new Error('broken')) : PAGES.metrics()),
  });
  expect(await ask(address, '/metrics')).toMatchObject({ code: 500, text: 'broken\n' });
  expect(await ask(address, '/metrics')).toMatchObject({ code: 200 });
});

test('who says nothing, or not enough, is shut out', async () => {
  const address = await serve();
  const ends = await Promise.all(
    ['', 'GET /metrics HTTP/1.1\r\nHost: x\r\n', 'nonsense\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`].map(
      (says) =>
        new Promise<boolean>((resolve) => {
          const socket = createConnection(Number(address.split(':').at(-1)), '127.0.0.1', () => socket.write(says));
          socket
            .on('error', () => undefined)
            .on('data', () => undefined)
            .once('close', () => resolve(true));
        }),
    ),
  );
  expect(ends).toEqual([true, true, true, true]);
  expect(await ask(address, '/healthz')).toMatchObject({ code: 200 });
});

describe('where it listens', () => {
  test('at an address', async () => expect(await serve('127.0.0.1:0')).toMatch(/^127\.0\.0\.1:[1-9]\d*$/));
  test('at a name', async () => expect(await ask(await serve('localhost:0'), '/healthz')).toMatchObject({ code: 200 }));
  const hasSix = Object.values(networkInterfaces())
    .flat()
    .some((each) => each?.address === '::1');
  test.skipIf(!hasSix)('at an IPv6 address', async () => {
    const address = await serve('[::1]:0');
    expect(address).toMatch(/^\[::1\]:[1-9]\d*$/);
    expect(await ask(address, '/healthz')).toMatchObject({ code: 200 });
  });
  test('at all addresses', async () => {
    const port = (await serve(':0')).split(':').at(-1) ?? '';
    expect(await ask(`127.0.0.1:${port}`, '/healthz')).toMatchObject({ code: 200 });
  });
  test('at a path, for root alone, and nothing stays', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nct-http-'));
    closing.push(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'metrics.sock');
    const served = await serveMetrics(`unix:${path}`, PAGES);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask(served.address, '/metrics')).toMatchObject({ code: 200, text: 'netctl_settled 1\n' });
    await served.close();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
  test('no more, once closed: no connection is left that would keep the process', async () => {
    let asked: () => void = () => undefined;
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const served = await serveMetrics('127.0.0.1:0', {
      ...PAGES,
      metrics: () => {
        asked();
        return new Promise(() => undefined);
      },
    });
    const answer = ask(served.address, '/metrics').catch((error: unknown) => String(error));
    await asking;
    await served.close();
    expect(await answer).toContain('socket hang up');
    await expect(ask(served.address, '/healthz')).rejects.toThrow('ECONNREFUSED');
  }, 5000);
});

for (const text of [
  '',
  '9117',
  ':',
  'host',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '127.0.0.1:-1',
  '127.0.0.1:http',
  '::1:9117',
  '[::1]',
  '[x]:1',
  'a b:1',
  'unix:',
  'unix:run/x',
  'unix:/run/',
  'http://127.0.0.1:9117',
  '127.0.0.1:9117/',
]) {
  test(`${JSON.stringify(text)} is no address`, async () => {
    await expect(serveMetrics(text, PAGES)).rejects.toThrow(
      `cannot listen at ${JSON.stringify(text)}: it has to be HOST:PORT, [IPV6]:PORT, :PORT or unix:/PATH`,
    );
  });
}

for (const [text, listen] of [
  ['127.0.0.1:9117', { host: '127.0.0.1', port: 9117 }],
  [':9117', { port: 9117 }],
  ['[::1]:9117', { host: '::1', port: 9117 }],
  ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
  ['host-1.example:65535', { host: 'host-1.example', port: 65_535 }],
  ['unix:/run/netctl/metrics.sock', { path: '/run/netctl/metrics.sock' }],
] as const) {
  test(`${text} is an address`, () => expect(readListen(text)).toEqual(listen));
}

describe('what prevents it is said', () => {
  test('somebody listens there', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await expect(serveMetrics(`127.0.0.1:${port}`, PAGES)).rejects.toThrow(
      `cannot listen at 127.0.0.1:${port}: somebody listens there already`,
    );
  });
  test('the address is not of this host', async () => {
    await expect(serveMetrics('192.0.2.1:9117', PAGES)).rejects.toThrow(
      'cannot listen at 192.0.2.1:9117: this host does not have that address',
    );
  });
});
