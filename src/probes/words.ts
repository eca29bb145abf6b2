// probes/words.ts — `probes:` in a spec.
import type { Words } from '../specfile/words.ts';
import { check } from './checks.ts';
import { probes } from './keys.ts';

export const words: Words = { name: 'probes', keys: probes, check };
