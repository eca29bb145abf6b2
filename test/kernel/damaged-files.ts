// test/kernel/damaged-files.ts — the ways in which a file that netctl keeps can be damaged, and that it is
// told in words.
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'vitest';
import type { Ended } from './lab.ts';

const change =
  (edit: (value: Record<string, unknown>) => unknown) =>
  (path: string, was: string): void => {
    writeFileSync(path, `${JSON.stringify(edit(JSON.parse(was) as Record<string, unknown>))}\n`);
  };

/** Beside the state directory. */
const elsewhere = (path: string): string => path.replace(/\/state\/.*$/, '/elsewhere');

export type Damage = readonly [name: string, damage: (path: string, was: string) => void];

/** The file is there when each is done, unless it makes something else in its place. */
export const damages: readonly Damage[] = [
  [
    'empty',
    (path) => {
      writeFileSync(path, '');
    },
  ],
  [
    'cut in the middle',
    (path, was) => {
      writeFileSync(path, was.slice(0, was.length / 2));
    },
  ],
  [
    'without its last byte but one',
    (path, was) => {
      writeFileSync(path, was.trimEnd().slice(0, -1));
    },
  ],
  [
    'binary',
    (path) => {
      writeFileSync(path, Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 256)));
    },
  ],
  [
    'zeros, as after a power cut',
    (path, was) => {
      writeFileSync(path, Buffer.alloc(was.length));
    },
  ],
  [
    'what steers a terminal',
    (path) => {
      writeFileSync(path, '\x1b[2J\u202e{');
    },
  ],
  [
    'null',
    (path) => {
      writeFileSync(path, 'null');
    },
  ],
  [
    'a list',
    (path) => {
      writeFileSync(path, '[]');
    },
  ],
  [
    'an object with nothing in it',
    (path) => {
      writeFileSync(path, '{}');
    },
  ],
  ['of another version', change((value) => ({ ...value, version: 99 }))],
  [
    'nested without end',
    (path) => {
      writeFileSync(path, '['.repeat(200_000));
    },
  ],
  [
    'enormous',
    (path) => {
      truncateSync(path, 3e9);
    },
  ],
  [
    'a directory',
    (path) => {
      rmSync(path);
      mkdirSync(path);
      writeFileSync(`${path}/mine`, '');
    },
  ],
  [
    'a pipe',
    (path) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  ],
  [
    'a link to nowhere',
    (path) => {
      rmSync(path);
      symlinkSync('/nowhere', path);
    },
  ],
  [
    'a link to itself',
    (path) => {
      rmSync(path);
      symlinkSync(path, path);
    },
  ],
  [
    'a link to the same elsewhere',
    (path, was) => {
      writeFileSync(elsewhere(path), was);
      rmSync(path);
      symlinkSync(elsewhere(path), path);
    },
  ],
  [
    'a link to a device',
    (path) => {
      rmSync(path);
      symlinkSync('/dev/zero', path);
    },
  ],
];

/** Of the file that says who holds what. */
export const ofHoldings: readonly Damage[] = [
  ['without what is quarantined', change(({ quarantined: _, ...value }) => value)],
  [
    'addresses that are none',
    change((value) => ({ ...value, allocations: { 'network lab': { 'vm-1/lab': 'banana' } } })),
  ],
  ['addresses that are numbers', change((value) => ({ ...value, allocations: { 'network lab': { 'vm-1/lab': 7 } } }))],
  ['MACs that are none', change((value) => ({ ...value, allocations: { mac: { 'vm-1/lab': '192.168.50.2' } } }))],
];
export const ofState: readonly Damage[] = [
  ['without originals', change(({ originals: _, ...value }) => value)],
  ['originals without a kind', change((value) => ({ ...value, originals: [{ name: 'eth1' }] }))],
  ['originals of an unknown kind', change((value) => ({ ...value, originals: [{ kind: 'wormhole' }] }))],
  [
    'originals with a number for a name',
    change((value) => ({ ...value, originals: [{ kind: 'sysctl', name: 7, value: '0', borrowed: true }] })),
  ],
  ['memories of another sort', change((value) => ({ ...value, memories: { chain: [] } }))],
];

/** Of the files of a past apply. */
export const ofGeneration: readonly Damage[] = [
  ['its outcome of another sort', change((value) => ({ ...value, outcome: 7 }))],
  ['its time a number', change((value) => ({ ...value, when: 7 }))],
];
export const ofRecord: readonly Damage[] = [
  ['its spec of another sort', change((value) => ({ ...value, sources: [7] }))],
  ['its way back of another sort', change((value) => ({ ...value, undo: { found: 7, made: [] } }))],
  ['its image of another sort', change((value) => ({ ...value, image: { rules: 7 } }))],
];

/** What is at the path, whatever it is. */
export const portrait = (path: string): string => {
  const about = lstatSync(path);
  return about.isSymbolicLink()
    ? readlinkSync(path)
    : about.isFile() && about.size < 1e6
      ? readFileSync(path, 'latin1')
      : `${about.mode}`;
};

/** In words: short, without a stack, and nothing that a terminal would obey. */
export function expectWords({ out, err }: Ended, what: string): void {
  expect(`${out}${err}`, what).not.toMatch(/^ +at |should not happen|TypeError|[\x1b\u202e]/m);
  expect(err.length, what).toBeLessThan(3000);
}
