// test/report/watch.test.ts — the head of `netctl status` while a watch runs, and the same as data.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderWatch } from '../../src/report/watch.ts';
import type { WatchState } from '../../src/report/watch-state.ts';
import { begun, failure, full } from './states.ts';

const NOW = new Date('2026-11-21T15:00:00.000Z');

const well: WatchState = {
  ...begun,
  settled: true,
  settledSince: '2026-11-21T13:05:07.000Z',
  lastCheck: '2026-11-21T14:59:48.000Z',
  lastFullCheck: '2026-11-21T14:59:48.000Z',
  spec: { revision: '3f2a9c01d2e4', from: '/etc/netctl/spec.d', since: '2026-11-21T13:05:06.000Z' },
  lastApply: { at: '2026-11-21T13:05:07.000Z', cause: 'drift', changes: 3, seconds: 0.0412 },
};

for (const [name, state, text] of [
  [
    'all is well',
    well,
    `watch: the host is in sync with the spec, since 13:05:07 UTC (1 h 54 min); checked 12 s ago
  spec           3f2a9c01d2e4 from /etc/netctl/spec.d, in force since 2026-11-21 13:05:06
  last change    13:05:07: 3 things repaired after drift, in 0.04 s
`,
  ],
  [
    'for days, with a look at a part since',
    {
      ...well,
      settledSince: '2026-11-18T03:00:00.000Z',
      lastFullCheck: '2026-11-21T14:50:00.000Z',
      lastApply: { at: '2026-11-18T03:00:00.000Z', cause: 'spec', changes: 1, seconds: 12.3 },
    },
    `watch: the host is in sync with the spec, since 2026-11-18 03:00:00 UTC (3 d 12 h); checked 12 s ago; everything 10 min ago
  spec           3f2a9c01d2e4 from /etc/netctl/spec.d, in force since 2026-11-21 13:05:06
  last change    2026-11-18 03:00:00: 1 change for a new spec, in 12 s
`,
  ],
  [
    'it has just begun',
    begun,
    `watch: has not checked the host yet; process 812, since 13:05:00 UTC (1 h 55 min)
  spec           none is in force
`,
  ],
  [
    'a spec never was good',
    { ...begun, refused: { since: '2026-11-21T14:30:00.000Z', problems: ['there is no /etc/netctl/spec.d'] } },
    `watch: has not checked the host yet; process 812, since 13:05:00 UTC (1 h 55 min)
  spec           none is in force
  refused        what came, since 14:30:00 (30 min); there is none in force
                   there is no /etc/netctl/spec.d
`,
  ],
  [
    'well, but the newest spec is refused',
    {
      ...well,
      refused: {
        revision: 'aa00bb11cc22',
        since: '2026-11-21T14:30:00.000Z',
        problems: ['spec.yaml:20:3: error: unknown key  [unknown-key]\n'],
      },
    },
    `watch: the host is in sync with the former spec, since 13:05:07 UTC (1 h 54 min); checked 12 s ago; a newer spec is REFUSED
  spec           3f2a9c01d2e4 from /etc/netctl/spec.d, in force since 2026-11-21 13:05:06
  refused        spec aa00bb11cc22, since 14:30:00 (30 min); the one above stays in force
                   spec.yaml:20:3: error: unknown key  [unknown-key]
  last change    13:05:07: 3 things repaired after drift, in 0.04 s
`,
  ],
  [
    'all that can be wrong',
    full,
    `watch: the host is NOT in sync with the spec, since 14:50:00 UTC (10 min); checked 2 s ago; everything 2 min ago
  spec           3f2a9c01d2e4 from /etc/netctl/spec.d, in force since 2026-11-21 13:05:06
  refused        spec aa00bb11cc22, since 14:30:00 (30 min); the one above stays in force
                   spec.yaml:14:11: error: red (10.0.0.128/25) overlaps blue (10.0.0.0/24)  [networks-overlap]
                     14 |     cidr: 10.0.0.128/25
                        |           ^
                   spec.yaml:20:3: error: unknown key  [unknown-key]
  last change    13:05:07: 3 things repaired after drift, in 0.04 s
  busy           since 14:59:50 (10 s): create link br-lab
  prevented      since 14:55:00 (5 min), 9 tries, next in 10 s: iptables-save is not installed, or not in PATH (Debian package iptables)
  failed         missing: link br-lab bridge  (spec.yaml:31 networks.lab), since 14:57:00 (3 min), 5 tries, next in 30 s
                   ip -batch - failed with exit code 1: RTNETLINK answers: File exists
                   Command failed -:1
  drift conflict differs: chain nat netctl-snat  +1 rule  (spec.yaml:12 networks.blue.snat), repaired 12 times since 14:50:00 (10 min), changed back by iptables, process 4711; next repair in 1 min
  differs        missing: address 10.0.0.1/24 on br-lab  (spec.yaml:33 networks.lab.gateway)
  not running    nft monitor: ended by SIGKILL, started again 4 times, since 14:59:00 (1 min)
`,
  ],
  [
    'a clock that was set back, and a try that is due',
    {
      ...well,
      settled: false,
      unsettledSince: '2026-11-21T16:00:00.000Z',
      lastApply: undefined,
      failures: [{ ...failure, tries: 1, nextTry: '2026-11-21T14:59:59.000Z', message: 'no\x1b[31m' }],
    },
    `watch: the host is NOT in sync with the spec, since 16:00:00 UTC (0 s); checked 12 s ago
  spec           3f2a9c01d2e4 from /etc/netctl/spec.d, in force since 2026-11-21 13:05:06
  failed         missing: link br-lab bridge  (spec.yaml:31 networks.lab), since 14:57:00 (3 min), 1 try, next now
                   no\uFFFD[31m
`,
  ],
] satisfies readonly (readonly [string, { readonly [K in keyof WatchState]: WatchState[K] | undefined }, string])[]) {
  test(name, () => expect(renderWatch(JSON.parse(JSON.stringify(state)) as WatchState, NOW)).toBe(text));
}

test('of a thousand that differ twenty are listed', () => {
  const differs = Array.from(
    { length: 1000 },
    (_, i) => ({ ref: `address br-lab 10.0.${i}.1/24`, how: 'missing', what: `10.0.${i}.1/24` }) as const,
  );
  const lines = renderWatch({ ...full, failures: [], driftConflicts: [], differs }, NOW)
    .split('\n')
    .filter((line) => line.includes('missing') || line.includes('more'));
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe('                 and 980 more');
});

test('as data it is as the schema says, whatever there is of it', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/output.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
  const status = {
    apiVersion: 'netctl/v1',
    kind: 'Status',
    host: 'h1',
    settled: true,
    changes: [],
    waiting: [],
    conflicts: [],
    networks: [],
    nics: [],
  };
  for (const watch of [begun, well, full]) {
    validate({ ...status, watch });
    expect(validate.errors ?? []).toEqual([]);
  }
  for (const wrong of [
    {},
    { ...full, more: 1 },
    { ...full, settled: 'yes' },
    { ...full, failures: [{ ...failure, tries: undefined }] },
    { ...full, monitors: [{ name: 'x' }] },
  ]) {
    expect(validate(JSON.parse(JSON.stringify({ ...status, watch: wrong })))).toBe(false);
  }
});
