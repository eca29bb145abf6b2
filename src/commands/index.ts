// commands/index.ts — all verbs, in the order in which help lists them. A verb more is its folder and its line here.
import { apply } from './apply/index.ts';
import { confirm } from './confirm/index.ts';
import { destroy } from './destroy/index.ts';
import { exportVerb } from './export/index.ts';
import { history, show } from './history/index.ts';
import { ip } from './ip/index.ts';
import { plan } from './plan/index.ts';
import { rollback } from './rollback/index.ts';
import { status } from './status/index.ts';
import { validate } from './validate/index.ts';
import type { Group, Verb } from './verb.ts';
import { watch } from './watch/index.ts';

export const verbs: readonly (Verb | Group)[] = [
  validate,
  plan,
  apply,
  confirm,
  rollback,
  history,
  show,
  destroy,
  watch,
  status,
  exportVerb,
  ip,
];
