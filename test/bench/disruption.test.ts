// test/bench/disruption.test.ts — which measured changes count, which are as the plan said, and how they read.
import { describe, expect, test } from 'vitest';
import { isInvalid, isWrong, pageWith, renderDisruptions, renderVlanDisruptions } from '../../bench/disruption-page.ts';
import type { Measured } from '../../bench/disruption-page.ts';
import type { Lost } from '../kernel/traffic.ts';

const whole: Lost = { ping: { lost: 0, of: 500 }, udp: { lost: 0, of: 10_000 }, gap: 0, stalls: 0, broken: undefined };
const dented: Lost = { ...whole, udp: { lost: 1234, of: 10_000 }, gap: 12.3, stalls: 2 };
const cut: Lost = { ...whole, udp: { lost: 8000, of: 10_000 }, gap: 800, broken: 'Connection reset by peer' };
const of = (
  said: string,
  concerned: Lost,
  bystander: Lost = whole,
  more: { readonly calm?: Lost; readonly harm?: boolean } = {},
): Measured => ({
  name: 'a change',
  harm: more.harm ?? false,
  ran: { said, took: 900, calm: [whole, more.calm ?? whole], concerned, bystander },
});

describe('a row', () => {
  for (const [name, measured, invalid, wrong] of [
    ['nothing said, nothing lost', of('none', whole), false, false],
    ['nothing said, something lost', of('none', dented), false, true],
    ['only new connections, and yet one is cut', of('new connections', { ...whole, broken: 'closed' }), false, true],
    ['as said', of('link eth1', dented), false, false],
    ['a bystander lost something', of('link eth1', dented, dented), false, true],
    ["so it did without any change: the machine's doing", of('none', dented, dented, { calm: dented }), true, false],
    ['the damage itself had cut it', of('none', cut, whole, { harm: true }), false, false],
  ] as const)
    test(name, () => expect([isInvalid(measured), isWrong(measured)]).toEqual([invalid, wrong]));
});

const rows = [
  of('none', whole),
  of('link eth1', dented),
  of('flows of vm-1', cut),
  of('none', whole, whole, { calm: dented }),
];
const circumstances = {
  date: '2026-11-21',
  machine: '2 × CPU',
  versions: [],
  load: ['1.0', '2.0'],
  took: '9 s',
  pace: { udp: 5000, every: 2 },
  place: 'a kernel',
} as const;

test('the page', () => {
  const page = renderDisruptions(rows, circumstances);
  expect(page).toContain('a ping every 2 ms, 5,000 packets of UDP a second');
  expect(page).toContain('no established flow is interrupted: 1 change, 21,000 packets, 0 lost.**');
  expect(page.split('\n').filter((line) => line.startsWith('| a change'))).toEqual([
    '| a change | none | 0, 0 | 0 |  | 0, 0 | 0 |  |',
    '| a change | link eth1 | 0, 1,234 | 12 | stalled 2 times | 0, 0 | 0 |  |',
    '| a change | flows of vm-1 | 0, all |  | cut (connection reset by peer) | 0, 0 | 0 |  |',
  ]);
  expect(page).toMatch(/Not valid, .*: a change\.\n$/s);
});

test('one of its parts is written anew, and the other stays', () => {
  const notes = '## What stands behind the figures\n\n- notes\n';
  const [here, vlans] = [renderDisruptions(rows, circumstances), renderVlanDisruptions(rows, circumstances)];
  const first = pageWith({ here }, '', notes);
  expect(first).toBe(`${here}\n${notes}`);
  const both = pageWith({ vlans }, first, notes);
  expect(both).toBe(`${here}\n${vlans}\n${notes}`);
  expect(pageWith({ here: '# Anew\n' }, both, notes)).toBe(`# Anew\n\n${vlans}\n${notes}`);
  expect(pageWith({ vlans: '## VLAN devices, anew\n' }, both, '## Other notes\n')).toBe(
    `${here}\n## VLAN devices, anew\n\n## Other notes\n`,
  );
});
