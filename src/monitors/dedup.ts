// monitors/dedup.ts — many hints of one moment as few: each thing once, and a whole part of the host rather than more
// than 32 things of it.
import type { Subsystem, Hint } from '../core/hint.ts';

/** Of one part. More are looked at faster all at once. */
const MOST = 32;

export class Dedup {
  private readonly subsystems = new Map<Subsystem, Set<string> | 'any'>();

  add({ subsystem, name }: Pick<Hint, 'name'> & { readonly subsystem: Subsystem }): void {
    const names = this.subsystems.get(subsystem) ?? new Set();
    if (names === 'any') return;
    if (name !== undefined) names.add(name);
    this.subsystems.set(subsystem, name === undefined || names.size > MOST ? 'any' : names);
  }

  /** Gives them, and forgets them. */
  take(by?: string): readonly Hint[] {
    const author = by === undefined ? {} : { by };
    const hints = [...this.subsystems].flatMap(([subsystem, names]): Hint[] =>
      names === 'any' ? [{ subsystem, ...author }] : [...names].map((name) => ({ subsystem, name, ...author })),
    );
    this.subsystems.clear();
    return hints;
  }
}
