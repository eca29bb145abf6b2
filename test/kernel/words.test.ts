// test/kernel/words.test.ts — the tools of this machine mean the same as those of Debian 12 and 13, whose words are
// kept in test/releases.
import { writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { BESIDE, meanings, recorded, recording, SPEC, wordsOf } from '../releases/words.ts';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  must(lab.netctl(['apply', '--yes', '--host', 'h1'], { spec: SPEC }));
  for (const command of BESIDE) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
});
afterAll(() => {
  lab.close();
});

/** `NETCTL_RECORD=FILE` keeps what they print: to be done for a new release, in scripts/on-debian. */
test('what they print, and what netctl makes of it', async () => {
  const words = new Map<string, string>();
  const here = await meanings(recording(createLinuxDriver({ netns: lab.host }), words));
  if (env['NETCTL_RECORD'] !== undefined)
    writeFileSync(env['NETCTL_RECORD'], `${JSON.stringify(Object.fromEntries([...words].toSorted()), null, 1)}\n`);
  else expect(here).toEqual(await meanings(recorded(wordsOf(12))));
});
