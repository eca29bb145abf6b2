// test/report/log.test.ts — the log of a watch as a whole: colours, floods, streams that fail, formats.
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { logFormatOf } from '../../src/report/log.ts';
import type { WatchEvent } from '../../src/report/watch-events.ts';
import { failure, full } from './states.ts';
import { lines, logTo, NOW, SECONDS } from './logged.ts';

const repaired = (i: number): WatchEvent => ({
  event: 'changed',
  cause: 'drift',
  kind: 'address',
  verb: 'create',
  what: `10.0.0.${i}/24 on br-lab`,
});

test('errors are red, warnings yellow, and what others wrote is harmless', () => {
  expect(lines([{ event: 'obstacle', message: '\x1b[2J', nextTry: full.since }], { color: true })).toBe(
    '13:05:07 \x1b[31merror: cannot work, next try at 13:05:00: \uFFFD[2J\x1b[39m\n',
  );
  expect(lines([{ event: 'monitor', name: 'ip', what: 'x' }], { color: true })).toBe(
    '13:05:07 \x1b[33mwarning: ip: x\x1b[39m\n',
  );
});

describe('a flood', () => {
  const flood = [
    ...Array.from({ length: 1000 }, (_, i) => repaired(i)),
    { event: 'changed', cause: 'drift', kind: 'chain', verb: 'delete', what: 'x' } as const,
  ];
  test('is twenty lines and one, before what follows', () => {
    const said = lines([...flood, { event: 'applied', cause: 'drift', changes: 1001, settled: true, seconds: SECONDS }])
      .trimEnd()
      .split('\n');
    expect(said.slice(19)).toEqual([
      '13:05:07 repaired address 10.0.0.19/24 on br-lab',
      '13:05:07 and 981 more: 980 repaired address, 1 removed chain',
      '13:05:07 applied after drift: 1001 changes in 0.24 s',
    ]);
  });
  test('and the next apply has its own twenty', () => {
    const applied: WatchEvent = { event: 'applied', cause: 'drift', changes: 20, settled: true, seconds: SECONDS };
    const said = lines([...flood, applied, ...flood.slice(0, 20), applied])
      .trimEnd()
      .split('\n');
    expect(said).toHaveLength(22 + 21);
  });
  test('is counted also when nothing follows', async () => {
    const { log, text } = logTo();
    for (const event of flood) log.watcher(event);
    await vi.waitFor(() => expect(text()).toContain('and 981 more'), { timeout: 30_000 });
  });
  test('does not hide what fails', () => {
    const said = lines([
      ...flood,
      ...Array.from({ length: 30 }, () => ({ event: 'failed', failure }) as const),
      { event: 'ready' },
    ]);
    expect(said.match(/error: failed/g)).toHaveLength(20);
    expect(said).toContain('and 991 more: 980 repaired address, 1 removed chain, 10 failed');
  });
});

describe('no stream ends it', () => {
  test('one that is full', async () => {
    const stream = createWriteStream('/dev/full');
    const { log } = logTo({ stream });
    log.watcher({ event: 'ready' });
    await vi.waitFor(() => expect(stream.errored).toMatchObject({ code: 'ENOSPC' }), { timeout: 30_000 });
    log.watcher({ event: 'ready' });
    await new Promise(setImmediate);
  });
  test('one that throws, as standard error does to a full disk; what was lost is counted', async () => {
    let text = '';
    let full = true;
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        text += chunk.toString();
        done();
      },
    });
    const write = stream.write.bind(stream);
    stream.write = (chunk: unknown) => {
      if (full) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return write(chunk);
    };
    const { log } = logTo({ stream });
    log.watcher({ event: 'ready' });
    log.watcher({ event: 'reload' });
    full = false;
    log.watcher({ event: 'ends', why: 'SIGTERM' });
    await vi.waitFor(() =>
      expect(text).toBe(
        '13:05:07 ends: SIGTERM\n13:05:07 warning: 2 lines of this log were lost: nobody read them, or there was no room\n',
      ),
    );
  });
  test('one that nobody reads: memory does not fill', async () => {
    const waiting: (() => void)[] = [];
    let text = '';
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        text += chunk.toString();
        waiting.push(() => done());
      },
    });
    const { log } = logTo({ stream });
    for (let i = 0; i < 3000; i++) log.say('info', 'x'.repeat(1000));
    expect(stream.writableLength).toBeLessThan(1.1 * (1 << 20));
    while (stream.writableLength > 0) {
      for (const done of waiting.splice(0)) done();
      await new Promise(setImmediate);
    }
    log.say('info', 'here again');
    for (const done of waiting.splice(0)) done();
    await vi.waitFor(() => {
      for (const done of waiting.splice(0)) done();
      expect(text).toMatch(/here again\n.*\d{4} lines of this log were lost/);
    });
  });
});

test('what is no event is said, too', () => {
  const { log, text } = logTo({ format: 'json' });
  log.error('cannot listen', { address: ':9117' });
  expect(JSON.parse(text())).toEqual({
    time: NOW.toISOString(),
    level: 'error',
    message: 'cannot listen',
    address: ':9117',
  });
});

test('steps are said with -v', () => {
  const { log, text } = logTo({ verbose: true });
  log.reporter({ event: 'settled', residual: [] });
  expect(text()).toBe('13:05:07 verified: in sync\n');
});

for (const [name, option, journal, format] of [
  ['a terminal', undefined, undefined, 'text'],
  ['the journal', undefined, '8:4711', 'journal'],
  ["somebody else's journal", undefined, '8:4712', 'text'],
  ['text, asked for', 'text', '8:4711', 'text'],
  ['data, asked for', 'json', '8:4711', 'json'],
] as const) {
  test(`the format for ${name}`, () =>
    expect(logFormatOf(option, { JOURNAL_STREAM: journal }, { dev: 8, ino: 4711 })).toBe(format));
}
