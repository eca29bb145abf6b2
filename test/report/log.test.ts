// test/report/log.test.ts — what a person reads of a watch, in a terminal, in the journal, and as data; and that no
// stream ends it.
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { createWatchLog, logFormatOf } from '../../src/report/log.ts';
import type { WatchLog, WatchLogOptions } from '../../src/report/log.ts';
import type { WatchEvent } from '../../src/report/watch-events.ts';
import { failure, fight, full } from './states.ts';

const NOW = new Date('2026-11-21T13:05:07.123Z');
const SECONDS = { read: 0.004, plan: 0.002, execute: 0.03, verify: 0.2 };
const SPEC = { revision: '3f2a9c01d2e4', from: '/etc/netctl/spec.d', since: NOW.toISOString() };
const repaired = (i: number): WatchEvent => ({
  event: 'changed',
  cause: 'drift',
  kind: 'address',
  verb: 'create',
  what: `10.0.0.${i}/24 on br-lab`,
});

interface Logged {
  readonly log: WatchLog;
  readonly text: () => string;
}
function logTo(options: Partial<WatchLogOptions> = {}): Logged {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  return {
    log: createWatchLog({ format: 'text', color: false, now: () => NOW, stream, ...options }),
    text: () => text,
  };
}

function lines(events: readonly WatchEvent[], options: Partial<WatchLogOptions> = {}): string {
  const { log, text } = logTo(options);
  for (const event of events) log.watcher(event);
  return text();
}

const rows: readonly (readonly [event: WatchEvent, level: number, text: string])[] = [
  [
    { event: 'begins', from: '/etc/netctl/spec.d' },
    6,
    'begins: holds this host to /etc/netctl/spec.d (times are UTC, and it is 2026-11-21)',
  ],
  [{ event: 'ready' }, 6, 'ready: the host is in sync with the spec'],
  [{ event: 'spec-in-force', spec: SPEC, warnings: [] }, 6, 'spec 3f2a9c01d2e4 from /etc/netctl/spec.d is in force'],
  [
    { event: 'spec-in-force', spec: SPEC, warnings: ['spec.yaml:3:1: warning: old\n  3 | x\n'] },
    4,
    'warning: spec 3f2a9c01d2e4 from /etc/netctl/spec.d is in force\n           spec.yaml:3:1: warning: old\n             3 | x',
  ],
  [
    {
      event: 'spec-refused',
      refused: {
        revision: 'aa00bb11cc22',
        since: NOW.toISOString(),
        problems: ['spec.yaml:14:11: error: overlap\n', 'spec.yaml:20:3: error: unknown key\n'],
      },
    },
    3,
    'error: refused the spec aa00bb11cc22; what was in force stays so\n           spec.yaml:14:11: error: overlap\n           spec.yaml:20:3: error: unknown key',
  ],
  [
    { event: 'spec-refused', refused: { since: NOW.toISOString(), problems: ['there is no /etc/netctl/spec.d'] } },
    3,
    'error: refused the spec; what was in force stays so\n           there is no /etc/netctl/spec.d',
  ],
  [
    { event: 'looked', cause: 'resync', whole: true, differs: 0, seconds: SECONDS },
    7,
    'looked at everything at a regular look: nothing differs (6 ms)',
  ],
  [
    { event: 'looked', cause: 'drift', whole: false, differs: 0, seconds: SECONDS },
    7,
    'looked after drift: nothing differs (6 ms)',
  ],
  [
    {
      event: 'changed',
      cause: 'drift',
      kind: 'chain',
      verb: 'update',
      what: 'nat netctl-snat  +1 rule',
      place: 'spec.yaml:31 networks.blue.snat',
      by: 'iptables, process 4711',
    },
    6,
    'repaired chain nat netctl-snat  +1 rule  (spec.yaml:31 networks.blue.snat; changed by iptables, process 4711)',
  ],
  [
    {
      event: 'changed',
      cause: 'spec',
      kind: 'link',
      verb: 'create',
      what: 'br-lab bridge',
      place: 'spec.yaml:31 networks.lab',
    },
    6,
    'created link br-lab bridge  (spec.yaml:31 networks.lab)',
  ],
  [
    {
      event: 'changed',
      cause: 'drift',
      kind: 'address',
      verb: 'delete',
      what: '10.0.0.9/24 on br-lab',
      by: 'ip, process 9',
    },
    6,
    'removed address 10.0.0.9/24 on br-lab  (changed by ip, process 9)',
  ],
  [
    { event: 'applied', cause: 'drift', changes: 1, settled: true, seconds: SECONDS },
    6,
    'applied after drift: 1 change in 0.24 s',
  ],
  [
    { event: 'applied', cause: 'spec', changes: 12, settled: false, seconds: SECONDS },
    4,
    'warning: applied for a new spec: 12 changes in 0.24 s; the host is not yet in sync with the spec',
  ],
  [
    { event: 'failed', failure },
    3,
    'error: failed: missing: link br-lab bridge  (spec.yaml:31 networks.lab) (5 tries since 14:57:00, next at 15:00:30)\n           ip -batch - failed with exit code 1: RTNETLINK answers: File exists\n           Command failed -:1',
  ],
  [
    { event: 'fight', fight },
    4,
    'warning: fights: differs: chain nat netctl-snat  +1 rule  (spec.yaml:12 networks.blue.snat) was repaired 12 times since 14:50:00, and somebody changes it back: iptables, process 4711; next repair at 15:01:00',
  ],
  [
    { event: 'obstacle', message: 'iptables-save is not installed', nextTry: '2026-11-21T15:00:10.000Z' },
    3,
    'error: cannot work, next try at 15:00:10: iptables-save is not installed',
  ],
  [
    { event: 'conflict', what: 'lab: DHCP requests are dropped\nhint: ufw allow' },
    4,
    'warning: blocked: lab: DHCP requests are dropped\n           hint: ufw allow',
  ],
  [{ event: 'recovered', what: 'link br-lab bridge' }, 6, 'recovered: link br-lab bridge'],
  [
    { event: 'monitor', name: 'nft monitor', what: 'ended by SIGKILL; begins again in 0.1 s' },
    4,
    'warning: nft monitor: ended by SIGKILL; begins again in 0.1 s',
  ],
  [{ event: 'reload' }, 6, 'reload: reads the spec again and looks at everything'],
  [{ event: 'ends', why: 'SIGTERM' }, 6, 'ends: SIGTERM'],
];

for (const [event, level, text] of rows) {
  describe(`${event.event}: ${text.slice(0, 60)}`, () => {
    test('in a terminal', () => expect(lines([event], { verbose: true })).toBe(`13:05:07 ${text}\n`));
    test('in the journal', () =>
      expect(lines([event], { format: 'journal', verbose: true })).toBe(
        `${text
          .replace(/^(error|warning): /, '')
          .replace(/^ {9}/gm, '')
          .replace(/^/gm, `<${level}>`)}\n`,
      ));
    test('as data', () => {
      const {
        time,
        level: word,
        event: name,
        message,
        ...fields
      } = JSON.parse(lines([event], { format: 'json', verbose: true })) as Record<string, unknown>;
      expect([time, word, name]).toEqual([
        NOW.toISOString(),
        { 3: 'error', 4: 'warning', 6: 'info', 7: 'debug' }[level],
        event.event,
      ]);
      expect(message).toBe(text.replace(/^(error|warning): /, '').replace(/^ {9}/gm, ''));
      const said: Readonly<Record<string, unknown>> = event;
      expect(fields).toEqual(
        Object.fromEntries(Object.entries(said).filter(([key]) => key !== 'event' && key !== 'message')),
      );
    });
    test('is shown without -v, unless it found nothing', () => expect(lines([event]) !== '').toBe(level < 7));
  });
}

test('every event has its row', () => {
  const names: Readonly<Record<WatchEvent['event'], true>> = {
    begins: true,
    ready: true,
    'spec-in-force': true,
    'spec-refused': true,
    looked: true,
    changed: true,
    applied: true,
    failed: true,
    fight: true,
    obstacle: true,
    conflict: true,
    recovered: true,
    monitor: true,
    reload: true,
    ends: true,
  };
  expect(new Set(rows.map(([{ event }]) => event))).toEqual(new Set(Object.keys(names)));
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
  expect(text()).toBe('13:05:07 looked again: nothing differs\n');
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
