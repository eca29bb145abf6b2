// test/kernel/rehearsal/corpus/index.ts — all plans that a host refuses.
import type { Case } from './case.ts';
import { daemons } from './daemons.ts';
import { files } from './files.ts';
import { links } from './links.ts';
import { routes } from './routes.ts';
import { rules } from './rules.ts';

export const corpus = { links, routes, rules, daemons, files } satisfies Readonly<Record<string, readonly Case[]>>;
