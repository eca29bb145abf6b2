// test/kernel/exported.test.ts — exports of the examples without VLANs, held against real tools;
// test/vm/exported.test.ts has those with.
import { exported } from './exported.ts';
import { hasVlans, specs } from './walks.ts';

exported([
  ...specs.filter((file) => file.startsWith('examples/') && !hasVlans(file)),
  'test/kernel/export-specs/everything.yaml',
]);
