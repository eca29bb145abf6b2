// test/core/memo.test.ts — what is worked out once of each value.
import { expect, test } from 'vitest';
import { memo } from '../../src/core/memo.ts';

test('is worked out once of each, also where nothing comes of it', () => {
  const asked: object[] = [];
  const sizeOf = memo((list: readonly number[]) => {
    asked.push(list);
    return list.length === 0 ? undefined : list.length;
  });
  const [one, same, empty] = [[1, 2], [1, 2], []];
  expect([one, same, empty, one, empty].map(sizeOf)).toEqual([2, 2, undefined, 2, undefined]);
  expect(asked).toEqual([one, same, empty]);
});
