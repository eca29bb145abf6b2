// test/nightly.ts — whether this is the nightly run (`npm run nightly`), which asks all of which CI draws a few.
import { env } from 'node:process';

export const isNightly = (env['NETCTL_NIGHTLY'] ?? '') !== '';
