// rehearsal/limits.ts — what a stand-in takes and the driver of the real device refuses: an MTU beyond its limits.
import { numberOf } from '../iproute2/fields.ts';
import type { Plan } from '../core/resource.ts';
import type { Device } from './devices.ts';
import type { Refusal } from './model.ts';

/** Steps that give a device of hardware an MTU it cannot have. */
export function beyondLimits(plan: Plan, devices: readonly Device[], standIns: readonly string[]): readonly Refusal[] {
  const limits = new Map(devices.filter(({ name }) => standIns.includes(name)).map(({ name, fields }) => [name, { least: numberOf(fields, 'min_mtu') ?? 0, most: numberOf(fields, 'max_mtu') ?? 0 }]));
  return plan.steps.flatMap(({ ops }, step) => ops.flatMap((op): readonly Refusal[] => {
    if (op.op !== 'batch' || op.netns !== undefined) return [];
    return op.lines.flatMap((line): readonly Refusal[] => {
      const [, name = '', mtu = ''] = /^link set dev (\S+) (?:.* )?mtu (\d+)\b/.exec(line) ?? [];
      const limit = limits.get(name);
      if (limit === undefined) return [];
      const said = Number(mtu) < limit.least ? `its driver takes no MTU below ${limit.least}` : limit.most > 0 && Number(mtu) > limit.most ? `its driver takes no MTU above ${limit.most}` : undefined;
      return said === undefined ? [] : [{ step, command: `${op.tool.join(' ')}: ${line}`, stderr: `${name}: ${said}` }];
    });
  }));
}
