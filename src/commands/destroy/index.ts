// commands/destroy/index.ts — netctl destroy.
import { option } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const destroy: Verb = {
  name: 'destroy',
  description: 'remove everything netctl owns, restore what it borrowed',
  use: 'changes',
  options: [option('-y, --yes', 'do not ask')],
  async load() {
    const run = await import('./run.ts');
    return (world: World, options: { readonly yes?: true }, { settings }: Call) =>
      run.destroy(world, {
        yes: options.yes === true,
        watchedBy: async () => (await import('../../watch/ask.ts')).watcher(settings),
      });
  },
};
