// test/specfile/fragments.test.ts — the published schema is what its fragments make; how they are merged, and what a
// fragment cannot say.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { grammarOf, printed, readFragments } from '../../scripts/schema.mjs';
import { features } from '../../src/features/index.ts';
import { languageOf } from '../../src/pipeline/read.ts';
import { grammar } from '../../src/specfile/grammar.ts';

const root = new URL('../../', import.meta.url).pathname;

test('the published schema, and what is checked by, is what the generator makes: npm run gen', async () => {
  const { schema, sections, owned } = grammarOf(await readFragments(root));
  expect(readFileSync(`${root}schemas/spec.schema.json`, 'utf8')).toBe(`${printed(schema)}\n`);
  expect({ sections: grammar.sections, owned: grammar.owned }).toEqual({ sections, owned });
});

test('each key belongs to a feature by its name, or is yet to come', () => {
  const known = languageOf({ features, grammar }).extensions.map(({ name }) => name);
  const later = readdirSync(`${root}src/specfile/not-yet`).map((file) => file.replace('.json', ''));
  expect(grammar.owned.filter(({ of }) => known.includes(of) === later.includes(of))).toEqual([]);
});

const base = {
  properties: { hosts: { type: 'object', additionalProperties: { $ref: '#/$defs/Host' } } },
  $defs: { Host: { properties: { name: {}, port: {} } } },
};
const host = (properties: object): object => ({ $defs: { Host: { properties } } });

test('a key stands where its fragment says, whichever fragment is read first', () => {
  const { schema } = grammarOf({
    base,
    fragments: [
      { name: 'one', schema: host({ last: {}, second: { 'x-after': 'first' } }) },
      { name: 'other', schema: host({ first: { 'x-after': 'name', description: 'the first' } }) },
    ],
  });
  expect(JSON.stringify(schema)).toBe(
    JSON.stringify({
      properties: base.properties,
      $defs: {
        Host: { properties: { name: {}, first: { description: 'the first' }, second: {}, port: {}, last: {} } },
      },
    }),
  );
});

test('documents are merged by the sections of fragments too, and each key knows whose it is', () => {
  const { sections, owned } = grammarOf({
    base,
    fragments: [
      {
        name: 'pool',
        schema: { properties: { pools: { $ref: '#/$defs/Pools' } }, $defs: { Pools: { type: 'object' } } },
      },
      { name: 'probe', schema: { properties: { probes: { type: 'array', items: {} } } } },
      { name: 'later', schema: host({ far: { 'x-not-yet': { isIgnored: true, what: 'what is far' } } }) },
    ],
  });
  expect(sections).toEqual({ maps: ['hosts', 'pools'], lists: ['probes'] });
  expect(owned).toEqual([
    { path: 'hosts.*.far', of: 'later', isIgnored: true, what: 'what is far' },
    { path: 'pools', of: 'pool' },
    { path: 'probes', of: 'probe' },
  ]);
});

describe('what a fragment cannot say', () => {
  for (const [what, schema, error] of [
    ['a key that is there', host({ port: {} }), 'mine: #/$defs/Host/properties/port is there already'],
    ['a key that is there, with a place', host({ port: { 'x-after': 'name' } }), 'is there already'],
    ['what a definition is', { $defs: { Host: { title: 'Mine' } } }, '#/$defs/Host/title is not for a fragment to say'],
    ['what the schema is', { title: 'Mine' }, 'mine: #/title is not for a fragment to say'],
    [
      'a place behind nothing',
      host({ mine: { 'x-after': 'far' } }),
      'mine: #/$defs/Host/properties/mine is to stand after far, and there is no such key',
    ],
  ] as const) {
    test(what, () => expect(() => grammarOf({ base, fragments: [{ name: 'mine', schema }] })).toThrow(error));
  }
});
