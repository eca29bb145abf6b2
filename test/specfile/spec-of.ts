// test/specfile/spec-of.ts — the spec that right texts say.
import type { Spec } from '../../src/specfile/model.ts';
import { readSpec } from './read-spec.ts';

export function specOf(...texts: readonly string[]): Spec {
  const read = readSpec(texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.spec;
}
