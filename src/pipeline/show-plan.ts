// pipeline/show-plan.ts — a plan on standard output: for people, as data, or as the commands that would be run.
import { renderScript } from '../driver/script.ts';
import { namesOf } from '../report/disruption.ts';
import { renderPlan, planAsData } from '../report/plan.ts';
import { printData } from '../report/print.ts';
import type { Prepared } from './plan-from.ts';
import type { World } from './world.ts';

/** `script`: as the commands that would be run, in the namespace it names. */
export function showPlan(world: World, prepared: Prepared, script?: { readonly netns: string | undefined }): void {
  const view = { ...prepared, kinds: world.kinds, names: namesOf(prepared) };
  if (script !== undefined)
    world.print.out(
      renderScript(
        prepared.plan.steps.flatMap(({ ops }) => ops),
        script.netns === undefined ? {} : { netns: script.netns },
      ),
      'exactly',
    );
  else if (world.output === 'text') world.print.out(renderPlan(view, world.color));
  else if (!prepared.problems.some(({ severity }) => severity === 'error')) printData(world, planAsData(view));
}
