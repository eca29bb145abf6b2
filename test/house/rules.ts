// test/house/rules.ts — the rules of the house as functions from a tree to complaints.
import { importsOf, membersOf, namesIn } from './tree.ts';
import type { Tree } from './tree.ts';

/** Says what is wrong, each time with the file. */
export type Rule = (tree: Tree) => Iterable<string>;

const models = /^src\/kinds\/[^/]+\/(model|render)\.ts$|^src\/kinds\/ours\.ts$/;
const specModel = /^src\/spec\/model\.ts$/;
const core = /^src\/core\//;
const net = /^src\/net\//;
const allocate = /^src\/allocate\//;
const durable = /^src\/durable\//;
const iptables = /^src\/iptables\//;
const iproute2 = /^src\/iproute2\//;
const watch = /^src\/watch\//;
const rehearsal = /^src\/rehearsal\/model\.ts$/;

/** Room → what it may import beside itself. `commands` and `main.ts` may import everything. */
const mayImport: Readonly<Record<string, readonly RegExp[]>> = {
  core: [],
  net: [],
  spec: [core, net],
  allocate: [core, net],
  features: [core, net, allocate, specModel, models, /^src\/parts\//],
  parts: [core, net, allocate, specModel, models, /^src\/uplinks\/picture\.ts$/],
  guards: [core, net, iptables, models, /^src\/uplinks\//],
  neighbours: [core, net, iproute2, iptables, specModel, models, /^src\/parts\//],
  uplinks: [core, net, iproute2, iptables, models, /^src\/neighbours\//],
  probes: [core, net, iproute2, specModel],
  kinds: [core, net, iproute2, iptables],
  iproute2: [core, net],
  iptables: [core],
  driver: [core, net, iproute2, durable, watch, /^src\/(kinds\/ours|probes\/model)\.ts$/],
  store: [core, net, durable],
  generations: [core, durable, iproute2, /^src\/(kinds\/ours|spec\/sources)\.ts$/],
  durable: [],
  report: [core, net, specModel, watch, rehearsal],
  rehearsal: [core, iproute2, iptables, models],
  watch: [core],
  origin: [core, durable, /^src\/spec\/(sources|text)\.ts$/],
  service: [core, durable, watch],
  commands: [/^src\/(?!main\.ts$)/],
};

/** Files of the repository: rooms, and the schema. */
const own = /^(src|schemas)\//;

/** Package → the rooms that know it. */
const packageRooms: Readonly<Record<string, readonly string[]>> = {
  yaml: ['spec'],
  ajv: ['spec'],
  execa: ['driver'],
  winston: ['report'],
  commander: ['main.ts', 'commands'],
  'ip-address': ['net'],
  'fast-deep-equal': ['core'],
  chokidar: ['origin', 'driver'],
  'prom-client': ['report'],
};

const pureRooms = ['core', 'net', 'allocate', 'features', 'parts', 'guards', 'neighbours', 'uplinks', 'kinds', 'iproute2', 'iptables', 'spec', 'watch', 'probes', 'rehearsal'];
/** The files of `spec` that read files. */
const impure = ['src/spec/sources.ts', 'src/spec/input.ts'];
const impureModules = /^(node:)?(fs|fs\/promises|child_process|os|process|http|https|dgram|worker_threads|timers|timers\/promises|perf_hooks)$/;
const impureNames = [
  /^process\.(env|exit|cwd|stdin|stdout|stderr|hrtime|kill|platform|uptime|memoryUsage|nextTick|umask|getuid)$/, /^Date\.now$/, /^new Date$/, /^Math\.random$/, /^performance\./, /^crypto\.random/, /^random(Bytes|Int|UUID)\(\)$/, /^set(Timeout|Interval|Immediate)\(\)$/, /^fetch\(\)$/, /^console\./,
];

export const rules: Readonly<Record<string, Rule>> = {
  'imports run one way': function* (tree) {
    for (const [path, text] of sources(tree)) {
      const room = roomOf(path);
      const allowed = mayImport[room];
      if (room === 'main.ts') continue;
      if (allowed === undefined) yield `${path}: ${room} is no room of the house; give it a row in test/house/rules.ts`;
      for (const target of importsOf(path, text).filter((t) => t.startsWith('src/'))) {
        if (roomOf(target) !== room && !allowed?.some((pattern) => pattern.test(target))) yield `${path} imports ${target}`;
      }
    }
  },

  'features know no other feature, kinds no other kind': function* (tree) {
    for (const [path, text] of sources(tree)) {
      const [, room, folder] = /^src\/(features|kinds)\/([^/]+)\//.exec(path) ?? [];
      for (const target of importsOf(path, text)) {
        const [, other, otherFolder] = /^src\/(features|kinds)\/([^/]+)\//.exec(target) ?? [];
        if (room !== undefined && room === other && folder !== otherFolder) yield `${path} imports ${target}`;
      }
    }
  },

  'each package is known in one room': function* (tree) {
    for (const [path, text] of sources(tree)) {
      for (const target of importsOf(path, text).filter((t) => !t.startsWith('node:') && !own.test(t))) {
        const name = target.split('/').slice(0, target.startsWith('@') ? 2 : 1).join('/');
        if (packageRooms[name]?.includes(roomOf(path)) !== true) yield `${path} imports ${target}`;
      }
    }
  },

  'pure rooms have no files, clock, chance or processes': function* (tree) {
    for (const [path, text] of sources(tree)) {
      if (!pureRooms.includes(roomOf(path)) || impure.includes(path)) continue;
      for (const target of importsOf(path, text)) if (impureModules.test(target)) yield `${path} imports ${target}`;
      for (const name of namesIn(path, text)) if (impureNames.some((pattern) => pattern.test(name))) yield `${path} speaks of ${name}`;
    }
  },

  'each file opens with its path and what it is for': function* (tree) {
    for (const [path, text] of tree) {
      if (!/\.(ts|mjs|bash)$/.test(path) && !/^(test\/run|scripts\/demo)$/.test(path)) continue;
      const [first = '', second = ''] = text.split('\n');
      const line = first.startsWith('#!') ? second : first;
      if (!/^(?:\/\/|#) (\S+) — \S/.test(line) || line.split(' ')[1] !== path.replace(/^src\//, '')) yield `${path} opens with: ${line}`;
    }
  },

  'no file has more than 300 lines': function* (tree) {
    for (const [path, text] of tree) {
      const lines = text.split('\n').length - 1;
      if (/^(src|test|bench|scripts)\/.*\.(ts|mjs|bash)$/.test(path) && lines > 300) yield `${path} has ${lines}`;
    }
  },

  'each feature has its line in the list, its test and its example': function* (tree) {
    for (const name of foldersOf(tree, 'src/features')) {
      if (!mentions(tree, 'src/features/index.ts', `./${name}/index.ts`)) yield `${name} is not in src/features/index.ts`;
      if (!has(tree, new RegExp(`^test/features/${name}(/.+|)\\.test\\.ts$`))) yield `${name} has no test under test/features/`;
      // `host` is what every network needs of a host: operators do not ask for it.
      if (name !== 'host' && !tree.has(`examples/${name}.yaml`)) yield `${name} has no examples/${name}.yaml`;
    }
  },

  'each kind has its line in the list, its model, its test and its fake': function* (tree) {
    for (const name of foldersOf(tree, 'src/kinds')) {
      if (!mentions(tree, 'src/kinds/index.ts', `./${name}/index.ts`)) yield `${name} is not in src/kinds/index.ts`;
      if (!tree.has(`src/kinds/${name}/model.ts`)) yield `${name} has no model.ts`;
      if (!has(tree, new RegExp(`^test/kinds/${name}/.+\\.test\\.ts$`))) yield `${name} has no test under test/kinds/${name}/`;
    }
  },

  'each op is tried on every driver': function* (tree) {
    const ops = membersOf(tree.get('src/core/resource.ts') ?? '', 'Op', 'op');
    if (ops.length === 0) yield 'src/core/resource.ts has no union Op';
    for (const path of ['test/contracts/driver.ts', 'test/driver/script.test.ts']) {
      for (const op of ops) if (!mentions(tree, path, `op: '${op}'`)) yield `${op} has no row in ${path}`;
    }
    for (const path of ['test/contracts/driver.fake.test.ts', 'test/kernel/driver.test.ts']) {
      if (!importsOf(path, tree.get(path) ?? '').includes('test/contracts/driver.ts')) yield `${path} does not run the contract`;
    }
  },
};

function sources(tree: Tree): readonly (readonly [string, string])[] {
  return [...tree].filter(([path]) => /^src\/.*\.ts$/.test(path));
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function foldersOf(tree: Tree, directory: string): readonly string[] {
  const folders = [...tree.keys()].filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1).split('/'));
  return [...new Set(folders.flatMap(([folder, file]) => (folder !== undefined && file !== undefined ? [folder] : [])))];
}

function mentions(tree: Tree, path: string, what: string): boolean {
  return tree.get(path)?.includes(what) === true;
}

function has(tree: Tree, pattern: RegExp): boolean {
  return [...tree.keys()].some((path) => pattern.test(path));
}
