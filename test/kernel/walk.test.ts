// test/kernel/walk.test.ts — the walk through all specs without VLANs; test/vm/walk.test.ts walks through all of them.
import { isNightly } from '../nightly.ts';
import { hasVlans, specs, walks } from './walks.ts';

walks(
  specs.filter((file) => !hasVlans(file)),
  { times: isNightly ? 8 : 2, steps: 12 },
);
