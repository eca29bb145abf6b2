// test/kinds/address/announce.test.ts — addresses that are announced when they are bound: in few processes, and also
// after a crash in between.
import { expect, test } from 'vitest';
import { address } from '../../../src/kinds/address/index.ts';
import { announcer } from '../../../src/kinds/address/announce.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import type { Op } from '../../../src/core/resource.ts';

const floating = (ip: string, link: string, more: Partial<Address> = {}): Address => ({
  kind: 'address',
  link,
  cidr: `${ip}/32`,
  announce: true,
  ...more,
});
const linesOf = (ops: readonly Op[]): readonly string[] =>
  ops.flatMap((op) =>
    op.op !== 'batch'
      ? [op.op]
      : op.lines.map((line) => `${op.tool[0] ?? ''} ${op.tool[0] === 'perl' ? `${op.tool.at(-1) ?? ''} ` : ''}${line}`),
  );
const created = (after: Address) => ({ verb: 'create', ref: `address ${address.key(after)}`, after }) as const;

test('all of a link are bound, announced and marked in three processes', () => {
  const steps = address.steps([
    created(floating('198.51.100.17', 'eth1')),
    created(floating('203.0.113.64', 'eth2')),
    created(floating('198.51.100.18', 'eth1')),
  ]);
  expect(steps.map(({ ops }) => linesOf(ops))).toEqual([
    [
      'ip address replace 198.51.100.17/32 metric 117001 dev eth1',
      'ip address replace 198.51.100.18/32 metric 117001 dev eth1',
      'perl eth1 198.51.100.17',
      'perl eth1 198.51.100.18',
      'ip address replace 198.51.100.17/32 metric 117 dev eth1',
      'ip address replace 198.51.100.18/32 metric 117 dev eth1',
    ],
    [
      'ip address replace 203.0.113.64/32 metric 117001 dev eth2',
      'perl eth2 203.0.113.64',
      'ip address replace 203.0.113.64/32 metric 117 dev eth2',
    ],
  ]);
});

test('one that was bound and not announced, the power having failed, is announced', () => {
  const [before, after] = [floating('198.51.100.17', 'eth1', { metric: 117001 }), floating('198.51.100.17', 'eth1')];
  expect(address.same?.(before, after)).toBe(false);
  expect(
    address
      .steps([{ verb: 'update', ref: 'address eth1 198.51.100.17/32', before, after }])
      .map(({ ops }) => linesOf(ops)),
  ).toEqual([['perl eth1 198.51.100.17', 'ip address replace 198.51.100.17/32 metric 117 dev eth1']]);
});

test('one that is not to be announced is added in one line', () => {
  expect(
    linesOf(address.steps([created({ kind: 'address', link: 'br0', cidr: '10.0.0.1/24' })])[0]?.ops ?? []),
  ).toEqual(['ip address replace 10.0.0.1/24 metric 117 dev br0']);
});

test('the program is one line for a shell', () => expect(announcer('eth1')[2]).not.toMatch(/[\n']/));
