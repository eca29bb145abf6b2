// monitors/dedup.ts — many signs of one moment as few: each thing once, and a whole part of the host rather than more
// than 32 things of it.
import type { Part, Sign } from '../core/sign.ts';

/** Of one part. More are looked at faster all at once. */
const MOST = 32;

export class Dedup {
  private readonly parts = new Map<Part, Set<string> | 'any'>();

  add({ part, name }: Pick<Sign, 'name'> & { readonly part: Part }): void {
    const names = this.parts.get(part) ?? new Set();
    if (names === 'any') return;
    if (name !== undefined) names.add(name);
    this.parts.set(part, name === undefined || names.size > MOST ? 'any' : names);
  }

  /** Gives them, and forgets them. */
  take(by?: string): readonly Sign[] {
    const author = by === undefined ? {} : { by };
    const signs = [...this.parts].flatMap(([part, names]): Sign[] =>
      names === 'any' ? [{ part, ...author }] : [...names].map((name) => ({ part, name, ...author })),
    );
    this.parts.clear();
    return signs;
  }
}
