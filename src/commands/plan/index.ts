// commands/plan/index.ts — netctl plan.
import { option } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const plan: Verb = {
  name: 'plan',
  description: 'say what apply would do, in order',
  use: 'reads',
  options: [
    option('--detailed-exitcode', 'exit 2 when something differs'),
    option('--commands', 'print the exact commands, as a shell script'),
    option('--rehearse', 'do it on a copy of this host, in a namespace, and say what would fail'),
  ],
  async load() {
    const run = await import('./run.ts');
    return (world: World, options: Options, { settings: { netns } }: Call) =>
      run.plan(world, {
        detailedExitcode: options.detailedExitcode === true,
        commands: options.commands === true,
        rehearse: options.rehearse === true,
        netns,
      });
  },
};

interface Options {
  readonly detailedExitcode?: true;
  readonly commands?: true;
  readonly rehearse?: true;
}
