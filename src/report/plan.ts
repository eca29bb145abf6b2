// report/plan.ts — a plan for people: what happens, to what, and which line of the spec asks for it.
import { styleText } from 'node:util';
import { disruptionsOf, sparesFlows } from '../core/disruption.ts';
import { claimsOf } from '../core/borrow.ts';
import { kindIn } from '../core/ref.ts';
import { kindOf } from '../core/resource.ts';
import { inOneLine } from '../core/sanitize.ts';
import type { Change, Disruption, Kinds, Path, Plan, Ref, Wanted } from '../core/resource.ts';
import type { Locate, LocatedDiagnostic } from '../specfile/model.ts';
import type { Failure, Rehearsal } from './rehearsal-result.ts';
import { diagnosticAsData } from './diagnostics.ts';
import { inNames, renderDisruption, renderInterrupted } from './disruption.ts';
import type { Names } from './disruption.ts';

export interface PlanView {
  /** The host, as the operator calls it. */
  readonly title: string;
  readonly plan: Plan;
  readonly wanted: Wanted;
  readonly locate: Locate;
  readonly kinds: Kinds;
  readonly names: Names;
  /** How it went on a copy of the host. */
  readonly rehearsal?: Rehearsal;
  /** What others have on the host that stops traffic of the spec. */
  readonly conflicts: readonly LocatedDiagnostic[];
  /** What stands against it. */
  readonly problems?: readonly LocatedDiagnostic[];
}

const SIGN = { create: '+', update: '~', replace: '±', delete: '-' } as const;
const HEADER = { kind: 'KIND', what: 'DESCRIPTION', packets: 'INTERRUPTS', why: 'SPEC' } as const;
/** A line with more to say pushes its own last column only. */
const WIDEST = { what: 80, packets: 30 } as const;
const STYLE = { create: 'green', update: 'yellow', replace: 'magenta', delete: 'red' } as const;

/** One line per change, in the order in which they are done, below a line that names the columns. */
export function renderPlan(view: PlanView, color: boolean): string {
  const { plan, title, kinds, wanted } = view;
  // What goes so that another can have what only one can hold, goes for the other's sake.
  const takers = new Map(
    [...(plan.changes.some(({ verb }) => verb === 'delete') ? wanted.state : [])].flatMap(([ref, resource]) =>
      claimsOf(resource, kinds).map((claim) => [claim, ref] as const),
    ),
  );
  const disruptions = disruptionsIn(view);
  const rows = disruptions.map(([change, disruption]) => ({
    verb: change.verb,
    kind: kindIn(change.ref),
    what: inOneLine(describe(change, kinds)),
    packets: renderDisruption(disruption),
    why: whyOf(change, takers, view),
  }));
  const all = [HEADER, ...rows];
  const wide = {
    kind: widest(all.map(({ kind }) => kind)),
    what: Math.min(WIDEST.what, widest(all.map(({ what }) => what))),
    packets: Math.min(WIDEST.packets, widest(all.map(({ packets }) => packets))),
  };
  const left = (sign: string, { kind, what }: { readonly kind: string; readonly what: string }): string =>
    `  ${sign} ${kind.padEnd(wide.kind)} ${what.padEnd(wide.what)}`;
  const right = ({ packets, why }: { readonly packets: string; readonly why: string }): string =>
    `   ${packets.padEnd(wide.packets)}   ${why}`;
  const lines = rows.map((row) => {
    const text = left(SIGN[row.verb], row);
    return `${color ? styleText(STYLE[row.verb], text, { validateStream: false }) : text}${right(row)}`.trimEnd();
  });
  const ending = rows.length > 0 ? ['', renderInterrupted(disruptions.map(([, disruption]) => disruption))] : [];
  return (
    [
      `${title}: ${summary(plan)}`,
      ...(rows.length === 0 ? [] : ['', `${left(' ', HEADER)}${right(HEADER)}`]),
      ...lines,
      ...ending,
    ]
      .map((line) => `${line}\n`)
      .join('') + separated(renderWaiting(view))
  );
}

/** `6 to add, 1 to change, 0 to remove`; a replaced one is both added and removed. */
export function summary(plan: Plan): string {
  if (plan.changes.length === 0) return 'nothing to do';
  const count = (...verbs: readonly Change['verb'][]): number =>
    plan.changes.filter(({ verb }) => verbs.includes(verb)).length;
  const replaced = count('replace');
  return `${count('create')} to add, ${count('update')} to change, ${count('delete')} to remove${replaced === 0 ? '' : `, ${replaced} to replace`}`;
}

/** The same as data: one document. */
export function planAsData(view: PlanView): object {
  const { title, wanted, locate, kinds, conflicts, problems = [], rehearsal } = view;
  const becauseOf = ({ ref }: Change): readonly object[] =>
    (wanted.because.get(ref) ?? []).map((path) => ({ path: renderPath(path), ...positionOf(path, locate) }));
  return {
    apiVersion: 'netctl/v1',
    kind: 'Plan',
    host: title,
    changes: disruptionsIn(view).map(([change, disruption]) => ({
      verb: change.verb,
      ref: change.ref,
      description: describe(change, kinds),
      sparesFlows: sparesFlows(disruption),
      disruption,
      because: becauseOf(change),
    })),
    waiting: wanted.waiting.map(({ waiting, why, because }) => ({
      ref: waiting,
      why,
      because: because.map((path) => ({ path: renderPath(path), ...positionOf(path, locate) })),
    })),
    conflicts: conflicts.map(diagnosticAsData),
    ...(problems.length === 0 ? {} : { warnings: problems.map(diagnosticAsData) }),
    ...(rehearsal === undefined
      ? {}
      : {
          rehearsal: {
            ...rehearsal,
            failures: rehearsal.failures.map((failure) => failureAsData(failure, kinds, becauseOf)),
          },
        }),
  };
}

function failureAsData(
  { changes, refusal, skipped }: Failure,
  kinds: Kinds,
  becauseOf: (change: Change) => readonly object[],
): object {
  return {
    outcome: refusal !== undefined ? 'fails' : skipped === true ? 'skipped' : 'differs',
    changes: changes.map((change) => ({
      verb: change.verb,
      ref: change.ref,
      description: describe(change, kinds),
      because: becauseOf(change),
    })),
    ...refusal,
  };
}

/** `instances.vm-1.nics[0].device` */
export function renderPath(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

export function describe(change: Change, kinds: Kinds): string {
  const resource = change.verb === 'delete' ? change.before : change.after;
  const kind = kindOf(resource, kinds);
  const said = kind.describe(resource, change.verb === 'update' ? change.before : undefined);
  if (change.verb !== 'replace') return said;
  const was = kind.describe(change.before);
  const [name = ''] = said.split(' ', 1);
  return was === said
    ? kind.describe(resource, change.before)
    : `${said} (was ${was.startsWith(`${name} `) ? was.slice(name.length + 1) : was})`;
}

/** What an apply would mend, seen before it. */
export function howItDiffers({ verb }: Change): string {
  return { create: 'missing', update: 'differs', replace: 'differs', delete: 'not in spec' }[verb];
}

function whyOf(change: Change, takers: ReadonlyMap<string, Ref>, { wanted, locate, kinds }: PlanView): string {
  const taker =
    change.verb === 'delete'
      ? claimsOf(change.before, kinds)
          .map((claim) => takers.get(claim))
          .find((ref) => ref !== undefined)
      : undefined;
  const path = wanted.because.get(taker ?? change.ref)?.[0];
  if (path !== undefined) return renderPosition(path, locate);
  return change.verb === 'delete' ? 'no longer in spec' : 'restored';
}

/** What is waited for, a line each. */
export function renderWaiting({ wanted, locate }: Pick<PlanView, 'wanted' | 'locate'>): string {
  const rows = wanted.waiting.map(
    ({ waiting, why, because: [path] }) =>
      [`waiting: ${waiting}: ${why}`, path === undefined ? '' : renderPosition(path, locate)] as const,
  );
  const wide = widest(rows.map(([what]) => what));
  return rows.map(([what, why]) => `${`${what.padEnd(wide)}   ${why}`.trimEnd()}\n`).join('');
}

function separated(text: string): string {
  return text === '' ? '' : `\n${text}`;
}

/** `spec.yaml:31 networks.blue.vlan` */
export function renderPosition(path: Path, locate: Locate): string {
  const { file, line } = positionOf(path, locate);
  return `${inOneLine(file)}:${line} ${renderPath(path)}`;
}

function positionOf(
  path: Path,
  locate: Locate,
): { readonly file: string; readonly line: number; readonly column: number } {
  const { file, line, column } = locate(path, 'key');
  return { file, line, column };
}

/** As the operator calls those whom they are of. */
function disruptionsIn({ plan, kinds, names }: PlanView): readonly (readonly [Change, Disruption])[] {
  return disruptionsOf(plan.changes, kinds).map(([change, disruption]) => [change, inNames(disruption, names)]);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
