// commands/apply/index.ts — netctl apply.
import { option, time } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const apply: Verb = {
  name: 'apply',
  description: 'make the host match the spec',
  use: 'changes',
  options: [
    option('-y, --yes', 'do not ask'),
    option('--rehearse', 'do it on a copy of this host first; what would fail there is not begun'),
    option('--atomic', 'all of it or nothing: what fails is rolled back'),
    option('--confirm-timeout <time>', 'roll it back unless netctl confirm comes within this time: 60s')
      .argParser(time)
      .env('NETCTL_CONFIRM_TIMEOUT'),
    option('--no-wait', 'with --confirm-timeout: return once it is done, do not wait for netctl confirm'),
    option('--no-prune', 'leave what has left the spec'),
    option('--allow-mass-delete', 'let the plan remove more than half of what netctl has'),
  ],
  async load() {
    const run = await import('./run.ts');
    return (world: World, options: Options, { settings }: Call) =>
      run.apply(world, {
        yes: options.yes === true,
        prune: options.prune,
        allowMassDelete: options.allowMassDelete === true,
        rehearse: options.rehearse === true,
        atomic: options.atomic === true,
        waits: options.wait,
        ...(options.confirmTimeout === undefined ? {} : { confirm: options.confirmTimeout / 1000 }),
        contradicts: async () => (await import('../../watch/ask.ts')).contradiction(settings),
      });
  },
};

interface Options {
  readonly yes?: true;
  readonly prune: boolean;
  readonly allowMassDelete?: true;
  readonly rehearse?: true;
  readonly atomic?: true;
  /** Milliseconds. */
  readonly confirmTimeout?: number;
  readonly wait: boolean;
}
