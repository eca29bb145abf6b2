// test/uplinks/sorts.test.ts — the README's table of what hangs on an interface, and what becomes of it: a row for each
// finding.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/uplinks/judge.ts';
import type { Way } from '../../src/uplinks/judge.ts';
import { interfaceRulesIn } from '../../src/uplinks/interface-rules.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import { renderSorts, SORTS } from '../../src/uplinks/sorts.ts';
import { plain, way, withConnected } from './judged.ts';
import { asked } from './asked.ts';
import { deviceStates } from './device-states.ts';
import { refusedAttributes } from './refused-attributes.ts';
import { refusedDevices } from './refused-devices.ts';

describe('the table of sorts', () => {
  const rules = ['-i eth1', '-i br-+', '-m physdev --physdev-in eth1'].map((match) => `-A INPUT ${match} -j ACCEPT\n`);
  const interfaceRules = interfaceRulesIn(`*filter\n${rules.join('')}COMMIT\n`, 'iptables');
  const cases: readonly (readonly [Partial<Snapshot>, Partial<Way>])[] = [
    ...[...refusedDevices, ...refusedAttributes, ...asked].map(([, snapshot]) => [snapshot, {}] as const),
    [{}, { interfaceRules }],
    ...deviceStates.map(([, snapshot, more]) => [snapshot, more] as const),
  ];
  const seen = new Set(
    cases
      .flatMap(([snapshot, more]) => [...judge({ ...plain, ...snapshot, ...withConnected(snapshot) }, way([], more))])
      .map(({ code, severity }) => `${code} ${severity === 'error' ? 'refused' : 'said'}`),
  );
  for (const { code, fate } of SORTS)
    if (code !== undefined) test(`${code} is ${fate}`, () => expect([...seen]).toContain(`${code} ${fate}`));
  test('has a row for each finding', () =>
    expect(
      [...new Set([...seen].map((one) => one.split(' ')[0] ?? ''))].filter((code) =>
        SORTS.every((sort) => sort.code !== code),
      ),
    ).toEqual([]));
  test("is the README's", () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const start = readme.indexOf('| hangs on the interface');
    expect(readme.slice(start, readme.indexOf('\n\n', start))).toBe(renderSorts());
  });
});
