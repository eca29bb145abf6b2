// test/core/sanitize.test.ts — what reaches a terminal of texts that others wrote.
import { expect, test } from 'vitest';
import { escaped, harmless, inOneLine, onTerminal } from '../../src/core/sanitize.ts';

for (const [name, text, shown] of [
  [
    'letters of any language, and what joins them',
    'größe 漢字 👩\u200d💻 می\u200cخواهم',
    'größe 漢字 👩\u200d💻 می\u200cخواهم',
  ],
  ['lines and tabs', 'a\n\tb', 'a\n\tb'],
  ['an escape', '\x1b[31mred', '\uFFFD[31mred'],
  ['the one byte that begins a sequence', '\x9b31m', '\uFFFD31m'],
  ['what goes back', 'ok\rno\b\x7f', 'ok\uFFFDno\uFFFD\uFFFD'],
  ['text turned about', 'a\u202eb\u2066c\u200f\u061c', 'a\uFFFDb\uFFFDc\uFFFD\uFFFD'],
  ['lines of another sort', 'a\u2028b\u2029', 'a\uFFFDb\uFFFD'],
  ['what is not seen', 'a\u200b\ufeff\u{e0041}', 'a\uFFFD\uFFFD\uFFFD'],
  ['half a character', 'a\ud800b', 'a\uFFFDb'],
] as const) {
  test(name, () => {
    expect(harmless(text)).toBe(shown);
  });
}

test('a name is no more than a line', () => {
  expect(inOneLine('a\nerror: b\u202e')).toBe('a\uFFFDerror: b\uFFFD');
});

test('JSON says what it is, and means the same', () => {
  const value = { 'a\u202e': ['\x7f\x9b\u{e0041}\ud800', 'ü'] };
  const text = escaped(JSON.stringify(value));
  expect(text).toBe('{"a\\u202e":["\\u007f\\u009b\\udb40\\udc41\\ud800","ü"]}');
  expect(JSON.parse(text)).toEqual(value);
});

test('our colours are for those who asked for them, and no others are', () => {
  const text = '\x1b[1;31merror\x1b[0m \x1b[8mhidden\x1b[2J';
  expect(onTerminal(text, true)).toBe('\x1b[1;31merror\x1b[0m \uFFFD[8mhidden\uFFFD[2J');
  expect(onTerminal(text, false)).toBe('\uFFFD[1;31merror\uFFFD[0m \uFFFD[8mhidden\uFFFD[2J');
});
