// test/readme.test.ts — what the README points at is there, and what is there is on its map. Its tutorial runs in test/kernel/.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, 'utf8');
const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);

test('every link leads somewhere', () => {
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((target) => !existsSync(root + target))).toEqual([]);
});

test('every room is on the map', () => {
  const rooms = readdirSync(`${root}src`, { withFileTypes: true }).map((entry) => (entry.isDirectory() ? `src/${entry.name}/` : `src/${entry.name}`));
  expect(rooms.filter((room) => !links.includes(room))).toEqual([]);
});

test('every kind and every feature is named', () => {
  for (const room of ['kinds', 'features']) {
    const folders = readdirSync(`${root}src/${room}`, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const line = readme.split('\n').find((text) => text.startsWith(`| [src/${room}/]`)) ?? '';
    expect(folders.filter((name) => !new RegExp(`[\`: ]${name}[\` ,]`).test(line))).toEqual([]);
  }
});
