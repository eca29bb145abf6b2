// commands/confirm/index.ts — netctl confirm.
import type { Verb } from '../verb.ts';

export const confirm: Verb = {
  name: 'confirm',
  description: 'keep an apply that waits to be confirmed',
  use: 'decides',
  load: async () => (await import('../../transaction/await-confirmation.ts')).confirm,
};
