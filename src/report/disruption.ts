// report/disruption.ts — what a plan does to packets, in an operator's words.
import type { Disruption } from '../core/resource.ts';
import type { Stored } from '../core/stored.ts';
import type { Spec } from '../specfile/model.ts';

/** What the operator calls an address or a device: the instance that has it. */
export type Names = ReadonlyMap<string, string>;

/** So many are named, the others counted. */
const NAMED = 2;

/** Who had an address before a plan has its flows. */
export function namesOf({
  spec,
  before,
  stored,
}: {
  readonly spec: Spec;
  readonly before: Stored | undefined;
  readonly stored: Stored;
}): Names {
  const devices = spec.instances.flatMap(({ name, nics }) => nics.map(({ device }) => [device.name, name] as const));
  const holders = [stored, ...(before === undefined ? [] : [before])].flatMap(({ allocations }) =>
    Object.values(allocations).flatMap((pool) => Object.entries(pool)),
  );
  return new Map([
    ...devices,
    ...holders.map(([holder, value]) => [value, holder.split('/', 1)[0] ?? holder] as const),
  ]);
}

/** The same with those named whom the operator knows. */
export function inNames(disruption: Disruption, names: Names): Disruption {
  return disruption.class === 'flows'
    ? { class: 'flows', of: unique(disruption.of.map((one) => names.get(one) ?? one)) }
    : disruption;
}

/** `none`, `new connections`, `flows of vm-1`, `link eth1`. */
export function renderDisruption(disruption: Disruption): string {
  switch (disruption.class) {
    case 'none':
      return 'none';
    case 'new-connections':
      return 'new connections';
    case 'flows':
      return `flows of ${listed(disruption.of)}`;
    case 'link':
      return `link ${disruption.link}`;
  }
}

/** One line for all of a plan's. What happens to all of a link happens to its flows as well. */
export function renderInterrupted(all: readonly Disruption[]): string {
  const links = unique(all.flatMap((one) => (one.class === 'link' ? [one.link] : [])));
  const flows = unique(all.flatMap((one) => (one.class === 'flows' ? one.of : []))).filter(
    (name) => !links.some((link) => `${name} `.startsWith(`${link} `)),
  );
  if (links.length + flows.length === 0) return 'no established flow is interrupted';
  const said = [
    ...(links.length === 0 ? [] : [`link${links.length === 1 ? '' : 's'} ${listed(links)}`]),
    ...(flows.length === 0 ? [] : [`flows of ${listed(flows)}`]),
    ...(all.some((one) => one.class === 'new-connections') ? ['new connections'] : []),
  ];
  return `interrupts: ${said.join('; ')}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` (and ${more} more)` : ''}`;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
