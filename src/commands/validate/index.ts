// commands/validate/index.ts — netctl validate.
import type { Verb } from '../verb.ts';

export const validate: Verb = {
  name: 'validate',
  description: 'check the spec, for all its hosts, without looking at one',
  load: async () => (await import('./run.ts')).validate,
};
