// commands/history/index.ts — netctl history, and netctl show.
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const history: Verb = {
  name: 'history',
  description: 'list past applies: when, who, what, and what became of them',
  load: async () => (await import('./run.ts')).history,
};

export const show: Verb = {
  name: 'show',
  description: 'show a past apply: its plan, its spec, what was there before',
  operand: { name: '<generation>', description: 'its number' },
  async load() {
    const run = await import('./run.ts');
    return (world: World, _options: object, { operand }: Call) => run.show(world, operand);
  },
};
