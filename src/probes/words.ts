// probes/words.ts — `probes:` in a spec.
import type { Words } from '../specfile/words.ts';
import { check } from './checks.ts';

export const probes: Words = { name: 'probes', check };
