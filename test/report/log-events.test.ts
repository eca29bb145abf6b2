// test/report/log-events.test.ts — each event of a watch as a line of its log: level and text.
import { describe, expect, test } from 'vitest';
import type { WatchEvent } from '../../src/report/watch-events.ts';
import { failure, conflict } from './states.ts';
import { lines, NOW, SECONDS } from './logged.ts';

const SPEC = { revision: '3f2a9c01d2e4', from: '/etc/netctl/spec.d', since: NOW.toISOString() };

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
    { event: 'checked', cause: 'resync', whole: true, differs: 0, seconds: SECONDS },
    7,
    'checked everything at a regular check: in sync (6 ms)',
  ],
  [
    { event: 'checked', cause: 'drift', whole: false, differs: 0, seconds: SECONDS },
    7,
    'checked after drift: in sync (6 ms)',
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
    { event: 'drift-conflict', conflict },
    4,
    'warning: drift conflict: differs: chain nat netctl-snat  +1 rule  (spec.yaml:12 networks.blue.snat) was repaired 12 times since 14:50:00, and another process changes it back: iptables, process 4711; next repair at 15:01:00',
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
  [{ event: 'reload' }, 6, 'reload: reads the spec again and checks everything'],
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
    checked: true,
    changed: true,
    applied: true,
    failed: true,
    'drift-conflict': true,
    obstacle: true,
    conflict: true,
    recovered: true,
    monitor: true,
    reload: true,
    ends: true,
  };
  expect(new Set(rows.map(([{ event }]) => event))).toEqual(new Set(Object.keys(names)));
});
