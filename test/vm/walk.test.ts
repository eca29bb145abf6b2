// test/vm/walk.test.ts — the walk through all specs, those with VLANs too.
import { specs, walks } from '../kernel/walks.ts';

walks(specs, { times: 1, steps: 8 });
