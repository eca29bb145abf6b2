// test/kernel/rehearsal/refused-files.test.ts — plans of corpus/files.ts, refused and rehearsed.
import { corpus } from './corpus/index.ts';
import { tell } from './corpus/tell.ts';

tell(corpus.files);
