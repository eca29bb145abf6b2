// test/completeness.test.ts — every kind, feature, op, example and key of a schema has its row: in a test, on the fake
// host, in a golden case, in the walk.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/pipeline/prepare.ts';
import { features } from '../src/features/index.ts';
import { nameInNetns } from '../src/core/in-netns.ts';
import { kindsFor } from '../src/kinds/index.ts';
import { membersOf } from './house/tree.ts';
import { walkHost } from './walk/host.ts';
import { PATHS, worldOf } from './world.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const below = (directory: string, ending: string): readonly string[] =>
  readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(directory, path));
const textsOf = (paths: readonly string[]): string => paths.map(read).join('\n');

const cases = readdirSync(join(root, 'test/cases'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const examples = below('examples', '.yaml').map((path) => path.slice('examples/'.length, -'.yaml'.length));
const walked = [...below('examples', '.yaml'), ...below('test/walk/specs', '.yaml')];
const plans = textsOf(below('test/cases', '.plan.txt'));
const commands = textsOf(below('test/cases', '.commands.sh'));

/** In network namespaces they are the same kinds once more. */
const kindsHere = kindsFor(PATHS).filter(({ kind }) => !kind.startsWith(nameInNetns('')));
/** Until routers and IPv6 come, what is wanted of them is wanted in test/house/{router,ipv6}.test.ts alone. */
const UNUSED: readonly string[] = ['netns', 'chain6'];
/** One folder makes the kinds of both families. */
const folderOf = (kind: string): string => kind.replace(/6$/, '');

describe('every kind', () => {
  for (const { kind } of kindsHere) {
    test(`${kind}: has tests of its own`, () =>
      expect(below(`test/kinds/${folderOf(kind)}`, '.test.ts')).not.toEqual([]));
    if (UNUSED.includes(kind)) continue;
    test(`${kind}: is in a golden plan, which the fake host has carried out`, () =>
      expect(plans).toMatch(new RegExp(`^ {2}[-+~±] ${kind} `, 'm')));
    test(`${kind}: is wanted somewhere in the walk`, async () => {
      const wanted = await Promise.all(
        walked.map(
          async (path) => (await prepare(worldOf({ driver: walkHost().host, spec: { [path]: read(path) } }))).wanted,
        ),
      );
      expect(wanted.some(({ state }) => [...state.values()].some((resource) => resource.kind === kind))).toBe(true);
    });
  }
  test('every folder is in the list, and nothing else', () => {
    const folders = readdirSync(join(root, 'src/kinds'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect([...new Set(kindsHere.map(({ kind }) => folderOf(kind)))].sort()).toEqual(folders.sort());
  });
});

describe('every feature', () => {
  for (const { name } of features) {
    test(`${name}: says what its packets do`, () =>
      expect(below(`test/features/${name}`, '.test.ts').some((path) => read(path).includes('flows('))).toBe(true));
    // The host's own things come with any network: nobody asks for them by name.
    if (name !== 'host') test(`${name}: has an example`, () => expect(examples).toContain(name));
  }
  test('every folder is in the list, and nothing else', () => {
    const folders = readdirSync(join(root, 'src/features'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(features.map(({ name }) => name).sort()).toEqual(folders.sort());
  });
});

describe('every example', () => {
  test('is of a feature, of all of them, or of what is no part of a host', () =>
    expect(
      examples.filter(
        (example) => !['datacenter', 'probes'].includes(example) && !features.some(({ name }) => name === example),
      ),
    ).toEqual([]));
  for (const example of examples) {
    test(`${example}: has its golden case, and is that spec itself`, () => {
      expect(cases).toContain(`example-${example}`);
      expect(read(`test/cases/example-${example}/1.spec.yaml`)).toBe(read(`examples/${example}.yaml`));
    });
    test(`${example}: tells editors its schema`, () =>
      expect(read(`examples/${example}.yaml`)).toMatch(
        /^# yaml-language-server: \$schema=\.\.\/schemas\/spec\.schema\.json\n/,
      ));
  }
});

/** What an op looks like in a script. A new op has no row here, and its test fails. */
const inScript: Readonly<Record<string, RegExp>> = {
  batch: /^ip -batch - <</m,
  run: /^sysctl -q -w /m,
  write: /^cat > .*\.new <</m,
  edit: /^\{ \{ grep -vxF /m,
  remove: /^rm -f -- /m,
  start: /^dnsmasq /m,
  signal: /^tell HUP /m,
};

describe('every op', () => {
  const ops = membersOf(read('src/core/resource.ts'), 'Op', 'op');
  test('is known', () => expect(Object.keys(inScript).sort()).toEqual([...ops].sort()));
  for (const op of ops) {
    test(`${op}: the fake host does it`, () => expect(read('test/fake-host/index.ts')).toContain(`case '${op}'`));
    test(`${op}: is tried on the fake and on a kernel, as itself and as a script`, () => {
      for (const path of ['test/contracts/driver.ts', 'test/driver/script.test.ts'])
        expect(read(path), path).toContain(`op: '${op}'`);
    });
    test(`${op}: is in a golden case`, () => expect(commands).toMatch(inScript[op] ?? /$^/));
  }
});

describe('every golden case', () => {
  for (const name of cases) {
    test(`${name}: has a spec, and what is kept of it`, () => {
      const folder = join(root, 'test/cases', name);
      expect([existsSync(join(folder, '1.spec.yaml')), existsSync(join(folder, 'want/1.plan.txt'))]).toEqual([
        true,
        true,
      ]);
    });
  }
});

describe('every contract runs on the fake and on a kernel', () => {
  for (const contract of below('test/contracts', '.ts')
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => path.slice('test/contracts/'.length, -'.ts'.length))
    // Parts of one are in a folder of its name.
    .filter((contract) => !contract.includes('/'))) {
    test(contract, () => {
      expect(existsSync(join(root, `test/contracts/${contract}.fake.test.ts`))).toBe(true);
      expect(
        [...below('test/kernel', '.test.ts'), ...below('test/vm', '.test.ts')].some((path) =>
          read(path).includes(`../contracts/${contract}.ts`),
        ),
      ).toBe(true);
    });
  }
});

describe('every key of a schema has a description', () => {
  for (const file of below('schemas', '.json')) {
    test(file, () => {
      const schema: unknown = JSON.parse(read(file));
      expect([...keysWithout(schema, schema, file)]).toEqual([]);
      expect([...propertiesOf(schema, file)].length).toBeGreaterThan(20);
    });
  }
});

function* keysWithout(node: unknown, whole: unknown, path: string): Iterable<string> {
  for (const [at, property] of propertiesOf(node, path)) if (!described(property, whole)) yield at;
}

/** Every member of every `properties`, by where it stands. */
function* propertiesOf(node: unknown, path: string): Iterable<readonly [string, unknown]> {
  for (const [key, value] of entriesOf(node)) {
    for (const [name, property] of key === 'properties' ? entriesOf(value) : []) yield [`${path}/${name}`, property];
    yield* propertiesOf(value, `${path}/${key}`);
  }
}

/** By itself, or by what it refers to. */
function described(property: unknown, whole: unknown): boolean {
  if (typeof property !== 'object' || property === null) return false;
  if ('description' in property && typeof property.description === 'string' && property.description.trim().length > 5)
    return true;
  return '$ref' in property && typeof property.$ref === 'string' && described(at(whole, property.$ref), undefined);
}

function at(whole: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((node: unknown, part) => entriesOf(node).find(([key]) => key === part)?.[1], whole);
}

function entriesOf(node: unknown): readonly (readonly [string, unknown])[] {
  return typeof node === 'object' && node !== null ? Object.entries(node) : [];
}
