// specfile/names.ts — names made from names: bridges, devices, host names. The same spec gives the same ones on every
// host.
import { createHash } from 'node:crypto';

/** What the kernel takes. */
const LONGEST = 15;
/** Letters of a hash: two billion of them, so that thousands of shortened names do not meet. */
const HASH = 6;

/** Hands out interface names, each once. */
export class Names {
  readonly #taken: Set<string>;

  /** `taken` are the names that the operator gave. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** `<prefix>-<name>`, cut to what the kernel takes; the first to come has it, the next gets one with a hash. */
  cut(prefix: string, name: string): string {
    return (
      this.#take(
        whole(prefix, name)
          .slice(0, LONGEST)
          .replace(/[.-]+$/, ''),
      ) ?? this.#hashed(prefix, name)
    );
  }

  /** `<prefix>-<name>`; one that is too long always gets a hash, whatever else there is, so that it never changes. */
  shortened(prefix: string, name: string): string {
    const all = whole(prefix, name);
    return (all.length <= LONGEST ? this.#take(all) : undefined) ?? this.#hashed(prefix, name);
  }

  /** `<prefix><number>`; the second to come gets its own name and a hash. */
  numbered(prefix: string, number: number, name: string): string {
    return this.#take(`${prefix}${number}`) ?? this.#hashed(prefix, name);
  }

  #hashed(prefix: string, name: string): string {
    const start = whole(prefix, name)
      .slice(0, LONGEST - 1 - HASH)
      .replace(/[.-]+$/, '');
    for (let attempt = 0; ; attempt++) {
      const free = this.#take(`${start}-${hashOf(attempt === 0 ? name : `${name}#${attempt}`)}`);
      if (free !== undefined) return free;
    }
  }

  #take(name: string): string | undefined {
    if (this.#taken.has(name)) return undefined;
    this.#taken.add(name);
    return name;
  }
}

/**
 * The host name nova would give: lower case, `_` made `-`, at most 63. A dot would make it more than a label, so it
 * becomes `-` too.
 */
export function hostnameFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ _.]/g, '-')
    .replace(/[^a-z0-9-]/g, '')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

/** A dot in an interface's name would be read as a separator in the names of kernel settings. */
function whole(prefix: string, name: string): string {
  return `${prefix}-${name.replaceAll('.', '-')}`;
}

function hashOf(name: string): string {
  return BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 12)}`)
    .toString(36)
    .padStart(HASH, '0')
    .slice(-HASH);
}
