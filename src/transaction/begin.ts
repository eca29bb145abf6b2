// transaction/begin.ts — a generation begins: how the host is, and what answers, is put down before the first step of
// its plan.
import { createHash } from 'node:crypto';
import type { Ref } from '../core/resource.ts';
import { undoOf } from '../core/undo.ts';
import type { Generation, Generations, Record } from '../generations/model.ts';
import { askedAgain, lost } from '../probes/compare.ts';
import type { Answer } from '../probes/model.ts';
import { namesOf } from '../report/disruption.ts';
import { renderPlan, summary } from '../report/plan.ts';
import type { Source } from '../specfile/sources.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { probesOf } from './probes.ts';
import { look, toldBy } from './host-image.ts';
import type { World } from '../pipeline/world.ts';

export interface Begun {
  readonly generation: Generation;
  readonly record: Record;
  /** What answered, and must answer afterwards. */
  readonly answers: readonly Answer[];
}

/** Durable when it returns. */
export async function begin(
  world: World,
  prepared: Prepared,
  of: Pick<Generation, 'restores' | 'revision'>,
  later: readonly Ref[] = [],
): Promise<Begun> {
  const record = await recordOf(world, prepared, later);
  const probes = await probesOf(world, prepared);
  const answers = probes.length === 0 ? [] : await world.probe(probes);
  const { plan, title, sources } = prepared;
  const generation = world.generations.begin(
    {
      when: world.now().toISOString(),
      who: world.safety.who,
      host: title,
      digest: digestOf(sources),
      summary: summary(plan),
      ...of,
    },
    record,
  );
  return { generation, record, answers };
}

/** Says what answered before and does not now. Nobody is asked longer than `until` (seconds of the uptime). */
export async function nowSilent(
  world: World,
  { answers }: Pick<Begun, 'answers'>,
  until?: number,
): Promise<readonly Answer[]> {
  const left = until === undefined ? Infinity : Math.max(1, (until - world.safety.uptime()) * 1000);
  const again = askedAgain(answers).map((one) => ({ ...one, timeout: Math.min(one.timeout, left) }));
  return again.length === 0 ? [] : lost(answers, await world.probe(again));
}

/** As the reason for rolling an apply back. */
export function silence(silent: readonly Answer[]): string {
  return `${silent.map(({ probe }) => probe.name).join(' and ')} no longer ${silent.length === 1 ? 'answers' : 'answer'}`;
}

/**
 * Why this spec is not to be applied by anybody but an operator: the last time that it was, it was rolled back, or
 * later rolled back.
 */
export function rolledBackBefore(sources: readonly Source[], generations: Generations): string | undefined {
  const digest = digestOf(sources);
  const all = generations.list();
  const last = all.findLast((each) => each.digest === digest);
  if (last === undefined) return undefined;
  const remedy = 'change it, or have it kept by netctl apply';
  if (last.outcome.is === 'rolled back')
    return `it was rolled back as generation ${last.number} (${last.outcome.why}): ${remedy}`;
  const back = all.find(
    ({ number, restores, outcome }) =>
      number > last.number && restores !== undefined && restores < last.number && outcome.is === 'kept',
  );
  return back === undefined
    ? undefined
    : `generation ${last.number} was rolled back by generation ${back.number}: ${remedy}`;
}

/** What was found, in a form that outlives this process. */
async function recordOf(world: World, prepared: Prepared, later: readonly Ref[]): Promise<Record> {
  const { plan, wanted, observed, sources, before, stored, uplinks } = prepared;
  const undo = await undoOf(plan.changes, wanted, observed, world.driver, world.kinds, stored.memories);
  return {
    sources,
    ...(world.host === undefined ? {} : { host: world.host }),
    plan: renderPlan({ ...prepared, kinds: world.kinds, names: namesOf(prepared) }, false),
    undo,
    later,
    before: before ?? null,
    allocations: stored.allocations,
    memories: stored.memories,
    image: await look(world, toldBy(undo, world.kinds)),
    ...(uplinks.snapshots.size === 0 ? {} : { found: Object.fromEntries(uplinks.snapshots) }),
    ...(stored.originals.length === 0 ? {} : { originals: stored.originals }),
    start: world.safety.start,
  };
}

function digestOf(sources: readonly Source[]): string {
  const digest = createHash('sha256');
  for (const { text } of sources) digest.update(`${text.length}\n${text}`);
  return digest.digest('hex');
}
