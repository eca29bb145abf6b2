// report/rehearsal.ts — how a rehearsal went, for people.
import type { Failure, Rehearsal } from './rehearsal-result.ts';
import { lineOf } from './outcome.ts';
import type { View } from './outcome.ts';

/** What would fail, with the line of the spec it serves and what the host said; and what the rehearsal cannot know. */
export function renderRehearsal({ passed, seconds, failures, notRehearsed }: Rehearsal, view: View): string {
  const head = passed
    ? `rehearsed on a copy of this host in ${seconds.toFixed(2)} s: every step was done, and nothing differed`
    : `rehearsed on a copy of this host in ${seconds.toFixed(2)} s: the plan would fail; the host itself was not touched`;
  const unknown = notRehearsed.length === 0 ? [] : ['not rehearsed:', ...notRehearsed.map((what) => `  ${what}`)];
  return ['', head, ...failures.flatMap((failure) => linesOf(failure, view)), ...unknown]
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf({ changes, refusal, skipped }: Failure, view: View): readonly string[] {
  const word = refusal !== undefined ? 'fails' : skipped === true ? 'skipped' : 'differs afterwards';
  return [
    ...changes.map((change) => `  ${word}: ${lineOf(change, view)}`),
    ...(refusal === undefined ? [] : [`    ${wordsOf(refusal).replaceAll('\n', '\n    ')}`]),
  ];
}

function wordsOf({ command, exitCode, stderr }: NonNullable<Failure['refusal']>): string {
  return `${command} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`;
}
