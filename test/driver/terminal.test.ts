// test/driver/terminal.test.ts — a question at a terminal: what is an answer, what is none, and what is left for
// whoever comes next.
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askAt } from '../../src/driver/terminal.ts';

/** Asks, and hears these lines one by one; null: the end of the input. */
async function heard(
  lines: readonly (string | null)[],
  { note, stopped = false }: { readonly note?: () => string; readonly stopped?: boolean } = {},
) {
  const [input, output, stop] = [new PassThrough(), new PassThrough({ encoding: 'utf8' }), new AbortController()];
  const answer = askAt({ input, output }, 'Go?', { signal: stop.signal, ...(note === undefined ? {} : { note }) });
  for (const line of lines) {
    if (line === null) input.end();
    else input.write(line);
    // A stream says that it has ended some turns later.
    for (let i = 0; i < 5; i++) await turn();
  }
  if (stopped) stop.abort();
  const said = await Promise.race([answer, turn().then(() => 'still asking')]);
  return { said, shown: String(output.read()), left: input.isPaused() ? (input.read() as unknown) : undefined };
}

for (const [name, lines, said, asked] of [
  ['yes', ['yes\n'], true, 1],
  ['no', ['no\n'], false, 1],
  ['in capitals, with blanks and a carriage return', ['  YES \r\n'], true, 1],
  ['in pieces', ['y', 'es', '\n'], true, 1],
  ['an empty line', ['\n'], 'still asking', 2],
  ['half a word', ['y\n'], 'still asking', 2],
  ['a typing error, then yes', ['yse\n', 'yes\n'], true, 2],
  ['a command, then no', ['netctl confirm\n', 'no\n'], false, 2],
  ['lines at once', ['what?\n\nyes\n'], true, 1],
  ['lines at once, none of them', ['what?\n\nhm\n'], 'still asking', 2],
  ['a word of every object', ['constructor\n'], 'still asking', 2],
  ['no line', ['yes'], 'still asking', 1],
  ['the end', [null], undefined, 1],
  ['the end after what was none', ['\n', null], undefined, 2],
] as const) {
  test(name, async () => {
    const { said: is, shown } = await heard(lines);
    expect(is).toBe(said);
    expect(shown.split('Go? Answer yes or no: ')).toHaveLength(asked + 1);
  });
}

test('what is neither is said to be', async () =>
  expect((await heard(['maybe\n'])).shown).toBe(
    'Go? Answer yes or no: That is neither yes nor no.\nGo? Answer yes or no: ',
  ));

test('each time with what is to be known by then', async () => {
  let left = 60;
  expect(
    (await heard(['\n', '\n'], { note: () => `${left--} s left.` })).shown.match(/Go\? \d+ s left\. Answer/g),
  ).toEqual(['Go? 60 s left. Answer', 'Go? 59 s left. Answer', 'Go? 58 s left. Answer']);
});

test('ended from outside it has no answer, and the line is closed', async () =>
  expect(await heard([], { stopped: true })).toMatchObject({ said: undefined, shown: 'Go? Answer yes or no: \n' }));

test('what comes after the answer is somebody else’s to read', async () =>
  expect(await heard(['yes\n', 'netctl history\n'])).toMatchObject({
    said: true,
    left: Buffer.from('netctl history\n'),
  }));
