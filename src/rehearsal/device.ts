// rehearsal/device.ts — a device of the host or of a guest's namespace, as `ip` prints it.
import { numberOf, partOf, readRecords, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';

/** One device as `ip -j -d address show` prints it. */
export interface Device {
  readonly name: string;
  readonly index: number;
  readonly fields: Fields;
  readonly kind: string | undefined;
  readonly flags: readonly string[];
}

/** A network namespace that the plan names, an instance's or netctl's own, with the devices in it. */
export interface Inside {
  readonly netns: string;
  /** Its devices are made as the host's are: netctl has made them. */
  readonly own?: true;
  /** Its `link_netnsid`: the number by which the host's devices refer to it. */
  readonly number: number | undefined;
  readonly devices: readonly Device[];
}

/** Reads what `READ_LINKS` prints. */
export function devicesOf(text: string): readonly Device[] {
  return readRecords(text).flatMap((fields) => {
    const [name, index, kind] = [
      textOf(fields, 'ifname'),
      numberOf(fields, 'ifindex'),
      textOf(partOf(fields, 'linkinfo'), 'info_kind'),
    ];
    return name === undefined || index === undefined
      ? []
      : [{ name, index, fields, kind, flags: textsOf(fields, 'flags') }];
  });
}

export function isSayable({ name }: Device): boolean {
  return /^[^\s#"']+$/.test(name);
}
