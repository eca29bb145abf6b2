// test/house/sample.test.ts — a feature costs its folder and its line in the list: here the list is this test's.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { grammarOf, readFragments, validatorFor } from '../../scripts/schema.mjs';
import { features as published } from '../../src/features/index.ts';
import { languageOf } from '../../src/pipeline/read.ts';
import type { Grammar } from '../../src/specfile/grammar.ts';
import { readSpec } from '../../src/specfile/read.ts';
import { Bench } from '../commands/bench.ts';
import { sample } from './sample/index.ts';
import { consoles } from './sample/keys.ts';

const features = [...published, sample];
const grammar = await withSample();

/** What `npm run gen` would make, were the sample's folder below src/features/. */
async function withSample(): Promise<Grammar> {
  const { base, fragments } = await readFragments(new URL('../../', import.meta.url).pathname);
  const schema = JSON.parse(readFileSync(new URL('sample/schema.json', import.meta.url), 'utf8')) as object;
  const merged = grammarOf({ base, fragments: [...fragments, { name: 'sample', schema }] });
  return { ...merged, ...validatorFor(merged.schema) };
}

const LAB = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
`;
const spec = (access: string): string => `${LAB}consoles:
  ops: { from: 198.51.100.0/24 }
instances:
  web:
    console: ${access}
    nics: [{ network: lab }]
  db:
    nics: [{ network: lab }]
`;

function read(
  texts: readonly string[],
  language = languageOf({ features, grammar }),
): { readonly consoles: unknown; readonly problems: readonly string[] } {
  const found = readSpec(
    texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })),
    language,
  );
  return {
    consoles: found.ok ? consoles.of(found.spec) : undefined,
    problems: (found.ok ? found.warnings : found.problems).map(
      ({ at: [place], code, message, hint = '' }) =>
        `${place?.file ?? ''}:${place?.line ?? 0}:${place?.column ?? 0} ${code}: ${message} (${hint})`,
    ),
  };
}

const WEB = { instance: 'web', host: 'localhost', access: 'ops', path: ['instances', 'web', 'console'] };

describe('its words', () => {
  test('are its own part of the spec', () =>
    expect(read([spec('ops')])).toEqual({ consoles: [{ ...WEB, from: '198.51.100.0/24' }], problems: [] }));
  test('come from several documents', () =>
    expect(read([spec('far'), 'apiVersion: netctl/v1\nconsoles: { far: { from: 192.0.2.0/24 } }\n']).consoles).toEqual([
      { ...WEB, access: 'far', from: '192.0.2.0/24' },
    ]));
  for (const [what, text, problem] of [
    ['a check', spec('opps'), '1.yaml:8:14 unknown-console: no console is named opps (name one of consoles)'],
    [
      'a form',
      spec('ops').replace('.0/24 }\ninst', '.1/24 }\ninst'),
      '1.yaml:5:16 host-bits: consoles.ops.from: 198.51.100.1/24 is an address within a network, not a network (write 198.51.100.0/24)',
    ],
    [
      'the schema, which knows its key',
      spec('ops').replace('console:', 'consol:'),
      '1.yaml:8:5 unknown-key: instances.web has no key consol (did you mean console?)',
    ],
    [
      'the schema, which knows its section',
      spec('ops').replace('from:', 'to:'),
      '1.yaml:5:10 unknown-key: consoles.ops has no key to (known here: from)',
    ],
  ] as const) {
    test(`are looked at by ${what}`, () => expect(read([text]).problems).toContain(problem));
  }
  test('come with a later version where it is not in the list', () =>
    expect(read([spec('ops')], languageOf({ features: published, grammar })).problems).toEqual([
      '1.yaml:4:1 not-yet: consoles comes with a later version: sample (leave it out until then)',
      '1.yaml:8:14 not-yet: console comes with a later version: sample (leave it out until then)',
    ]));
});

test('it is allotted what it asks for, and the host gets its rule; the next plan is empty', async () => {
  const bench = new Bench();
  expect(await bench.apply(spec('ops'), {}, { features, grammar })).toMatchObject({ code: 0 });
  expect((await bench.kept()).allocations['console port']).toEqual({ web: '5900' });
  const { out } = await bench.export(spec('ops'), 'iptables-save', { features, grammar });
  expect(out).toMatch(/^-A netctl-INPUT -s 198\.51\.100\.0\/24 -p tcp -m tcp --dport 5900 .*instances\.web\.console/m);
  expect((await bench.plan(spec('ops'), {}, { features, grammar })).out).toBe('h1: nothing to do\n');
});
