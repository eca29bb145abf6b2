// test/kernel/safe/drawn.ts — ways drawn by chance: any spec, run by anything, and at any moment any of those who could
// bring the operator back is killed or stopped.
import { Chance } from '../../walk/chance.ts';
import type { By, Moment } from './dared.ts';
import { specs } from './ways.ts';
import type { Way } from './ways.ts';

const BY: readonly By[] = ['itself', 'shell', 'terminal', 'pipes that close', '/dev/full'];
const OTHERS = ['a tool hangs', 'a tool is stopped', 'nothing'] as const;
/** One of the three is always left, or there would be nobody to wait for. */
const WITH_NETCTL = [
  ['netctl'],
  ['group'],
  ['netctl+guard'],
  ['netctl+standby'],
  ['netctl', '0.05', 'guard'],
  ['guard', '0.05', 'netctl'],
  ['standby', '0.02', 'netctl'],
  ['STOP', 'netctl'],
  ['STOP', 'netctl+guard'],
  ['STOP', 'guard', 'KILL', 'netctl'],
] as const;
const WITHOUT = [
  ['guard'],
  ['standby'],
  ['guard+standby'],
  ['STOP', 'guard'],
  ['STOP', 'standby'],
  ['guard', '0.05', 'standby'],
  ['HUP', 'group'],
  ['terminal'],
] as const;
/** Once a guard has had the time to find another. */
const LATER = [
  [],
  ['0.5', 'KILL', 'guard'],
  ['0.5', 'KILL', 'standby'],
  ['0.5', 'KILL', 'rollback'],
  ['1', 'STOP', 'guard'],
] as const;

export function drawn(seed: string, count: number): readonly Way[] {
  const chance = new Chance(seed);
  return Array.from({ length: count }, (_, i) => draw(chance, `${seed} ${i}`));
}

function draw(chance: Chance, id: string): Way {
  const name = chance.of(Object.keys(specs)) as keyof typeof specs;
  const by = chance.of(BY);
  const when = momentIn(chance);
  const other = chance.below(5) === 0 && when !== 'waiting' ? chance.of(OTHERS) : undefined;
  const deed =
    other === 'a tool hangs'
      ? 'the tool hangs'
      : other === 'a tool is stopped'
        ? 'the tool is stopped'
        : other === 'nothing'
          ? []
          : chance.below(2) === 0
            ? [...chance.of(WITH_NETCTL), ...chance.of(LATER)]
            : [...chance.of(WITHOUT)];
  const told = `${id}: ${name}, ${by}, ${JSON.stringify(when)}, ${typeof deed === 'string' ? deed : deed.join(' ')}`;
  // Of what runs it, or its own.
  return { name: told, spec: name, by, when, deed, goesOn: true, code: [3, 5, 137, 129, 'SIGKILL', 'SIGHUP'], why: '' };
}

function momentIn(chance: Chance): Moment {
  const phase = chance.of(['applying', 'waiting', 'rolling back'] as const);
  return phase === 'waiting'
    ? phase
    : { phase, tool: 1 + chance.below(phase === 'applying' ? 4 : 2), side: chance.of(['before', 'after'] as const) };
}
