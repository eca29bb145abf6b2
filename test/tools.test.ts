// test/tools.test.ts — whatever the program can run is in the table of Debian packages, and each package of that table
// is in the README.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packages } from '../src/driver/missing-tool.ts';

const root = new URL('..', import.meta.url).pathname;
const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(`${root}src/${path}`, 'utf8'));

/**
 * Where a command begins: what is read or captured, an op's argv, a list of words that begins with a tool, a child, a
 * shell's line.
 */
const BEGINS = [
  /(?:argv|tool|unit|calls)(?:: readonly string\[\])?(?::| =) \['([a-z][\w-]*)'/g,
  /(?:read|capture|attempt|orLost|inNamespace)\((?:\w+, )?\['([a-z][\w-]*)'/g,
  /\b(?:spawn|run)\('([a-z][\w-]*)'/g,
  /readonly string\[\] = \['([a-z][\w-]*)', '-/g,
  /return \['([a-z][\w-]*)', '-/g,
  /^const ENTER = \[\s+'([a-z][\w-]*)'/gm,
  /^ {2}'([a-z][\w-]*)', '--/gm,
  /&& \{? ?([a-z]\w+) -\w/g,
  /\{ ([a-z]\w+) (?:br_|--target)/g,
  /"-\|", "([a-z]+)"/g,
  /^`?(?:if .*; then )?([a-z]+) -(?:t|-bind|-rbind) /gm,
  /'([a-z]+) --rbind/g,
  /argv: readonly string\[\] = \['([a-z][\w-]*)'/g,
];
/** What git is told. */
const OF_GIT = ['cat-file', 'ls-tree', 'show'];
const run = [
  ...new Set(
    BEGINS.flatMap((form) => sources.flatMap((text) => [...text.matchAll(form)].map(([, tool = '']) => tool))),
  ),
]
  .filter((word) => !OF_GIT.includes(word))
  .sort();

describe('every tool that the program can run', () => {
  test('is found in its text, so that none of the table is there for nothing', () => {
    const named = (tool: string): boolean =>
      sources.some((text) =>
        new RegExp(`(^|[^\\w-])${tool}($|[^\\w-])`, 'm').test(text.replace(/packages: Readonly<[^;]*/, '')),
      );
    expect(Object.keys(packages).filter((tool) => !named(tool))).toEqual([]);
    expect(run.length).toBeGreaterThan(15);
  });
  for (const tool of run) test(`${tool}: is of a Debian package`, () => expect(packages).toHaveProperty(tool));
});

describe('every package', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const install = readme.slice(readme.indexOf('\n## Install'), readme.indexOf('\n## Tutorial'));
  for (const name of new Set(Object.values(packages)))
    test(`${name}: is in the README, where netctl is installed`, () =>
      expect(install).toMatch(new RegExp(`[\` ]${name}[\` ]`)));
});
