// conflicts/names.ts — devices that are to be made by a name which another has beside its own.
import type { Diagnostic, State, Wanted } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { isLink } from '../kinds/link/model.ts';

/**
 * A device's other names (`ip link property`) are names to the kernel. Whoever has a name as his own is a guard's to
 * find.
 */
export function* takenNames(
  wanted: Pick<Wanted, 'state' | 'because'>,
  links: readonly LinkRecord[],
): Iterable<Diagnostic> {
  const others = new Map(links.flatMap(({ name, altnames = [] }) => altnames.map((other) => [other, name] as const)));
  if (others.size === 0) return;
  for (const name of madeBy(wanted.state)) {
    const holder = others.get(name);
    if (holder === undefined) continue;
    yield {
      severity: 'error',
      code: 'name-taken',
      against: [`link ${name}`],
      at: (wanted.because.get(`link ${name}`) ?? []).slice(0, 1),
      message: `${name} is another name of ${holder}, and no second device can have it`,
      hint: `give it another name in the spec, or: ip link property del dev ${holder} altname ${name}`,
    };
  }
}

function* madeBy(state: State): Iterable<string> {
  for (const resource of state.values()) if (isLink(resource) && resource.type !== 'port') yield resource.name;
}
