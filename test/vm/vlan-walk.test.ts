// test/vm/vlan-walk.test.ts — the walk from VLANs to other VLANs only: few of a walk through all specs are next to each
// other.
import { hasVlans, specs, walks } from '../kernel/walks.ts';

walks(specs.filter(hasVlans), { times: 1, steps: 8 });
