// test/core/stored.test.ts — what a store holds: a register of holdings, and the state of one host.
import { expect, test } from 'vitest';
import { NOTHING, together } from '../../src/core/stored.ts';

test('put together, holdings are of the one and all else is of the other', () => {
  const earlier = { ...NOTHING, allocations: { mac: { 'vm-1/lab': 'fa:16:3e:00:00:01' } }, beside: ['default'] };
  const { beside: _beside, ...state } = { ...earlier, allocations: {}, originals: [{ kind: 'link' }] };
  expect(together(earlier, state)).toEqual({
    ...NOTHING,
    allocations: earlier.allocations,
    originals: [{ kind: 'link' }],
  });
});
