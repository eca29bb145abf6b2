// test/bench/soak.test.ts — the page of a soak: what grows is called bad, what only wavers is not.
import { expect, test } from 'vitest';
import { renderSoak, verdictsOf } from '../../bench/soak-page.ts';
import type { Deed, Sample } from '../../bench/soak-page.ts';

const samplesOf = (change: (minute: number) => Partial<Sample>): readonly Sample[] =>
  Array.from({ length: 60 }, (_, minute) => ({
    minute,
    rss: 100,
    childRss: 9,
    descriptors: 30,
    children: 2,
    cpu: minute * 6,
    ownCpu: minute * 3,
    files: 24,
    ...change(minute),
  }));
const deeds: readonly Deed[] = [
  { name: 'a tap deleted', minute: 1, latency: 90 },
  { name: 'a bridge deleted', minute: 2, latency: 1200 },
];
const bad = (
  change: (minute: number) => Partial<Sample>,
  more: { readonly deeds?: readonly Deed[]; readonly wrong?: readonly string[] } = {},
): readonly string[] =>
  verdictsOf({ samples: samplesOf(change), deeds, wrong: [], ...more })
    .filter(({ ok }) => !ok)
    .map(({ text }) => text.split(/[:,]/, 1)[0] ?? '');

for (const [name, change, named] of [
  ['what wavers', (minute: number) => ({ rss: 100 + (minute % 7) * 3, descriptors: 30 + (minute % 2) }), []],
  ['what grows at the start only', (minute: number) => ({ rss: minute < 6 ? 40 + minute * 10 : 100 }), []],
  ['memory that grows', (minute: number) => ({ rss: 100 + minute }), ['rss']],
  [
    'descriptors that are left open',
    (minute: number) => ({ descriptors: 30 + Math.floor(minute / 10) }),
    ['descriptors'],
  ],
  ['children that stay', (minute: number) => ({ children: 2 + Math.floor(minute / 15) }), ['children']],
  ['files that stay', (minute: number) => ({ files: 24 + minute }), ['files']],
] as const) {
  test(name, () => expect(bad(change)).toEqual(named));
}

test('what was not put right, and a host that is not as it should be', () => {
  expect(
    bad(() => ({}), {
      deeds: [...deeds, { name: 'a tap deleted', minute: 3, latency: undefined }],
      wrong: ['plan: exit code 2'],
    }),
  ).toEqual(['3 deeds', 'plan']);
  expect(bad(() => ({}), { deeds: [] })).toEqual(['0 deeds']);
});

test('a row for each part of the time, the cost of an idle watch, and what took longest', () => {
  const page = renderSoak({
    minutes: 60,
    samples: samplesOf(() => ({})),
    deeds,
    idle: [{ when: 'at the start', share: 0.02, watchShare: 0.01 }],
    wrong: [],
  });
  expect(page).toContain('| 5 | 100 | 9 | 30 | 2 | 24 | 10.0 % | 2 | 645 / 1200 / 1200 |');
  expect(page).toContain('idle at the start: 2.0 % of a processor, the watch itself 1.0 %');
  expect(page).toMatch(/1200 ms, median of 1: a bridge deleted\n +90 ms, median of 1: a tap deleted/);
});
