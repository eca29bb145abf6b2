// test/specfile/json.test.ts — the reader of JSON reads what the library reads, with every place, or nothing: whole
// specs, specs damaged at random, and any value at all.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonTree } from '../../src/specfile/json.ts';
import { parseYaml } from '../../src/specfile/parse.ts';
import { textOf } from '../../src/specfile/text.ts';

const root = new URL('../..', import.meta.url).pathname;
const specs = [
  ...['examples', 'test/walk/specs'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => join(root, room, name)),
  ),
  ...readdirSync(join(root, 'test/cases'), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(root, 'test/cases', name)),
].flatMap((path): readonly (readonly [string, unknown])[] => {
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [[path.slice(root.length), value]]
      : [];
  } catch {
    return [];
  }
});

/** Fails when it is read otherwise than by the library. */
function read(text: string): ReturnType<typeof jsonTree> {
  const source = textOf({ file: 'spec.json', text });
  const tree = jsonTree(source);
  if (tree !== undefined)
    expect(parseYaml(source, new WeakMap())).toEqual({ documents: [tree], problems: [], whole: true });
  return tree;
}

const INDENTS = [undefined, 1, 2, 4];

test('specs as programs write them', () => {
  let plain = 0;
  for (const [path, value] of specs)
    for (const indent of INDENTS) {
      const text = JSON.stringify(value, undefined, indent);
      const isOrdinary = !/\\|"":/.test(text);
      const tree = read(`${text}\n`);
      if (tree !== undefined) plain++;
      else if (isOrdinary) expect.soft(tree, `${path} ${indent ?? 0}`).toBeDefined();
    }
  expect(plain).toBeGreaterThan(100);
});

describe('left to others', () => {
  for (const [name, text] of [
    ['YAML', 'a: 1\n'],
    ['a list', '[1]'],
    ['one key twice', '{"a": 1, "b": 2, "a": 3}'],
    ['an escape', '{"a": "\\u0041"}'],
    ['a fraction', '{"a": 1.10}'],
    ['a number below nothing', '{"a": -1}'],
    ['a number too large', '{"a": 12345678901234567890}'],
    ['a comma too much', '{"a": 1,}'],
    ['a key without a value', '{"a": }'],
    ['a key without quotes', '{a: 1}'],
    ['a key on a line of its own', '{"a":\n1}'],
    ['a tab', '{\t"a": 1}'],
    ['a comment', '{"a": 1} # b'],
    ['something behind it', '{"a": 1}\n{"b": 2}'],
    ['half of it', '{"a": {"b": 1}'],
    ['nesting without end', `{"a": ${'['.repeat(10_000)}`],
  ] as const)
    test(name, () => expect(read(text)).toBeUndefined());
});

test('any value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(...INDENTS), (value, indent) => {
      read(JSON.stringify(value, undefined, indent));
    }),
    { numRuns: Number(process.env['NETCTL_RUNS'] ?? 500) },
  );
}, 600_000);

test('damaged at random', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 3 }),
    add: fc.constantFrom('', ' ', '\n', ',', ':', '[', ']', '{', '}', '"', "'", '#', ' #', '\\', '\t', '0', '.', '-', '&a ', '*a', '!', '---\n', 'null', 'a', '"a":', '"a" :\n'), // prettier-ignore
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...specs.map(([, value]) => value)),
      fc.constantFrom(...INDENTS),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (value, indent, edits) => {
        read(
          edits.reduce(
            (text, { at, remove, add }) => {
              const from = Math.floor(at * text.length);
              return text.slice(0, from) + add + text.slice(from + remove);
            },
            JSON.stringify(value, undefined, indent),
          ),
        );
      },
    ),
    { numRuns: Number(process.env['NETCTL_RUNS'] ?? 500) },
  );
}, 600_000);
