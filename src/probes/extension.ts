// probes/extension.ts — `probes:` in a spec.
import type { SpecExtension } from '../specfile/extension.ts';
import { check } from './checks.ts';
import { probes } from './keys.ts';

export const extension: SpecExtension = { name: 'probes', keys: probes, check };
