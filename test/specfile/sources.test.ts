// test/specfile/sources.test.ts — what `-f` names: files, directories, standard input; and what cannot be read.
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSpec } from './read-spec.ts';
import type { Limits } from '../../src/specfile/input.ts';
import { readSources, SourceError } from '../../src/specfile/sources.ts';
import type { Reading } from '../../src/specfile/sources.ts';

let top = '';
const at = (...parts: readonly string[]): string => join(top, ...parts);

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'netctl-sources-'));
  for (const directory of ['d/deep/er', 'd/.hidden', 'empty', 'mount/..data'])
    await mkdir(at(directory), { recursive: true });
  for (const path of [
    'd/b.yaml',
    'd/a.yml',
    'd/c.yaml~',
    'd/deep/x.yaml',
    'd/deep/er/y.yml',
    'd/.hidden/z.yaml',
    'd/.a.yaml',
    'd/readme.md',
    'mount/..data/spec.yaml',
  ])
    await writeFile(at(path), `# ${path}\n`);
  await symlink('..', at('d/deep/loop'));
  await symlink('..data/spec.yaml', at('mount/spec.yaml'));
  await symlink('nowhere', at('d/dangling'));
  await writeFile(at('latin1.yaml'), Buffer.from('apiVersion: netctl/v1\ndefaults: { domain: caf\xe9 }\n', 'latin1'));
  await writeFile(at('bom.yaml'), '\uFEFFapiVersion: netctl/v1\n');
});
afterAll(() => rm(top, { recursive: true }));

async function* stdin(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

describe('read', () => {
  for (const [name, values, files] of [
    ['a file by its name, whatever it ends in', ['d/readme.md'], ['d/readme.md']],
    [
      'a directory: specs at every depth, in name order, each once, hidden ones left out',
      ['d'],
      ['d/a.yml', 'd/b.yaml', 'd/deep/er/y.yml', 'd/deep/x.yaml'],
    ],
    ['a file that is a link into a hidden directory', ['mount'], ['mount/spec.yaml']],
    [
      'in the order they are named, none twice',
      ['d/deep', 'd', 'd/a.yml'],
      ['d/deep/er/y.yml', 'd/deep/loop/a.yml', 'd/deep/loop/b.yaml', 'd/deep/x.yaml'],
    ],
  ] as const) {
    test(name, async () => {
      const sources = await readSources(values.map((value) => at(value)));
      expect(sources.map(({ file }) => file)).toEqual(files.map((file) => at(file)));
    });
  }
  test('standard input, once', async () => {
    expect(await readSources(['-', at('d/a.yml'), '-'], { stdin: stdin('hosts: {}\n') })).toEqual([
      { file: '<stdin>', text: 'hosts: {}\n' },
      { file: at('d/a.yml'), text: '# d/a.yml\n' },
    ]);
  });
  test('bytes that are not UTF-8 are refused at their place', async () => {
    const read = readSpec(await readSources([at('latin1.yaml')]));
    expect(
      read.ok ? [] : read.problems.map(({ code, at: [place] }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code}`),
    ).toEqual(['2:24 not-utf8']);
  });
  test('a byte order mark is not part of the text', async () => {
    expect(readSpec(await readSources([at('bom.yaml')])).ok).toBe(true);
  });
});

describe('refused', () => {
  for (const [name, path, reason] of [
    ['what is not there', 'nowhere.yaml', 'missing'],
    ['what is below a file', 'd/a.yml/x.yaml', 'missing'],
    ['a link to nowhere', 'd/dangling', 'missing'],
    ['a directory without specs', 'empty', 'empty'],
  ] as const) {
    test(name, async () => {
      const error: unknown = await readSources([at(path)]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SourceError);
      expect(error).toMatchObject({ path: at(path), reason });
    });
  }
  test('what is a spec by its name and cannot be read, also within a directory', async () => {
    await symlink('loop.yaml', at('empty/loop.yaml'));
    await expect(readSources([at('empty')])).rejects.toMatchObject({
      path: at('empty/loop.yaml'),
      reason: 'unreadable',
    });
    await rm(at('empty/loop.yaml'));
  });
});

describe('what is no file', () => {
  const limits = (time = 300): Limits => ({ bytes: 1 << 20, time });
  const failure = async (value: string, more: Reading = {}): Promise<string> =>
    await readSources([value], { limits: limits(), ...more }).then(
      () => 'read',
      (error: unknown) => (error instanceof SourceError ? error.message.replaceAll(top, '') : String(error)),
    );
  beforeAll(async () => {
    execFileSync('mkfifo', [at('fifo'), at('d/deep/fifo')]);
    await symlink('circle', at('circle'));
    await writeFile(at('large.yaml'), '');
    await truncate(at('large.yaml'), (1 << 20) + 1);
    await symlink('../large.yaml', at('mount/larger.yaml'));
  });

  for (const [name, value, message] of [
    [
      'a pipe to which nobody writes',
      'fifo',
      '/fifo had not ended after 0.3 s; NETCTL_SPEC_LIMIT, in milliseconds, gives whoever writes it longer',
    ],
    ['a device', '../../dev/zero', 'is a device, and no file'],
    ['links in a circle', 'circle', '/circle: cannot be read: its links lead in a circle'],
    [
      'a file that is too large',
      'large.yaml',
      '/large.yaml is too large: a spec has 1 MiB at most, all files together',
    ],
    ['one below a directory', 'mount', '/mount/larger.yaml is too large: a spec has 1 MiB at most, all files together'],
    ['a directory that is named as a file', 'bom.yaml/', '/bom.yaml/: no such file or directory'],
  ] as const) {
    test(`is said to be so: ${name}`, async () => {
      expect(await failure(value.startsWith('../../dev') ? '/dev/zero' : `${top}/${value}`)).toContain(message);
    });
  }

  test('a socket', async () => {
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
    expect(await failure(at('socket'))).toBe('/socket is a socket, and no file');
    server.close();
  });

  test('a pipe within a directory is said, and not waited for', async () => {
    await symlink('../fifo', at('mount/a.yaml'));
    expect(await failure(at('mount'), { limits: limits(60_000) })).toBe(
      '/mount/a.yaml is a pipe, which can be read only once: name it with -f itself, for a command that ends',
    );
    expect(await failure(at('fifo'), { limits: limits(60_000), pipes: false })).toContain(
      '/fifo is a pipe, which can be read only once',
    );
    await rm(at('mount/a.yaml'));
  });

  test('a directory whose walk is not over in time', async () => {
    const none = { bytes: 1 << 20, time: Number.MIN_VALUE };
    expect(await failure(at('mount'), { limits: none })).toMatch(/^\/mount had not ended after 0 s; NETCTL_SPEC_LIMIT/);
  });

  test('a name that is not UTF-8 is said to be so', async () => {
    await mkdir(at('odd'));
    await writeFile(
      Buffer.concat([Buffer.from(at('odd/a')), Buffer.from([0xff]), Buffer.from('.yaml')]),
      'apiVersion: netctl/v1\n',
    );
    expect(await failure(at('odd'))).toBe('/odd/a\uFFFD.yaml has a name that is not UTF-8: give it another');
  });

  test('all that is read shares the limit', async () => {
    await writeFile(at('half.yaml'), '# half a spec\n'.repeat(50_000));
    await writeFile(at('other.yaml'), '# half a spec\n'.repeat(50_000));
    expect(await readSources([at('half.yaml'), at('half.yaml')], { limits: limits() })).toHaveLength(1);
    await expect(readSources([at('half.yaml'), at('other.yaml')], { limits: limits() })).rejects.toMatchObject({
      path: at('other.yaml'),
      reason: 'unfit',
    });
  });

  test('a pipe is read to its end, however slowly it is written, and whoever comes first', async () => {
    const writer = spawn('bash', [
      '-c',
      `for part in api Version: ' netctl/v1'; do sleep 0.05; printf %s "$part"; done > ${at('fifo')}`,
    ]);
    expect(await readSources([at('fifo')], { limits: limits(60_000) })).toEqual([
      { file: at('fifo'), text: 'apiVersion: netctl/v1' },
    ]);
    writer.kill();
  });

  test('one that writes without end is not read without end', async () => {
    const writer = spawn('bash', ['-c', `exec yes > ${at('fifo')}`]);
    expect(await failure(at('fifo'), { limits: limits(60_000) })).toContain('is too large');
    writer.kill();
  });

  test('standard input that does not come, or does not end', async () => {
    const never: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const always: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: Buffer.alloc(1000, '#') }) }),
    };
    expect(await failure('-', { stdin: never })).toContain('<stdin> had not ended after 0.3 s');
    expect(await failure('-', { stdin: always, limits: limits(60_000) })).toContain('<stdin> is too large');
  });

  test('who is to end does not wait for it', async () => {
    const never: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    for (const value of ['-', at('fifo')]) {
      const stop = new AbortController();
      const reading = failure(value, { stdin: never, limits: { ...limits(60_000), signal: stop.signal } });
      stop.abort();
      expect(await reading).toMatch(/abort/i);
    }
  });
});

test('a file of more lines or documents than any spec has is refused for that alone, and of many errors the first thousand are said', () => {
  const codes = (text: string): readonly string[] => {
    const read = readSpec([{ file: 'spec.yaml', text }]);
    return read.ok ? [] : read.problems.map(({ code }) => code);
  };
  expect(codes('#\n'.repeat(400_000))).toEqual(['spec-too-large']);
  expect(codes('---\n'.repeat(4000))).toEqual(['spec-too-large']);
  const many = codes(`apiVersion: netctl/v1\n${Array.from({ length: 1500 }, (_, i) => `k${i}: 1\n`).join('')}`);
  expect([many.length, many.at(0), many.at(-1)]).toEqual([1001, 'unknown-key', 'more-problems']);
});
