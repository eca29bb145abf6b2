// test/report/disruption.test.ts — what a plan does to packets, as an operator reads it.
import { describe, expect, test } from 'vitest';
import { NOTHING } from '../../src/core/stored.ts';
import { inNames, namesOf, renderDisruption, renderInterrupted } from '../../src/report/disruption.ts';
import { specOf } from '../commands/bench.ts';
import { readSpec } from '../specfile/read-spec.ts';

describe('one change', () => {
  for (const [text, disruption] of [
    ['none', { class: 'none' }],
    ['new connections', { class: 'new-connections' }],
    ['flows of vm-1', { class: 'flows', of: ['vm-1'] }],
    ['flows of a, b (and 2 more)', { class: 'flows', of: ['a', 'b', 'c', 'd'] }],
    ['link eth1', { class: 'link', link: 'eth1' }],
  ] as const)
    test(text, () => expect(renderDisruption(disruption)).toBe(text));
});

describe('all of a plan', () => {
  for (const [text, all] of [
    ['no established flow is interrupted', [{ class: 'none' }, { class: 'new-connections' }]],
    [
      'interrupts: link eth1',
      [
        { class: 'link', link: 'eth1' },
        { class: 'link', link: 'eth1' },
        { class: 'flows', of: ['eth1', 'eth1 to the host'] },
      ],
    ],
    [
      'interrupts: links eth1, br0; flows of vm-1; new connections',
      [
        { class: 'new-connections' },
        { class: 'flows', of: ['vm-1'] },
        { class: 'link', link: 'eth1' },
        { class: 'link', link: 'br0' },
      ],
    ],
    [
      'interrupts: flows of a, b (and 1 more)',
      [
        { class: 'flows', of: ['a', 'b'] },
        { class: 'flows', of: ['b', 'c'] },
      ],
    ],
  ] as const)
    test(text, () => expect(renderInterrupted(all)).toBe(text));
});

test('an address has the name of the instance that had it, a device that of the one that asks for it', () => {
  const read = readSpec([
    {
      file: 'a.yaml',
      text: specOf('vm-1').replace('{ network: lab }', '{ network: lab, device: { type: external, name: vnet0 } }'),
    },
  ]);
  if (!read.ok) throw new Error('the spec is wrong');
  const [before, stored] = ['vm-1/lab', 'vm-2/lab#2'].map((holder) => ({
    ...NOTHING,
    allocations: { 'network lab': { [holder]: '10.0.0.2' } },
  }));
  const names = namesOf({ spec: read.spec, before, stored: stored ?? NOTHING });
  expect(inNames({ class: 'flows', of: ['10.0.0.2', 'vnet0', 'br-lab'] }, names)).toEqual({
    class: 'flows',
    of: ['vm-1', 'br-lab'],
  });
  expect(namesOf({ spec: read.spec, before: undefined, stored: stored ?? NOTHING }).get('10.0.0.2')).toBe('vm-2');
});
