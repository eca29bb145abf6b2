// test/specfile/spec-schema.test.ts — the schema itself: every key explained, closed maps, and the examples that it
// describes.
import { readdir, readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import schema from '../../schemas/spec.schema.json' with { type: 'json' };
import { sections } from '../../src/specfile/generated/validate.js';
import { problemsOf } from './problems.ts';

const root = new URL('../../', import.meta.url);

interface Found {
  readonly path: string;
  readonly node: object;
}

/** Every schema in the schema, by its place in it. */
function* nodes(node: unknown, path = '#'): Iterable<Found> {
  if (typeof node !== 'object' || node === null) return;
  yield { path, node };
  for (const [key, child] of Object.entries(node)) yield* nodes(child, `${path}/${key}`);
}
const all = [...nodes(schema)];
const keys = all.filter(({ path }) => /\/properties\/[^/]+$/.test(path));

test('every key has a description', () => {
  expect(keys.length).toBeGreaterThan(60);
  expect(keys.filter(({ node }) => !('description' in node)).map(({ path }) => path)).toEqual([]);
});

test('what every definition and document is, is said too', () => {
  expect(
    all
      .filter(({ path, node }) => /^#(\/\$defs\/[^/]+)?$/.test(path) && !('description' in node))
      .map(({ path }) => path),
  ).toEqual([]);
});

test('every map with keys of its own refuses others', () => {
  expect(
    all
      .filter(
        ({ node }) => 'properties' in node && !('additionalProperties' in node && node.additionalProperties === false),
      )
      .map(({ path }) => path)
      .filter((path) => !path.endsWith('/properties')),
  ).toEqual([]);
});

test('documents are merged by every key that they have', () => {
  expect(['apiVersion', ...sections.maps, ...sections.lists].sort()).toEqual(Object.keys(schema.properties).sort());
});

test('it is a JSON Schema of 2020-12 by the name that editors know', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(new URL(schema.$id).pathname).toBe('/schemas/v1/spec.schema.json');
});

describe("examples and the walk's specs", async () => {
  // An editor's validator, which knows no formats but takes the patterns.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, discriminator: true });
  const validate = ajv.compile(schema);
  const files = (
    await Promise.all(
      ['examples/', 'test/walk/specs/'].map(async (directory) =>
        (await readdir(new URL(directory, root)))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => `${directory}${name}`),
      ),
    )
  ).flat();
  test('are there', () => {
    expect(files.length).toBeGreaterThan(10);
  });
  for (const file of files) {
    const text = await readFile(new URL(file, root), 'utf8');
    test(`${file} is right, for netctl and for an editor`, () => {
      expect(problemsOf(text)).toEqual([]);
      expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    });
  }
  for (const file of files.filter((name) => name.startsWith('examples/'))) {
    test(`${file} tells editors where its schema is`, async () => {
      expect((await readFile(new URL(file, root), 'utf8')).split('\n')[0]).toBe(
        '# yaml-language-server: $schema=../schemas/spec.schema.json',
      );
    });
  }
});
