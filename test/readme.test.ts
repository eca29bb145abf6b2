// test/readme.test.ts — what the README points at is there, and what is there is on its map. Its blocks of commands run
// in test/kernel/.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, 'utf8');
const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);

test('every link leads somewhere', () => {
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((target) => !existsSync(root + target))).toEqual([]);
});

test('every room is on the map', () => {
  const rooms = readdirSync(`${root}src`, { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? `src/${entry.name}/` : `src/${entry.name}`,
  );
  expect(rooms.filter((room) => !links.includes(room))).toEqual([]);
});

test('every kind and every feature is named', () => {
  for (const room of ['kinds', 'features']) {
    const folders = readdirSync(`${root}src/${room}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const line = readme.split('\n').find((text) => text.startsWith(`| [src/${room}/]`)) ?? '';
    expect(folders.filter((name) => !new RegExp(`[\`: ]${name}[\` ,]`).test(line))).toEqual([]);
  }
});

describe('command lines', () => {
  const program = `${root}dist/netctl.js`;
  if (!existsSync(program)) execFileSync(process.execPath, [`${root}scripts/build.mjs`], { cwd: root });
  const told = [...readme.matchAll(/(?<=`|\n|&& )netctl ([a-z][^`\n|]*)/g)].map(([, words = '']) => words.trim());
  const explained = new Map<string, string>();
  const help = (verb: string): string => {
    const known =
      explained.get(verb) ?? spawnSync(process.execPath, [program, 'help', verb], { encoding: 'utf8' }).stdout;
    explained.set(verb, known);
    return known;
  };

  test('there are some', () => expect(told.length).toBeGreaterThan(20));
  test.each([...new Set(told)])('netctl %s', (line) => {
    const [verb = '', ...words] = line.split(/\s+/);
    expect(help(verb)).toContain('Usage: netctl');
    const flags = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);
    expect(flags.filter((flag) => !new RegExp(`[ ,]${flag}\\b`).test(help(verb)))).toEqual([]);
  });

  test('every script of npm is there', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...readme.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('the package that is installed is the one that is packed', () => {
    const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      readonly name: string;
      readonly version: string;
    };
    expect(readme).toContain(`npm install --global ./${name}-${version}.tgz\n`);
  });
});
