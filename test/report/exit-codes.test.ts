// test/report/exit-codes.test.ts — each exit code is explained where operators look, and no other.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exit } from '../../src/report/exit-codes.ts';

const SIGNALS = [130, 143];

for (const [file, table] of [
  ['README.md', /^\| exit code \|.*\n\|.*\n((?:\|.*\n)+)/m],
  ['src/main.ts', /^Exit codes:\n((?: {2}.*\n)+)/m],
] as const)
  test(file, () => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const codes = [...(table.exec(`${text}\n`)?.[1] ?? '').matchAll(/^[| ]+((?:\d+[, ]*)+)/gm)].flatMap(
      ([, all = '']) => all.match(/\d+/g)?.map(Number) ?? [],
    );
    expect(codes).toEqual([...Object.values(exit), ...SIGNALS]);
  });
