// rehearsal/limits.ts — what a stand-in takes and the driver of the real device refuses: an MTU beyond its limits.
import { numberOf, textOf } from '../iproute2/fields.ts';
import type { Plan } from '../core/resource.ts';
import type { Device } from './device.ts';
import type { Refusal } from '../report/rehearsal-result.ts';

/** Steps that give a device of hardware an MTU it cannot have. */
export function beyondLimits(plan: Plan, devices: readonly Device[], standIns: readonly string[]): readonly Refusal[] {
  return plan.steps.flatMap(({ ops }, step) =>
    ops.flatMap((op): readonly Refusal[] => {
      if (op.op !== 'batch' || op.netns !== undefined) return [];
      return op.lines.flatMap((line): readonly Refusal[] => {
        const [, name = '', mtu = ''] = /^link set dev (\S+) (?:.* )?mtu (\d+)\b/.exec(line) ?? [];
        const said = standIns.includes(name)
          ? devices
              .filter((device) => device.name === name || isIn(device, name, devices))
              .flatMap((device) => refused(Number(mtu), device, name))[0]
          : undefined;
        return said === undefined
          ? []
          : [{ step, command: `${op.tool.join(' ')}: ${line}`, stderr: `${name}: ${said}` }];
      });
    }),
  );
}

/** What a bond is made of has to take what the bond is given. */
function isIn({ fields }: Device, name: string, devices: readonly Device[]): boolean {
  return (
    textOf(fields, 'master') === name &&
    devices.some((device) => device.name === name && (device.kind === 'bond' || device.kind === 'team'))
  );
}

function refused(mtu: number, { name, fields }: Device, asked: string): readonly string[] {
  const [least, most] = [numberOf(fields, 'min_mtu') ?? 0, numberOf(fields, 'max_mtu') ?? 0];
  const driver = name === asked ? 'its driver' : `the driver of ${name}`;
  return mtu < least
    ? [`${driver} takes no MTU below ${least}`]
    : most > 0 && mtu > most
      ? [`${driver} takes no MTU above ${most}`]
      : [];
}
