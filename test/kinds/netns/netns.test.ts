// test/kinds/netns/netns.test.ts — network namespaces: which are ours, what is told to make one, and one that was only
// half made.
import { expect, test } from 'vitest';
import { DriverError } from '../../../src/core/resource.ts';
import { createNetnsKind, namespacesThere } from '../../../src/kinds/netns/index.ts';
import type { Netns } from '../../../src/kinds/netns/model.ts';
import { createWhole } from '../../fake-host/whole.ts';

const netns = createNetnsKind('netctl-');
const named = (name: string, rest: Partial<Netns> = {}): Netns => ({ kind: 'netns', name, ...rest });

test('ours are those whose names begin so; another of a name that is wanted is foreign', async () => {
  const { host, ip } = createWhole({ namespaces: ['g1', 'netctl-r1', 'r2'] });
  ip.do('netns exec netctl-r1 ip link set dev lo up');
  expect(await netns.observe(host, [named('r2'), named('r3')], {})).toEqual([
    named('netctl-r1'),
    named('r2', { foreign: true }),
  ]);
});

test('one is made by itself, and its loopback is brought up in it', () => {
  const ref = 'netns netctl-r1';
  const after = named('netctl-r1');
  expect(netns.steps([{ verb: 'create', ref, after }]).map(({ ops }) => ops)).toEqual([
    [
      { op: 'run', argv: ['ip', 'netns', 'add', 'netctl-r1'] },
      { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link set dev lo up'], netns: 'netctl-r1' },
    ],
  ]);
  expect(netns.steps([{ verb: 'delete', ref, before: after }]).map(({ ops }) => ops)).toEqual([
    [{ op: 'run', argv: ['ip', 'netns', 'delete', 'netctl-r1'] }],
  ]);
});

test('a name without a namespace is none, and is made again', async () => {
  const { host } = createWhole({ namespaces: ['netctl-r1'] });
  const half = {
    files: () => Promise.resolve(new Map()),
    processes: () => Promise.resolve([]),
    read: (argv: readonly string[], inside?: string) =>
      inside === undefined
        ? host.read(argv)
        : Promise.reject(
            new DriverError('ip', { stderr: `setting the network namespace "${inside}" failed: Invalid argument` }),
          ),
  };
  const [found = named('')] = await netns.observe(half, [], {});
  expect(found).toEqual(named('netctl-r1', { broken: true }));
  expect(netns.mustReplace?.(found, named('netctl-r1'))).toBe(true);
  expect(await namespacesThere(half, 'netctl-')).toEqual([]);
});

test('a host that is a namespace itself leaves those of the machine alone', async () => {
  const { host } = createWhole({ namespaces: ['netctl-r1', 'lab.netctl-r1'] });
  const found = await createNetnsKind('lab.netctl-').observe(host, [], {});
  expect(found.map(({ name }) => name)).toEqual(['lab.netctl-r1']);
});
