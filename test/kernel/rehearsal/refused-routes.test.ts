// test/kernel/rehearsal/refused-routes.test.ts — plans of corpus/routes.ts, refused and rehearsed.
import { corpus } from './corpus/index.ts';
import { tell } from './corpus/tell.ts';

tell(corpus.routes);
