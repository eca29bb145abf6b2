// test/releases/words.test.ts — the tools of Debian 12 and 13 say the same host in their own words, and netctl makes
// the same of both.
import { expect, test } from 'vitest';
import { meanings, recorded, wordsOf } from './words.ts';

test('what both print of one host means the same, tool by tool', async () => {
  const [of12, of13] = [await meanings(recorded(wordsOf(12))), await meanings(recorded(wordsOf(13)))];
  expect(Object.keys(of12).length).toBeGreaterThan(14);
  for (const [tool, meaning] of Object.entries(of12)) expect([tool, of13[tool]]).toEqual([tool, meaning]);
});

test('in other words: some tools of 13 do not print what those of 12 do', () => {
  const [of12, of13] = [wordsOf(12), wordsOf(13)];
  expect(Object.keys(of13)).toEqual(Object.keys(of12));
  const differing = Object.keys(of12).filter((command) => of12[command] !== of13[command]);
  expect(differing).toEqual(expect.arrayContaining(['ebtables-nft-save', 'nft list chains', 'ip -j -d addr show']));
});
