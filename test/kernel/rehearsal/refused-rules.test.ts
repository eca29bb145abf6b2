// test/kernel/rehearsal/refused-rules.test.ts — plans of corpus/rules.ts, refused and rehearsed.
import { corpus } from './corpus/index.ts';
import { tell } from './corpus/tell.ts';

tell(corpus.rules);
