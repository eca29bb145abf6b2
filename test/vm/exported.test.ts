// test/vm/exported.test.ts — an export with VLANs, held against real tools; of all examples that have some, and against
// iptables-legacy too, in the night.
import { exported } from '../kernel/exported.ts';
import { hasVlans, specs } from '../kernel/walks.ts';
import { isNightly } from '../nightly.ts';

exported(
  isNightly ? specs.filter((file) => file.startsWith('examples/') && hasVlans(file)) : ['examples/vlan.yaml'],
  isNightly ? ['nft', 'legacy'] : ['nft'],
);
