// commands/history/run.ts — past applies: when, who, what, and what became of each.
import type { Generation, Outcome } from '../../generations/model.ts';
import { columns } from '../../report/columns.ts';
import { printData } from '../../report/print.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';

/** The newest last, as a log is read. */
export function history(world: World): ExitCode {
  const all = world.generations.list();
  const damaged = world.generations.damaged();
  for (const sentence of damaged) world.print.err(`${sentence}\n`);
  if (world.output !== 'text')
    printData(world, { apiVersion: 'netctl/v1', kind: 'History', generations: all.map((each) => asData(each)) });
  else if (all.length + damaged.length === 0) world.print.out('nothing was applied yet\n');
  else
    world.print.out(
      columns(
        all.map((each) => [
          String(each.number),
          each.when.replace(/\.\d+Z$/, 'Z'),
          each.who,
          what(each),
          wordsOf(each.outcome),
        ]),
      ),
    );
  return damaged.length === 0 ? exit.ok : exit.failed;
}

/** What one was: its plan, its spec, and what was there before. */
export function show(world: World, text: string): ExitCode {
  const found = world.generations.list().find(({ number }) => String(number) === text);
  if (found === undefined && world.generations.has(Number(text)))
    throw new Exit(
      exit.failed,
      world.generations.damaged().find((sentence) => sentence.startsWith(`generation ${text} `)) ??
        `generation ${text} cannot be read`,
    );
  if (found === undefined)
    throw new Exit(exit.usage, `there is no generation ${text}; netctl history lists those that are kept`);
  const { plan, sources, undo } = world.generations.record(found.number);
  const said = world.generations.said(found.number).trimEnd();
  if (world.output !== 'text') {
    printData(world, {
      apiVersion: 'netctl/v1',
      kind: 'Generation',
      ...asData(found),
      ...(said === '' ? {} : { guard: said }),
      plan,
      spec: sources.map(({ file, text: spec }) => ({ file, text: spec })),
      before: { found: undo.found, absent: undo.made },
    });
    return exit.ok;
  }
  const before = [
    ...undo.found.map((resource) => `  ${JSON.stringify(resource)}`),
    ...undo.made.map((ref) => `  ${ref}: was not there`),
  ];
  world.print.out(
    [
      `generation ${found.number} of ${found.when} by ${found.who}: ${what(found)}; ${wordsOf(found.outcome)}`,
      '',
      ...(said === ''
        ? []
        : ['its guard rolled it back, and said:', ...said.split('\n').map((line) => `  ${line}`), '']),
      plan.trimEnd(),
      '',
      'before it, of what it changed and what stands beside:',
      ...before,
      '',
      ...sources.flatMap(({ file, text: spec }) => [`# ${file}`, spec.trimEnd(), '']),
    ]
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exit.ok;
}

function what({ summary, restores, revision }: Generation): string {
  const origin = restores === undefined ? '' : ` (back to generation ${restores})`;
  return `${summary}${origin}${revision === undefined ? '' : ` (${revision.slice(0, 12)})`}`;
}

function wordsOf(outcome: Outcome): string {
  switch (outcome.is) {
    case 'begun':
      return 'begun, and not ended';
    case 'waiting':
      return 'waits to be confirmed';
    case 'kept':
      return outcome.settled ? (outcome.confirmed ? 'confirmed' : 'done') : 'done in part';
    case 'rolled back':
      return `rolled back: ${outcome.why}${outcome.left.length === 0 ? '' : '; NOT WHOLE'}`;
  }
}

function asData({ number, when, who, host, digest, revision, summary, restores, outcome }: Generation): object {
  return { number, when, who, host, digest, revision, summary, restores, outcome };
}
