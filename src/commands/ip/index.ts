// commands/ip/index.ts — netctl ip free, used and show.
import type { Call, Group } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';

export const ip: Group = {
  name: 'ip',
  description: 'say which addresses are free or used, and what an address is',
  verbs: [
    {
      name: 'free',
      description: 'which addresses of a network or pool are free',
      operand: {
        name: '<name>',
        description: 'a network or pool; networks.NAME or pools.NAME where both have one name',
      },
      async load() {
        const { free } = await import('./free.ts');
        return (world: World, _options: object, { operand }: Call) => free(world, operand);
      },
    },
    {
      name: 'used',
      description: 'which are used, by whom, and what is quarantined or reserved',
      operand: { name: '<name>', description: 'a network or pool' },
      async load() {
        const { used } = await import('./used.ts');
        return (world: World, _options: object, { operand }: Call) => used(world, operand);
      },
    },
    {
      name: 'show',
      description: 'what an address is, and which line of the spec says so',
      operand: { name: '<address>', description: 'an IPv4 address' },
      async load() {
        const { show } = await import('./show.ts');
        return (world: World, _options: object, { operand }: Call) => show(world, operand);
      },
    },
  ],
};
