// test/kinds/file/index.test.ts — files below a directory of netctl's own.
import { describe, expect, test } from 'vitest';
import type { Op } from '../../../src/core/resource.ts';
import { createFileKind } from '../../../src/kinds/file/index.ts';
import type { File } from '../../../src/kinds/file/model.ts';
import { createWhole } from '../../fake-host/whole.ts';
import { Bench } from '../bench.ts';

const directory = '/var/lib/netctl/networks';
const kind = createFileKind([directory, '/var/lib/netctl/guests']);
const file = (name: string, more: Partial<File> = {}): File => ({
  kind: 'file',
  path: `${directory}/${name}`,
  ...more,
});

describe('what is done', () => {
  const written: Op = { op: 'write', path: `${directory}/lab/hosts`, text: 'a\n', mode: 0o600, directoryMode: 0o700 };
  for (const [name, found, wanted, ops] of [
    ['a file that is missing is written, for root alone', {}, [file('lab/hosts', { text: 'a\n' })], [written]],
    [
      'one for others too, in directories they can pass',
      {},
      [file('lab/hosts', { text: 'a\n', mode: 0o644 })],
      [{ ...written, mode: 0o644, directoryMode: 0o711 }],
    ],
    [
      'one that somebody edited is written again',
      { 'lab/hosts': 'b\n' },
      [file('lab/hosts', { text: 'a\n' })],
      [written],
    ],
    [
      'of sorted lines only those are said that differ',
      { 'lab/hosts': 'a\nb\n' },
      [file('lab/hosts', { text: 'b\nc\n', sorted: true })],
      [{ op: 'edit', path: `${directory}/lab/hosts`, remove: ['a'], add: ['c'], mode: 0o600 }],
    ],
    [
      'what somebody put into disorder is put in order',
      { 'lab/hosts': 'b\na\na\n\n' },
      [file('lab/hosts', { text: 'a\nb\n', sorted: true })],
      [{ op: 'edit', path: `${directory}/lab/hosts`, remove: [], add: [], mode: 0o600 }],
    ],
    ['one that is right is left alone', { 'lab/hosts': 'a\n' }, [file('lab/hosts', { text: 'a\n' })], []],
    ['one that a process writes is made empty', {}, [file('lab/hosts')], [{ ...written, text: '' }]],
    ['and then left to the process', { 'lab/hosts': 'held\n' }, [file('lab/hosts')], []],
    [
      'what nobody wants goes, half-written leftovers too',
      { 'lab/hosts': 'a\n', 'lab/hosts.new': 'h' },
      [file('lab/hosts', { text: 'a\n' })],
      [{ op: 'remove', path: `${directory}/lab/hosts.new` }],
    ],
  ] as const)
    test(name, async () => {
      const { host } = createWhole();
      for (const [path, text] of Object.entries(found)) host.disk.write(`${directory}/${path}`, text);
      const bench = new Bench(host, [kind]);
      expect(await bench.apply(wanted)).toEqual(ops);
      expect((await bench.plan(wanted)).steps).toEqual([]);
    });
});

test('each of its directories is swept', async () => {
  const { host } = createWhole();
  for (const path of [`${directory}/lab/hosts`, '/var/lib/netctl/guests/vm-1/interfaces']) host.disk.write(path, 'a\n');
  expect(await new Bench(host, [kind]).apply([])).toEqual([
    { op: 'remove', path: `${directory}/lab/hosts` },
    { op: 'remove', path: '/var/lib/netctl/guests/vm-1/interfaces' },
  ]);
});

test('what lies elsewhere is not seen', async () => {
  const { host } = createWhole();
  host.disk.write('/var/lib/netctl/allocations.json', '{}');
  host.disk.write('/var/lib/netctl/networks.old/hosts', '');
  expect(await new Bench(host, [kind]).apply([])).toEqual([]);
});

describe('says', () => {
  for (const [text, after, before] of [
    [`${directory}/leases`, file('leases'), undefined],
    [`${directory}/hosts  2 lines`, file('hosts', { text: 'a\nb\n' }), undefined],
    [`${directory}/hosts  +1 line`, file('hosts', { text: 'a\nb\n' }), file('hosts', { text: 'a\n' })],
    [`${directory}/hosts  +1 -1 lines`, file('hosts', { text: 'b\n' }), file('hosts', { text: 'a\n' })],
    [`${directory}/hosts  in another order`, file('hosts', { text: 'b\na\n' }), file('hosts', { text: 'a\nb\n' })],
  ] as const)
    test(text, () => expect(kind.describe(after, before)).toBe(text));
});
