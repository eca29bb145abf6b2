// test/iproute2/batch.test.ts — what can be said in a line of a batch, and what cannot.
import { describe, expect, test } from 'vitest';
import { decodeAlias, encodeAlias, ipBatch, quote } from '../../src/iproute2/batch.ts';

describe('a word of a line', () => {
  for (const [name, word, text] of [
    ['a plain one', 'br-lab', 'br-lab'],
    ['one with blanks', 'vm-1/lab 10.0.0.5', '"vm-1/lab 10.0.0.5"'],
    ['none at all', '', '""'],
    ['one with an apostrophe', "o'neil", '"o\'neil"'],
  ] as const) {
    test(name, () => {
      expect(quote(word)).toBe(text);
    });
  }

  for (const [name, word] of [
    ['a comment', 'a#b'],
    ['a quote', 'a"b'],
    ['two lines', 'a\nb'],
  ] as const) {
    test(`never ${name}`, () => {
      expect(() => quote(word)).toThrow('no word');
    });
  }
});

describe('an alias', () => {
  for (const [name, alias, encoded] of [
    ['without anything strange', 'vm-1/lab 192.168.50.5 fa:16:3e:2c:e8:ec', 'vm-1/lab 192.168.50.5 fa:16:3e:2c:e8:ec'],
    ['of a second NIC', 'vm-1/lab#2', 'vm-1/lab%232'],
    ['that looks encoded', 'a%23b', 'a%2523b'],
    ['with a quote and a line break', 'a"b\nc', 'a%22b%0ac'],
  ] as const) {
    test(`${name} comes back as it was`, () => {
      expect(encodeAlias(alias)).toBe(encoded);
      expect(decodeAlias(encoded)).toBe(alias);
    });
  }
});

test('a line that ip would cut short is never sent', () => {
  expect(() => ipBatch(['link del dev a#b'])).toThrow('would not read the whole');
});

test('a batch for a namespace', () => {
  expect(ipBatch(['link set dev eth0 up'], 'g1')).toEqual({
    op: 'batch',
    tool: ['ip', '-batch', '-'],
    lines: ['link set dev eth0 up'],
    netns: 'g1',
  });
});
