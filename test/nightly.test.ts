// test/nightly.test.ts — what scripts/nightly asks to be drawn many times is drawn by a test.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const top = new URL('.', import.meta.url).pathname;
const asked = [...readFileSync(`${top}../scripts/nightly`, 'utf8').matchAll(/^(?:export|many) (NETCTL_\w+)/gm)].map(
  ([, name = '']) => name,
);
const files = readdirSync(top, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(`${top}${name}`, 'utf8'));

test('there are some', () => expect(asked).toContain('NETCTL_NIGHTLY'));

test.each(asked)('%s', (name) => {
  expect(files.some((text) => text.includes(`env['${name}']`))).toBe(true);
});
