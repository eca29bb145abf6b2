// test/kernel/walk.test.ts — the walk through all specs without VLANs; test/vm/walk.test.ts walks through all of them.
import { hasVlans, specs, walks } from './walks.ts';

walks(
  specs.filter((file) => !hasVlans(file)),
  { times: 4, steps: 12 },
);
