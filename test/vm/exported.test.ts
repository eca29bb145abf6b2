// test/vm/exported.test.ts — exports of the examples with VLANs, held against real tools; against iptables-legacy in
// the night.
import { exported } from '../kernel/exported.ts';
import { hasVlans, specs } from '../kernel/walks.ts';
import { isNightly } from '../nightly.ts';

exported(
  specs.filter((file) => file.startsWith('examples/') && hasVlans(file)),
  isNightly ? ['nft', 'legacy'] : ['nft'],
);
