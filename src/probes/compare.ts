// probes/compare.ts — what an apply has cut off: what answered before it and does not after.
import type { Answer, Probe } from './model.ts';

/**
 * Milliseconds that a gateway or the operator is given afterwards: a link that came up again finds its neighbours
 * within one second, and an
 * IPv6 address is of use two seconds after it was bound.
 */
const SETTLING = 5_000;

/** What is asked after an apply: whoever answered before. What nobody set a timeout for is given time to settle. */
export function askedAgain(before: readonly Answer[]): readonly Probe[] {
  return before
    .filter(({ answered }) => answered)
    .map(({ probe, said }) => {
      const target = targetAgain(probe.target, said);
      return {
        ...probe,
        target,
        timeout: probe.path === undefined ? Math.max(probe.timeout, SETTLING) : probe.timeout,
      };
    });
}

function targetAgain(target: Probe['target'], said: string | undefined): Probe['target'] {
  switch (target.kind) {
    case 'session':
      return { ...target, wasThere: true };
    case 'way':
      return said === undefined ? target : { ...target, was: said };
    case 'ping':
    case 'tcp':
    case 'dns':
    case 'http':
      return target;
  }
}

/** What answered before and does not any more. What was not asked again counts as silent. */
export function lost(before: readonly Answer[], after: readonly Answer[]): readonly Answer[] {
  const answers = new Map(after.map((answer) => [answer.probe.name, answer]));
  return before
    .filter(({ answered }) => answered)
    .flatMap((answer) => {
      const its = answers.get(answer.probe.name) ?? { ...answer, answered: false, why: 'it was not asked again' };
      return its.answered ? [] : [its];
    });
}
