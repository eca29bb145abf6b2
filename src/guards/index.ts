// guards/index.ts — the list: one line per danger.
import type { Guard } from '../core/resource.ts';
import { deviceMissing } from './device-missing.ts';
import { foreign } from './foreign.ts';
import { massDelete } from './mass-delete.ts';

export const guards: readonly Guard[] = [
  foreign,
  deviceMissing,
  massDelete,
];
