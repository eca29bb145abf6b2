// test/driver/perform.program.ts — performs the op of op.json in the directory it is given, holding the lock there as
// an apply does.
import { spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import type { Op } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';

const [directory = ''] = process.argv.slice(2);
const op = JSON.parse(readFileSync(`${directory}/op.json`, 'utf8')) as Op;
const holdLock = openSync(`${directory}/lock`, 'w');
spawnSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', holdLock] });
await createLinuxDriver({ holdLock: () => holdLock }).perform(op);
