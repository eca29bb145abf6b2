// test/kernel/origin.program.ts — follows the file $SPEC with no inotify watch left; a line on its input is the limit
// from then on.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createFileOrigin } from '../../src/origin/files.ts';

const limit = (text: string): void => writeFileSync('/proc/sys/user/max_inotify_watches', text);
limit('0');
const times = { quiet: 10, atMost: 100, anyway: 3_600_000, blind: 100 };
const origin = createFileOrigin([process.env['SPEC'] ?? ''], { times });
const tell = async (): Promise<void> => console.log(`text ${String((await origin.read()).sources[0]?.text)}`);
await tell();
const watching = await origin.watch(
  () => void tell(),
  (message) => console.log(`said ${message}`),
);
console.log('watching');
createInterface({ input: process.stdin })
  .on('line', limit)
  .on('close', () => void watching.close());
