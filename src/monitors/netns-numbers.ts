// monitors/netns-numbers.ts — by which number the kernel tells of a network namespace of netctl's own.
import { readdirSync } from 'node:fs';
import { netnsPrefix } from '../core/marks.ts';
import type { Hint } from '../core/hint.ts';
import { capture } from '../driver/child.ts';
import { inNamespace } from '../driver/namespace.ts';
import { parseNamespaces, READ_NAMESPACES } from '../iproute2/namespaces.ts';

export class NetnsNumbers {
  private names: ReadonlyMap<string, string> = new Map();
  private readonly netns: string | undefined;
  private readonly onHints: (hints: readonly Hint[]) => void;

  constructor(netns: string | undefined, onHints: (hints: readonly Hint[]) => void) {
    this.netns = netns;
    this.onHints = onHints;
  }

  nameOf(number: string): string | undefined {
    return this.names.get(number);
  }

  /** What was told of one before its number was known is looked at now. Without any, nothing is asked. */
  async learn(): Promise<void> {
    const prefix = netnsPrefix(this.netns);
    const names = isAny(prefix)
      ? await capture(inNamespace(READ_NAMESPACES, this.netns)).then(
          (text) => numbersIn(text, prefix),
          () => this.names,
        )
      : new Map<string, string>();
    const hints = [...names].flatMap(([number, name]): readonly Hint[] =>
      this.names.get(number) === name ? [] : [{ subsystem: 'in-namespaces', name }],
    );
    this.names = names;
    if (hints.length > 0) this.onHints(hints);
  }
}

/** Number → name, of those that begin so. */
export function numbersIn(text: string, prefix: string): ReadonlyMap<string, string> {
  return new Map(
    parseNamespaces(text).flatMap(({ name, number }) =>
      number !== undefined && name.startsWith(prefix) ? [[String(number), name] as const] : [],
    ),
  );
}

function isAny(prefix: string): boolean {
  try {
    return readdirSync('/run/netns').some((name) => name.startsWith(prefix));
  } catch {
    return false;
  }
}
