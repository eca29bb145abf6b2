// test/commands/documents.test.ts — every document that a verb prints with -o json is as schemas/output.schema.json
// says; YAML says the same.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { World } from '../../src/pipeline/world.ts';
import { verbs } from '../../src/commands/index.ts';
import { readTree } from '../house/tree.ts';
import { Bench, specOf } from './bench.ts';
import type { Result } from './bench.ts';
import { staged } from '../rehearsal/staged.ts';

interface Schema {
  readonly oneOf: readonly { readonly $ref: string }[];
}
const schema = JSON.parse(readFileSync(new URL('../../schemas/output.schema.json', import.meta.url), 'utf8')) as Schema;
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

const PORTS = specOf('vm-1').concat(
  '  vm-2: { nics: [{ network: lab, device: { type: veth, name: v2, netns: g2 } }] }\n',
);
const FAILING = {
  outcomes: ['failed', 'skipped'],
  refused: [{ step: 0, command: 'ip', exitCode: 1, stderr: 'no' }],
} as const;
const BAD = specOf('vm-1').replace('flat-dhcp', 'flat_dhcp').concat('networks: {}\n');

async function half(): Promise<Bench> {
  const bench = new Bench();
  await bench.apply(PORTS);
  bench.scene.befall('link del dev tap-vm-1\n');
  return bench;
}

async function past(): Promise<Bench> {
  const bench = new Bench();
  await bench.apply(PORTS);
  await bench.apply(specOf('vm-3'), { allowMassDelete: true });
  return bench;
}

/** By the verb, and when. Each run twice, on hosts that are alike. */
const documents: readonly (readonly [name: string, kind: string, run: (with_: Partial<World>) => Promise<Result>])[] = [
  ['plan from nothing', 'Plan', (with_) => new Bench().plan(PORTS, {}, with_)],
  ['plan with changes of all sorts', 'Plan', async (with_) => (await half()).plan(specOf('vm-3'), {}, with_)],
  [
    'plan that would go well',
    'Plan',
    (with_) => {
      const bench = new Bench();
      return bench.plan(PORTS, { rehearse: true }, { ...staged(bench), ...with_ });
    },
  ],
  [
    'plan that would fail',
    'Plan',
    (with_) => {
      const bench = new Bench();
      return bench.plan(
        PORTS,
        { rehearse: true },
        { ...staged(bench, ({ plan }) => ({ ...FAILING, residual: plan.changes.slice(0, 1) })), ...with_ },
      );
    },
  ],
  [
    'apply that would fail',
    'Plan',
    (with_) => {
      const bench = new Bench();
      return bench.apply(PORTS, { rehearse: true }, { ...staged(bench, () => FAILING), ...with_ });
    },
  ],
  ['plan of nothing', 'Plan', (with_) => new Bench().plan('apiVersion: netctl/v1\n', {}, with_)],
  ['apply', 'Plan', (with_) => new Bench().apply(PORTS, {}, with_)],
  ['apply where there is nothing to do', 'Plan', (with_) => new Bench().apply('apiVersion: netctl/v1\n', {}, with_)],
  ['destroy', 'Plan', async (with_) => (await half()).destroy({}, with_)],
  ['rollback', 'Plan', async (with_) => (await past()).rollback(1, with_)],
  ['status that differs', 'Status', async (with_) => (await half()).status(PORTS, with_)],
  ['status of a host that never had anything', 'Status', (with_) => new Bench().status(PORTS, with_)],
  ['status of nothing', 'Status', (with_) => new Bench().status('apiVersion: netctl/v1\n', with_)],
  ['an invalid spec', 'Diagnostics', (with_) => new Bench().plan(BAD, {}, with_)],
  ['an invalid spec, validated', 'Diagnostics', (with_) => new Bench().validate(BAD, with_)],
  ['an empty spec', 'Diagnostics', (with_) => new Bench().validate('', with_)],
  ['a guard', 'Diagnostics', async (with_) => (await half()).apply('apiVersion: netctl/v1\n', {}, with_)],
  [
    'a foreign bridge',
    'Diagnostics',
    (with_) => new Bench('link add name br100 type bridge\n').apply(PORTS, {}, with_),
  ],
  ['validate', 'Validation', (with_) => new Bench().validate(PORTS, with_)],
  ['export --as files', 'Files', (with_) => new Bench().export(PORTS, 'files', with_)],
  ['ip free', 'Free', (with_) => new Bench().ip('free', PORTS, 'lab', with_)],
  ['ip used', 'Used', async (with_) => (await half()).ip('used', specOf('vm-3'), 'lab', with_)],
  ['ip show of what is used', 'Address', async (with_) => (await half()).ip('show', PORTS, '10.0.0.2', with_)],
  ['ip show of what is nowhere', 'Address', (with_) => new Bench().ip('show', PORTS, '192.0.2.1', with_)],
  ['history of nothing', 'History', (with_) => new Bench().history(with_)],
  ['history', 'History', async (with_) => (await past()).history(with_)],
  ['show', 'Generation', async (with_) => (await past()).showGeneration('2', with_)],
  ['export --as json', 'Host', (with_) => new Bench().export(PORTS, 'json', with_)],
];

for (const [name, kind, run] of documents) {
  describe(name, () => {
    test('is one document as the schema says', async () => {
      const document: unknown = JSON.parse((await run({ output: 'json' })).out);
      validate(document);
      expect(validate.errors ?? []).toEqual([]);
      expect(document).toMatchObject({ apiVersion: 'netctl/v1', kind });
    });
    // export --as json is JSON in any case, and so is YAML.
    test('says the same as YAML', async () => {
      expect(parse((await run({ output: 'yaml' })).out)).toEqual(JSON.parse((await run({ output: 'json' })).out));
    });
  });
}

test('the schema refuses what is not printed', () => {
  for (const document of [
    {},
    { apiVersion: 'netctl/v1', kind: 'Validation', valid: true, networks: 1 },
    { apiVersion: 'netctl/v1', kind: 'Plan', host: 'h1', changes: [{}], waiting: [] },
  ])
    expect(validate(document)).toBe(false);
});

const described = schema.oneOf.map(({ $ref }) => $ref.split('/').at(-1));
test('every kind of document is printed here', () =>
  expect(new Set(documents.map(([, kind]) => kind.toLowerCase()))).toEqual(new Set(described)));

test('every verb prints one here, but for those that print none', () => {
  const names = verbs.flatMap((verb) =>
    'verbs' in verb ? verb.verbs.map(({ name }) => `${verb.name} ${name}`) : [verb.name],
  );
  // `confirm` says a sentence; what a watch has to say is its log, and `status` asks it.
  expect(names.filter((name) => !documents.some(([row]) => `${row} `.startsWith(`${name} `)))).toEqual([
    'confirm',
    'watch',
  ]);
});

test('no other kind is printed by anybody', () => {
  const printed = [...readTree(new URL('../..', import.meta.url).pathname)].flatMap(([path, text]) =>
    path.startsWith('src/') ? [...text.matchAll(KIND)].map(([, kind = '']) => kind.toLowerCase()) : [],
  );
  expect(new Set(printed)).toEqual(new Set(described));
});
/** How a document begins. */
const KIND = /\bapiVersion: 'netctl\/v1',\s*kind: '(\w+)'/g;
