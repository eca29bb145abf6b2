// test/kernel/rehearsal/refused-daemons.test.ts — plans of corpus/daemons.ts, refused and rehearsed.
import { corpus } from './corpus/index.ts';
import { tell } from './corpus/tell.ts';

tell(corpus.daemons);
