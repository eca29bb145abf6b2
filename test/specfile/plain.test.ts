// test/specfile/plain.test.ts — the quick reader reads what the library reads, or nothing: whole specs, and specs
// damaged at random.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/specfile/parse.ts';
import { plainTree } from '../../src/specfile/plain.ts';
import { textOf } from '../../src/specfile/text.ts';

const root = new URL('../..', import.meta.url).pathname;
const specs = ['examples', 'test/walk/specs'].flatMap((room) =>
  readdirSync(join(root, room), { encoding: 'utf8' }).map(
    (name) => [`${room}/${name}`, readFileSync(join(root, room, name), 'utf8')] as const,
  ),
);

/** Fails when it is read otherwise than by the library. */
function read(text: string): ReturnType<typeof plainTree> {
  const source = textOf({ file: 'spec.yaml', text });
  const plain = plainTree(source);
  if (plain !== undefined)
    expect(parseYaml(source, new WeakMap())).toEqual({ documents: [plain], problems: [], whole: true });
  return plain;
}

describe('what we write ourselves is plain', () => {
  for (const [path, text] of specs) test(path, () => expect(read(text)).toBeDefined());
});

describe('plain', () => {
  for (const [name, text] of [
    ['a list below its key without indentation', 'a:\n- b: 1\n  c: x\n- d\ne: f\n'],
    ['flow collections', 'a: { b: [c, "d: e", { f: 1 }], g: {}, h: [ ] } # i\n'],
    ['text in quotes', `a: 'b # c'\nd: "e: [f"\n`],
    ['nothing, truth and numbers', 'a: null\nb: true\nc: 10\nd: 0\n'],
    ['addresses', 'a: 10.0.0.1\nb: 10.0.0.0/24\nc: fa:16:3e:00:00:01\nd: fd00::1\ne: 10.0.0.1-10.0.0.9\n'],
    ['several words', 'a: b c  d\n'],
    ['no line end at the end', 'a:\n  b: c'],
    ['comments anywhere', '# a\na: # b\n    # c\n  b: c # d\n# e\n'],
    ['names of which JavaScript thinks something', '__proto__: 1\nconstructor: 2\n'],
  ] as const)
    test(name, () => expect(read(text)).toBeDefined());
});

describe('left to the library', () => {
  for (const [name, text] of [
    ['nothing', ''],
    ['a comment', '# a\n'],
    ['a key without a value', 'a:\n'],
    ['a value on the next line', 'a:\n  b\n'],
    ['a value on two lines', 'a: b\n  c\n'],
    ['one key twice', 'a: 1\na: 2\n'],
    ['one key twice in a flow', 'a: { b: 1, b: 2 }\n'],
    ['a number not as it is said', 'a: 1.10\n'],
    ['an octal number', 'a: 010\n'],
    ['a number in hexadecimal', 'a: 0x1F\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !b c\n'],
    ['a block of text', 'a: |\n  b\n'],
    ['a tab', 'a:\tb\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['a directive', '%YAML 1.1\n---\na: no\n'],
    ['a key that is no text', 'true: 1\n'],
    ['an escape', 'a: "\\n"\n'],
    ['a flow on two lines', 'a: [b,\n  c]\n'],
    ['a colon without a blank', 'a:b\n'],
    ['a comment without a blank', 'a: "b"#c\n'],
    ['indented too far', 'a: 1\n  b: 2\n'],
    ['indented too little', 'a:\n    b: 1\n  c: 2\n'],
    ['truth in capitals', 'a: TRUE\n'],
    ['a pair in a list', 'a: [b: c]\n'],
    ['nesting without end', Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['flows without end', `a: ${'['.repeat(10_000)}`],
  ] as const)
    test(name, () => expect(read(text)).toBeUndefined());
});

test('damaged at random', () => {
  const damage = fc.record({
    of: fc.constantFrom(...specs.map(([, text]) => text)),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat({ max: 3 }),
        add: fc.constantFrom(
          '',
          ' ',
          '  ',
          '\n',
          '\n  ',
          ':',
          ': ',
          '- ',
          '#',
          ' #',
          ',',
          '[',
          ']',
          '{',
          '}',
          '"',
          "'",
          '|',
          '>',
          '&a ',
          '*a',
          '!',
          '?',
          '? ',
          '%',
          '@',
          '~',
          'a: ',
          '0',
          '.',
          '1e3',
          '-',
          '--- ',
          '\n---\n',
          '...',
          '=',
          '<<: ',
          'null',
          'yes',
          '::',
          '\t',
          '\\',
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });
  fc.assert(
    fc.property(damage, ({ of, edits }) => {
      read(
        edits.reduce((text, { at, remove, add }) => {
          const from = Math.floor(at * text.length);
          return text.slice(0, from) + add + text.slice(from + remove);
        }, of),
      );
    }),
    { numRuns: Number(process.env['NETCTL_RUNS'] ?? 500) },
  );
}, 600_000);

test('put together at random', () => {
  const word = fc.constantFrom(
    'a',
    'b',
    ': ',
    ':',
    '\n',
    '\n',
    '  ',
    ' ',
    '- ',
    '-',
    '{ ',
    ' }',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '#',
    ' # ',
    '1',
    '.',
    '1.2.3.4',
    '/',
    'a: ',
    'b:',
    '\n  ',
    '\n- ',
    'null',
    '~',
    '+',
    '=',
    '%',
    '@',
    '_',
    '0',
    'e',
    '\\',
    'true',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 24 }), (words) => {
      read(words.join(''));
      read(`a: ${words.join('')}`);
    }),
    { numRuns: Number(process.env['NETCTL_RUNS'] ?? 500) },
  );
}, 600_000);
