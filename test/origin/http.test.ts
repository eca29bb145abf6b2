// test/origin/http.test.ts — a repository behind a password: it opens the door, and is nowhere to be seen.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGitOrigin } from '../../src/origin/git.ts';
import type { Origin } from '../../src/origin/origin.ts';
import { createRun } from '../../src/origin/run-git.ts';
import { workshop } from './repository.ts';
import type { Workshop } from './repository.ts';

let shop: Workshop;
let server: Server;
let port = 0;

beforeEach(async () => {
  shop = workshop();
  shop.repository('net');
  shop.commit('net', { 'spec.yaml': 'one' });
  server = serve(shop.at('.'), `Basic ${Buffer.from('user:s3 cret').toString('base64')}`);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  shop.remove();
});

function originOf(user: string, ran: (command: string) => void = () => undefined): Origin {
  const run = createRun();
  return createGitOrigin({
    url: `http://${user}@127.0.0.1:${port}/net/.git`,
    ref: 'main',
    path: '',
    directory: shop.at("it's state"),
    interval: 1000,
    run: (tool, args, task) => (ran(`${args.join(' ')} ${JSON.stringify(task.env ?? {})}`), run(tool, args, task)),
  });
}

test('the password opens, and is in no argument, in nothing shown and in no file that others can read', async () => {
  const commands: string[] = [];
  const origin = originOf('user:s3%20cret', (command) => commands.push(command));
  expect((await origin.read()).sources).toMatchObject([{ text: 'one' }]);
  expect(origin.from).toBe(`http://127.0.0.1:${port}/net/.git main`);
  expect(commands.join('\n')).not.toMatch(/s3|cret/);
  const having = readdirSync(shop.at("it's state"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => readFileSync(path, 'latin1').includes('s3%20cret'));
  expect(having.map((path) => [path, statSync(path).mode & 0o777])).toEqual([
    [shop.at("it's state/credentials"), 0o600],
  ]);
  // A second time: Git has not forgotten it.
  expect((await origin.read()).sources).toHaveLength(1);
});

test('a wrong password is told without it, and Git asks nobody for another', async () => {
  const failed = originOf('user:wr0ng').read();
  await expect(failed).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:\d+\/net\/\.git cannot be fetched: .*Authentication failed/s,
    ) as string,
  });
  await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('wr0ng') as string });
});

/** Git's own server behind a password, as a web server would run it. */
function serve(root: string, authorization: string): Server {
  return createServer((request, response) => {
    if (request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="net"' }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'],
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'user',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.once('close', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      const headers = answer
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line) => line.split(': '));
      for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
      response
        .writeHead(Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200))
        .end(answer.subarray(end + 4));
    });
  });
}
