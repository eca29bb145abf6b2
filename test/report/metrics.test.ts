// test/report/metrics.test.ts — the numbers of a watch, read back as strictly as Prometheus reads them.
import { beforeEach, describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/report/metrics.ts';
import type { Gauges, Metrics } from '../../src/report/metrics.ts';
import { serveMetrics } from '../../src/service/http.ts';
import type { WatchEvent } from '../../src/report/watch-events.ts';
import type { WatchState } from '../../src/report/watch-state.ts';
import { begun, failure, conflict, full } from './states.ts';

const NONE: Gauges = { pools: [], allocations: [] };
const PHASES = { read: 0.004, plan: 0.002, execute: 0.03, verify: 0.2 };

let metrics: Metrics = createMetrics('1.2.3');
beforeEach(() => {
  metrics = createMetrics('1.2.3');
});

/** `name{label="value"}` → value; labels in order of their names. */
async function read(): Promise<ReadonlyMap<string, number>> {
  return parse(await metrics.text());
}
async function named(...names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries([...(await read())].filter(([name]) => names.includes(name.split('{', 1)[0] ?? '')));
}

test('before anything has happened', async () => {
  const said = await read();
  expect(said.get(`netctl_build_info{node="${process.version}",version="1.2.3"}`)).toBe(1);
  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'process_open_fds',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(said.get(name), name).toBeGreaterThanOrEqual(0);
});

for (const [name, events, counted] of [
  [
    'looks',
    [
      { event: 'checked', cause: 'resync', whole: true, differs: 0, seconds: PHASES },
      { event: 'checked', cause: 'drift', whole: false, differs: 0, seconds: PHASES },
      { event: 'checked', cause: 'drift', whole: false, differs: 0, seconds: PHASES },
    ],
    {
      'netctl_checks_total{cause="resync",whole="true"}': 1,
      'netctl_checks_total{cause="drift",whole="false"}': 2,
    },
  ],
  [
    'changes',
    [
      { event: 'changed', cause: 'drift', kind: 'chain', verb: 'update', what: '' },
      { event: 'changed', cause: 'drift', kind: 'chain', verb: 'update', what: '' },
      { event: 'changed', cause: 'spec', kind: 'link', verb: 'create', what: '' },
    ],
    {
      'netctl_changes_total{cause="drift",kind="chain",verb="update"}': 2,
      'netctl_changes_total{cause="spec",kind="link",verb="create"}': 1,
      'netctl_drift_repaired_total{kind="chain"}': 2,
    },
  ],
  [
    'applies',
    [
      { event: 'applied', cause: 'spec', changes: 3, settled: true, seconds: PHASES },
      { event: 'applied', cause: 'spec', changes: 1, settled: false, seconds: PHASES },
    ],
    {
      'netctl_applies_total{cause="spec",settled="true"}': 1,
      'netctl_applies_total{cause="spec",settled="false"}': 1,
    },
  ],
  [
    'failures',
    [
      { event: 'failed', failure },
      { event: 'failed', failure },
    ],
    { 'netctl_failures_total{kind="link"}': 2 },
  ],
  ['drift conflicts', [{ event: 'drift-conflict', conflict }], { 'netctl_drift_conflicts_total{kind="chain"}': 1 }],
  ['obstacles', [{ event: 'obstacle', message: '', nextTry: begun.since }], { netctl_obstacles_total: 1 }],
  [
    'specs',
    [
      { event: 'spec-in-force', spec: { revision: 'a', from: 'b', since: begun.since }, warnings: [] },
      { event: 'spec-refused', refused: { since: begun.since, problems: [] } },
      { event: 'spec-refused', refused: { since: begun.since, problems: [] } },
    ],
    {
      'netctl_specs_total{outcome="in-force"}': 1,
      'netctl_specs_total{outcome="refused"}': 2,
    },
  ],
] as const satisfies readonly (readonly [string, readonly WatchEvent[], Readonly<Record<string, number>>])[]) {
  test(`${name} are counted`, async () => {
    for (const event of events) metrics.watcher(event);
    const names = Object.keys(counted).map((key) => key.split('{', 1)[0] ?? '');
    expect(await named(...names)).toEqual(counted);
  });
}

test('how long an apply takes is told by phase and cause', async () => {
  metrics.watcher({ event: 'applied', cause: 'drift', changes: 3, settled: true, seconds: PHASES });
  const said = await read();
  expect(
    Object.keys(PHASES).map((phase) => said.get(`netctl_apply_duration_seconds_sum{cause="drift",phase="${phase}"}`)),
  ).toEqual([0.004, 0.002, 0.03, 0.2]);
  expect(
    ['0.025', '0.05', '+Inf'].map((le) =>
      said.get(`netctl_apply_duration_seconds_bucket{cause="drift",le="${le}",phase="execute"}`),
    ),
  ).toEqual([0, 1, 1]);
});

describe('how it stands', () => {
  const GAUGES = [
    'netctl_settled',
    'netctl_differing',
    'netctl_failing',
    'netctl_drift_conflicts_active',
    'netctl_obstructed',
    'netctl_spec_refused',
  ] as const;
  for (const [name, state, values] of [
    [
      'settled',
      {
        ...full,
        refused: undefined,
        settled: true,
        differs: [],
        failures: [],
        driftConflicts: [],
        obstacle: undefined,
      },
      [1, 0, 0, 0, 0, 0],
    ],
    ['with all that can be wrong', full, [0, 3, 1, 1, 1, 1]],
    ['just begun', begun, [0, 0, 0, 0, 0, 0]],
  ] as const) {
    test(name, async () => {
      metrics.set(strip(state), NONE);
      expect(Object.values(await named(...GAUGES))).toEqual(values);
    });
  }

  test('when', async () => {
    metrics.set({ ...full, settled: true }, NONE);
    metrics.set({ ...full, lastCheck: '2026-11-21T15:00:00.000Z', settled: false }, NONE);
    expect(
      await named(
        'netctl_last_success_timestamp_seconds',
        'netctl_last_full_check_timestamp_seconds',
        'netctl_last_apply_timestamp_seconds',
        'netctl_start_time_seconds',
      ),
    ).toEqual({
      netctl_last_success_timestamp_seconds: Date.UTC(2026, 10, 21, 14, 59, 58) / 1000,
      netctl_last_full_check_timestamp_seconds: Date.UTC(2026, 10, 21, 14, 58, 0) / 1000,
      netctl_last_apply_timestamp_seconds: Date.UTC(2026, 10, 21, 13, 5, 7) / 1000,
      netctl_start_time_seconds: Date.UTC(2026, 10, 21, 13, 5, 0) / 1000,
    });
  });

  test('which spec is in force, and no other', async () => {
    metrics.set({ ...full, spec: { revision: 'old', from: 'x', since: begun.since } }, NONE);
    metrics.set(
      { ...full, spec: { revision: 'a"b\\c\nd', from: 'https://git.example/net.git main', since: begun.since } },
      NONE,
    );
    expect(await named('netctl_spec_info')).toEqual({
      'netctl_spec_info{from="https://git.example/net.git main",revision="a"b\\c\nd"}': 1,
    });
  });

  test('what tells of changes of the host', async () => {
    metrics.set(full, NONE);
    metrics.set(full, NONE);
    expect(await named('netctl_monitor_up', 'netctl_monitor_restarts_total')).toEqual({
      'netctl_monitor_up{monitor="ip monitor"}': 1,
      'netctl_monitor_up{monitor="nft monitor"}': 0,
      'netctl_monitor_up{monitor="iptables-save"}': 1,
      'netctl_monitor_restarts_total{monitor="ip monitor"}': 0,
      'netctl_monitor_restarts_total{monitor="nft monitor"}': 4,
      'netctl_monitor_restarts_total{monitor="iptables-save"}': 0,
    });
  });

  test('who has which addresses; a pool that has gone is gone', async () => {
    metrics.set(begun, {
      pools: [{ name: 'gone', used: 1, free: 1, reserved: 1, quarantined: 1 }],
      allocations: [{ pool: 'gone', held: 1 }],
    });
    metrics.set(begun, {
      pools: [{ name: 'lab', used: 3, free: 250, reserved: 1, quarantined: 2 }],
      allocations: [{ pool: 'networks.lab', held: 3 }],
    });
    expect(await named('netctl_pool_addresses', 'netctl_allocations')).toEqual({
      'netctl_pool_addresses{pool="lab",state="used"}': 3,
      'netctl_pool_addresses{pool="lab",state="free"}': 250,
      'netctl_pool_addresses{pool="lab",state="reserved"}': 1,
      'netctl_pool_addresses{pool="lab",state="quarantined"}': 2,
      'netctl_allocations{pool="networks.lab"}': 3,
    });
  });

  test('of a thousand pools the last ones are one, and nothing is lost', async () => {
    metrics.set(begun, {
      pools: Array.from({ length: 1000 }, (_, i) => ({
        name: `net-${i}`,
        used: 1,
        free: 0,
        reserved: 0,
        quarantined: 0,
      })),
      allocations: [],
    });
    const said = await named('netctl_pool_addresses');
    expect(Object.keys(said)).toHaveLength(4 * 201);
    expect(said['netctl_pool_addresses{pool="(others)",state="used"}']).toBe(800);
  });

  test('a host that has ever more kinds of things does not make ever more numbers', async () => {
    for (let i = 0; i < 1000; i++)
      metrics.watcher({ event: 'changed', cause: 'drift', kind: `kind-${i}`, verb: 'update', what: '' });
    expect(Object.keys(await named('netctl_drift_repaired_total'))).toHaveLength(201);
  });
});

test('two watches do not share their numbers', async () => {
  const other = createMetrics('1.2.3');
  other.watcher({ event: 'obstacle', message: '', nextTry: begun.since });
  expect(await named('netctl_obstacles_total')).toEqual({ netctl_obstacles_total: 0 });
});

test('it is served as what it says it is', async () => {
  const served = await serveMetrics('127.0.0.1:0', {
    metrics: () => metrics.text(),
    health: () => ({ ok: true, text: '' }),
  });
  const response = await fetch(`http://${served.address}/metrics`);
  expect(response.headers.get('content-type')).toBe(metrics.contentType);
  expect(parse(await response.text()).get('netctl_obstacles_total')).toBe(0);
  await served.close();
});

/** The state without what is undefined. */
function strip(state: { readonly [K in keyof WatchState]: WatchState[K] | undefined }): WatchState {
  return JSON.parse(JSON.stringify(state)) as WatchState;
}

/** The text format 0.0.4. Throws at whatever Prometheus or promtool would object to. */
function parse(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let family = '';
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, word, about = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? [];
    if (word === 'HELP') {
      if (types.has(about)) throw new Error(`${about} comes twice`);
      family = about;
      types.set(about, '');
    } else if (word === 'TYPE') {
      if (about !== family || !/^(counter|gauge|histogram|summary)$/.test(rest)) throw new Error(line);
      types.set(about, rest);
      if ((rest === 'counter') !== about.endsWith('_total')) throw new Error(`${about} is a ${rest}`);
    } else {
      const [, name, labels = '', value] =
        /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?[0-9.]+(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i.exec(
          line,
        ) ?? [];
      if (name === undefined) throw new Error(`no sample: ${line}`);
      const suffix = types.get(family) === 'histogram' ? /_(bucket|sum|count)$/ : /^$/;
      if (name.replace(suffix, '') !== family) throw new Error(`${name} stands below ${family}`);
      const pairs = [...labels.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)]
        .map(([, key = '', raw = '']) => `${key}="${raw.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))}"`)
        .sort();
      const key = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
      if (samples.has(key)) throw new Error(`${key} comes twice`);
      samples.set(key, Number(value?.replace('Inf', 'Infinity')));
    }
  }
  return samples;
}
