// test/house.test.ts — the house as it was meant: who imports whom, what is pure, what has its test. Each rule is shown
// to bite.
import { describe, expect, test } from 'vitest';
import { rules } from './house/rules.ts';
import { readTree } from './house/tree.ts';

const tree = readTree(new URL('..', import.meta.url).pathname);

describe('the house', () => {
  test('has rooms to look at', () =>
    expect([...tree.keys()]).toEqual(
      expect.arrayContaining(['src/main.ts', 'src/core/resource.ts', 'test/house.test.ts']),
    ));
  for (const [name, rule] of Object.entries(rules)) test(name, () => expect([...rule(tree)]).toEqual([]));
});

type Files = Readonly<Record<string, string>>;

/** Rule, what breaks it, and the complaint. */
const broken: readonly (readonly [keyof typeof rules, Files, readonly string[]])[] = [
  [
    'imports run down',
    { 'src/core/diff.ts': "import { link } from '../kinds/link/index.ts';" },
    ['src/core/diff.ts imports src/kinds/link/index.ts'],
  ],
  [
    'imports run down',
    { 'src/parts/half.ts': "export type { Guard } from '../guards/model.ts';" },
    ['src/parts/half.ts imports src/guards/model.ts'],
  ],
  [
    'imports run down',
    { 'src/commands/plan.ts': "const m = await import('../main.ts');" },
    ['src/commands/plan.ts imports src/main.ts'],
  ],
  [
    'imports run down',
    { 'src/cellar/a.ts': '' },
    ['src/cellar/a.ts: cellar is no room of the house; give it a row in test/house/rules.ts'],
  ],
  [
    'imports run down',
    {
      'src/features/lab/index.ts':
        "import type { Link } from '../../kinds/link/model.ts';\nimport { GROUP } from '../../core/marks.ts';",
      'src/main.ts': "import './commands/plan.ts';",
    },
    [],
  ],
  [
    'no circle of files',
    {
      'src/core/a.ts': "import './b.ts';",
      'src/core/b.ts': "import type { C } from './c.ts';",
      'src/core/c.ts': "import './a.ts';",
      'src/core/d.ts': "import './a.ts';",
    },
    ['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts'],
  ],
  [
    'no circle of files',
    { 'src/core/a.ts': "import './b.ts';\nimport './c.ts';", 'src/core/b.ts': "import './c.ts';", 'src/core/c.ts': '' },
    [],
  ],
  [
    'no verb imports a verb',
    { 'src/commands/apply/run.ts': "import { plan } from '../plan/run.ts';" },
    ['src/commands/apply/run.ts imports src/commands/plan/run.ts'],
  ],
  [
    'no verb imports a verb',
    {
      'src/commands/ip/free.ts': "import { select } from './select.ts';",
      'src/commands/ip/index.ts': "import { option } from '../verb.ts';",
      'src/commands/index.ts': "import { ip } from './ip/index.ts';",
    },
    [],
  ],
  [
    'core knows no kind by name',
    {
      'src/kinds/link/index.ts': '',
      'src/core/a.ts': "const made = ref.startsWith('link ');\n/** As 'link br100'. */",
    },
    ["src/core/a.ts speaks of a kind: const made = ref.startsWith('link ');"],
  ],
  [
    'only models of kinds are known above',
    { 'src/features/lab/index.ts': "import { link } from '../../kinds/link/index.ts';" },
    ['src/features/lab/index.ts imports src/kinds/link/index.ts'],
  ],
  [
    'only models of kinds are known above',
    { 'src/features/lab/index.ts': "import type { Link } from '../../kinds/link/model.ts';" },
    [],
  ],
  [
    'features know no other feature, kinds no other kind',
    { 'src/features/lab/a.ts': "import type { A } from '../port/index.ts';" },
    ['src/features/lab/a.ts imports src/features/port/index.ts'],
  ],
  [
    'features know no other feature, kinds no other kind',
    { 'src/kinds/link/a.ts': "import type { A } from '../route/model.ts';" },
    ['src/kinds/link/a.ts imports src/kinds/route/model.ts'],
  ],
  [
    'features know no other feature, kinds no other kind',
    { 'src/kinds/link/a.ts': "import type { A } from './model.ts';\nimport '../gone.ts';" },
    [],
  ],
  [
    'each package is known in one room',
    { 'src/kinds/link/a.ts': "import { execa } from 'execa';" },
    ['src/kinds/link/a.ts imports execa'],
  ],
  [
    'each package is known in one room',
    { 'src/specfile/read.ts': "import { parse } from 'other-yaml/fast';" },
    ['src/specfile/read.ts imports other-yaml/fast'],
  ],
  [
    'each package is known in one room',
    { 'src/specfile/read.ts': "import { parseDocument } from 'yaml';\nimport { isIP } from 'node:net';" },
    [],
  ],
  [
    'pure rooms have no files, clock, chance or processes',
    { 'src/core/a.ts': "import { readFile } from 'node:fs/promises';" },
    ['src/core/a.ts imports node:fs/promises'],
  ],
  [
    'pure rooms have no files, clock, chance or processes',
    { 'src/allocate/a.ts': 'const t = Date.now() + Math.random();' },
    ['src/allocate/a.ts speaks of Date.now', 'src/allocate/a.ts speaks of Math.random'],
  ],
  [
    'pure rooms have no files, clock, chance or processes',
    { 'src/kinds/link/a.ts': 'export const debug = process.env.DEBUG;' },
    ['src/kinds/link/a.ts speaks of process.env'],
  ],
  [
    'pure rooms have no files, clock, chance or processes',
    { 'src/features/lab/a.ts': 'export const when = new Date();' },
    ['src/features/lab/a.ts speaks of new Date'],
  ],
  [
    'pure rooms have no files, clock, chance or processes',
    {
      'src/driver/a.ts': "import 'node:fs';\nDate.now();",
      'src/specfile/sources.ts': "import 'node:fs';",
      'src/core/b.ts': '// Date.now() is not for here\nexport const process = 1;',
    },
    [],
  ],
  [
    'each file opens with its path and what it is for',
    { 'src/core/a.ts': '// core/b.ts — moved, and still says where it was' },
    ['src/core/a.ts opens with: // core/b.ts — moved, and still says where it was'],
  ],
  [
    'each file opens with its path and what it is for',
    { 'test/a.test.ts': "import 'vitest';" },
    ["test/a.test.ts opens with: import 'vitest';"],
  ],
  [
    'each file opens with its path and what it is for',
    {
      'src/core/a.ts': '// core/a.ts — an example',
      'scripts/demo': '#!/usr/bin/env bash\n# scripts/demo — an example',
    },
    [],
  ],
  [
    'no file has more than 300 lines',
    { 'src/core/a.ts': 'a\n'.repeat(301), 'src/core/b.ts': 'b\n'.repeat(300) },
    ['src/core/a.ts has 301'],
  ],
  [
    'each feature has its line in the list, its test and its example',
    { 'src/features/lab/index.ts': '' },
    ['lab is not in src/features/index.ts', 'lab has no test under test/features/', 'lab has no examples/lab.yaml'],
  ],
  [
    'each feature has its line in the list, its test and its example',
    {
      'src/features/lab/index.ts': '',
      'src/features/index.ts': "import { lab } from './lab/index.ts';",
      'test/features/lab.test.ts': '',
      'examples/lab.yaml': '',
    },
    [],
  ],
  [
    'each kind has its line in the list, its model, its test and its fake',
    { 'src/kinds/lab/index.ts': '' },
    ['lab is not in src/kinds/index.ts', 'lab has no model.ts', 'lab has no test under test/kinds/lab/'],
  ],
  [
    'each op is tried on every driver',
    {
      'src/core/resource.ts': "export type Op = | { readonly op: 'run' } | { readonly op: 'write' };",
      'test/contracts/driver.ts': "{ op: 'run' } { op: 'write' }",
      'test/driver/script.test.ts': "{ op: 'run' }",
      'test/kernel/driver.test.ts': "import '../contracts/driver.ts';",
    },
    ['write has no row in test/driver/script.test.ts', 'test/contracts/driver.fake.test.ts does not run the contract'],
  ],
  [
    'each op is tried on every driver',
    {
      'src/core/resource.ts': 'export type Op = string;',
      'test/kernel/driver.test.ts': "import '../contracts/driver.ts';",
      'test/contracts/driver.fake.test.ts': "import './driver.ts';",
    },
    ['src/core/resource.ts has no union Op'],
  ],
];

describe('each rule bites', () => {
  for (const [index, [name, files, complaints]] of broken.entries()) {
    test(`${name} (${index}): ${complaints[0] ?? 'nothing to say'}`, () =>
      expect([...(rules[name]?.(new Map(Object.entries(files))) ?? [])]).toEqual(complaints));
  }
  test('every rule has a row that breaks it', () => {
    expect(new Set(broken.filter(([, , complaints]) => complaints.length > 0).map(([name]) => name))).toEqual(
      new Set(Object.keys(rules)),
    );
  });
});
