// test/specfile/read-spec.ts — specs read with the words of all features, as the program reads them.
import { features } from '../../src/features/index.ts';
import { languageOf } from '../../src/pipeline/read.ts';
import { grammar } from '../../src/specfile/grammar.ts';
import { readSpec as readWith } from '../../src/specfile/read.ts';
import type { Read } from '../../src/specfile/read.ts';
import type { Source } from '../../src/specfile/text.ts';

export function readSpec(sources: readonly Source[]): Read {
  return readWith(sources, languageOf({ grammar, features }));
}
