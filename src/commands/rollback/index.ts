// commands/rollback/index.ts — netctl rollback.
import { generationNumber, option } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const rollback: Verb = {
  name: 'rollback',
  description: 'roll back an apply that waits to be confirmed, or go back one generation',
  use: 'decides',
  options: [
    option('--to <generation>', 'go to this one; netctl history lists them').argParser(generationNumber),
    option('--unconfirmed', 'only roll back what was not confirmed in time, as after a reboot'),
    option('-y, --yes', 'do not ask'),
  ],
  async load() {
    const run = await import('./run.ts');
    return (world: World, options: Options, { settings }: Call) =>
      run.rollback(world, {
        yes: options.yes === true,
        unconfirmed: options.unconfirmed === true,
        ...(options.to === undefined ? {} : { to: options.to }),
        watchedBy: async () => (await import('../../watch/ask.ts')).watcher(settings),
      });
  },
};

interface Options {
  readonly yes?: true;
  readonly to?: number;
  readonly unconfirmed?: true;
}
