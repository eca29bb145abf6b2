// test/spec/sources.test.ts — what `-f` names: files, directories, standard input; and what cannot be read.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSpec } from '../../src/spec/read.ts';
import { readSources, SourceError } from '../../src/spec/sources.ts';

let top = '';
const at = (...parts: readonly string[]): string => join(top, ...parts);

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'netctl-sources-'));
  for (const directory of ['d/deep/er', 'd/.hidden', 'empty', 'mount/..data']) await mkdir(at(directory), { recursive: true });
  for (const path of ['d/b.yaml', 'd/a.yml', 'd/c.yaml~', 'd/deep/x.yaml', 'd/deep/er/y.yml', 'd/.hidden/z.yaml', 'd/.a.yaml', 'd/readme.md', 'mount/..data/spec.yaml']) await writeFile(at(path), `# ${path}\n`);
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
    ['a directory: specs at every depth, in name order, each once, hidden ones left out', ['d'], ['d/a.yml', 'd/b.yaml', 'd/deep/er/y.yml', 'd/deep/x.yaml']],
    ['a file that is a link into a hidden directory', ['mount'], ['mount/spec.yaml']],
    ['in the order they are named, none twice', ['d/deep', 'd', 'd/a.yml'], ['d/deep/er/y.yml', 'd/deep/loop/a.yml', 'd/deep/loop/b.yaml', 'd/deep/x.yaml']],
  ] as const) {
    test(name, async () => {
      const sources = await readSources(values.map((value) => at(value)));
      expect(sources.map(({ file }) => file)).toEqual(files.map((file) => at(file)));
    });
  }
  test('standard input, once', async () => {
    expect(await readSources(['-', at('d/a.yml'), '-'], stdin('hosts: {}\n'))).toEqual([{ file: '<stdin>', text: 'hosts: {}\n' }, { file: at('d/a.yml'), text: '# d/a.yml\n' }]);
  });
  test('bytes that are not UTF-8 are refused at their place', async () => {
    const read = readSpec(await readSources([at('latin1.yaml')]));
    expect(read.ok ? [] : read.problems.map(({ code, at: [place] }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code}`)).toEqual(['2:24 not-utf8']);
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
    await expect(readSources([at('empty')])).rejects.toMatchObject({ path: at('empty/loop.yaml'), reason: 'unreadable' });
    await rm(at('empty/loop.yaml'));
  });
});
