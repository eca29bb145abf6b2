// test/vm/walk.test.ts — the walk from VLANs to other VLANs, of which few are next to each other in a walk through all
// specs; that one, in the night.
import { describe } from 'vitest';
import { isNightly } from '../nightly.ts';
import { hasVlans, specs, walks } from '../kernel/walks.ts';

describe('to other VLANs', () => {
  walks(specs.filter(hasVlans), { times: 1, steps: isNightly ? 8 : 2 });
});
if (isNightly)
  describe('through all specs', () => {
    walks(specs, { times: 1, steps: 8 });
  });
