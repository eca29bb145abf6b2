// guards/uplink-elsewhere.ts — an interface that somebody has put into another bridge, a bond or a VRF while netctl had
// it: to give it back would take it out of that.
import type { Guard } from '../core/resource.ts';
import type { Circumstances } from './circumstances.ts';

export function uplinkElsewhere({ links, givenBack = [] }: Pick<Circumstances, 'links' | 'givenBack'>): Guard {
  return function* () {
    for (const { name } of givenBack) {
      const master = links.get(links.get(name)?.master ?? '');
      if (master === undefined || master.ours) continue;
      yield {
        severity: 'error',
        code: 'uplink-in-use',
        at: [],
        message: `${name} is in ${master.name} by now, which is not netctl's: it would be taken out of that to be given back`,
        hint: `\`ip link set dev ${name} nomaster\`, if ${master.name} can do without it; then again`,
      };
    }
  };
}
