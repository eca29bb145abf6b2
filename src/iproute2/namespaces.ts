// iproute2/namespaces.ts — the named network namespaces of a host, and the numbers by which its devices refer to them.
import { numberOf, readRecords, required, textOf } from './fields.ts';

export const READ_NAMESPACES: readonly string[] = ['ip', '-j', 'netns', 'list'];

export interface NamespaceRecord {
  readonly name: string;
  /** Ours for it; absent while no device of ours has its other end there. */
  readonly number?: number;
}

/** Reads what `READ_NAMESPACES` prints. */
export function parseNamespaces(text: string): readonly NamespaceRecord[] {
  return readRecords(text).map((fields) => {
    const number = numberOf(fields, 'id');
    return { name: required(textOf(fields, 'name'), 'name'), ...(number === undefined ? {} : { number }) };
  });
}
