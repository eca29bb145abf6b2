// test/vm/exported.test.ts — exports of the examples with VLANs, held against real tools.
import { exported } from '../kernel/exported.ts';
import { hasVlans, specs } from '../kernel/walks.ts';

exported(specs.filter((file) => file.startsWith('examples/') && hasVlans(file)));
