// guards/uplink-elsewhere.ts — an interface that somebody has put into another bridge, a bond or a VRF while netctl had
// it: to restore it would take it out of that.
import type { Guard } from '../core/resource.ts';
import type { Circumstances } from './circumstances.ts';

export function uplinkElsewhere({ links, restored = [] }: Pick<Circumstances, 'links' | 'restored'>): Guard {
  return function* () {
    for (const { name } of restored) {
      const master = links.get(links.get(name)?.master ?? '');
      if (master === undefined || master.ours) continue;
      yield {
        severity: 'error',
        code: 'uplink-in-use',
        at: [],
        message: `${name} is in ${master.name} by now, which is not netctl's: to restore it would take it out of that`,
        hint: `\`ip link set dev ${name} nomaster\`, if ${master.name} can do without it; then again`,
      };
    }
  };
}
