// test/store/holdings.test.ts — holdings as values.
import { expect, test } from 'vitest';
import { NOTHING } from '../../src/core/stored.ts';
import { merged } from '../../src/store/holdings.ts';

test('several hosts hold what each of them does', () => {
  const quarantine = { holder: 'vm-3/lab', until: 5 };
  const one = { allocations: { lab: { 'vm-1': '10.0.0.2' }, mac: { 'vm-1': 'fa:16:3e:00:00:01' } }, quarantined: {} };
  const other = { allocations: { lab: { 'vm-2': '10.0.0.3' } }, quarantined: { lab: { '10.0.0.4': quarantine } } };
  expect([one, other].reduce(merged, NOTHING)).toMatchObject({
    allocations: { lab: { 'vm-1': '10.0.0.2', 'vm-2': '10.0.0.3' }, mac: one.allocations.mac },
    quarantined: other.quarantined,
  });
});
