// test/kernel/rehearsal/refused-links.test.ts — plans of corpus/links.ts, refused and rehearsed.
import { corpus } from './corpus/index.ts';
import { tell } from './corpus/tell.ts';

tell(corpus.links);
