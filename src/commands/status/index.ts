// commands/status/index.ts — netctl status.
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const status: Verb = {
  name: 'status',
  description: 'say what the spec asks for, what is there, and what differs',
  use: 'reads',
  async load() {
    const run = await import('./run.ts');
    return (world: World, _options: object, { settings }: Call) =>
      run.status(world, async () => (await import('../../watch/ask.ts')).askWatch(settings, world));
  },
};
