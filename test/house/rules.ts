// test/house/rules.ts — the rules of the house as functions from a tree to complaints.
import { ONE_IDEA, TO_BE_SPLIT } from './large.ts';
import { importsOf, membersOf, namesIn } from './tree.ts';
import type { Tree } from './tree.ts';

/** Says what is wrong, each time with the file. */
export type Rule = (tree: Tree) => Iterable<string>;

/** From the top of the house to its ground: a room imports from rooms below it. `main.ts` may import everything. */
const ROOMS: readonly string[] = [
  'main.ts',
  'cli',
  'commands',
  'watch',
  'transaction',
  'rehearsal',
  'monitors',
  'pipeline',
  'service',
  'probes',
  'origin',
  'driver',
  'report',
  'features',
  'guards',
  'conflicts',
  'parts',
  'uplinks',
  'store',
  'generations',
  'kinds',
  'iproute2',
  'iptables',
  'specfile',
  'allocate',
  'durable',
  'core',
  'net',
];

/** What of a kind whoever is above it may know: its resources as data. */
const KNOWN_OF_KINDS = /^src\/kinds\/[^/]+\/model\.ts$/;
/** They say what a host is to be, or judge what it is: how a kind does its work is nothing to them. */
const KNOW_MODELS_ONLY: readonly string[] = ['features', 'guards', 'conflicts', 'parts', 'uplinks'];

/** Files of the repository: rooms, and the schema. */
const own = /^(src|schemas)\//;

/** Package → the rooms that know it. */
const packageRooms: Readonly<Record<string, readonly string[]>> = {
  yaml: ['specfile'],
  ajv: ['specfile'],
  execa: ['driver'],
  winston: ['report'],
  commander: ['main.ts', 'cli', 'commands'],
  'fast-deep-equal': ['core'],
  chokidar: ['origin', 'monitors'],
  'prom-client': ['report'],
};

const pureRooms = [
  'core',
  'net',
  'allocate',
  'features',
  'parts',
  'guards',
  'conflicts',
  'uplinks',
  'kinds',
  'iproute2',
  'iptables',
  'specfile',
];
/** Elsewhere: what is worked out before anything is asked or done. */
const pureFiles =
  /^src\/(probes\/(checks|choose|compare|extension|forms|keys|model)|watch\/(scheduler|backoff)|report\/watch-(events|state)|rehearsal\/(addresses|device|devices|leave-out|limits|not-rehearsed|rebuild|refused|routes|settings|tables)|pipeline\/(plan-from|sandbox))\.ts$/;
/** The files of `specfile` that read files. */
const impure = ['src/specfile/sources.ts', 'src/specfile/input.ts'];
const impureModules =
  /^(node:)?(fs|fs\/promises|child_process|os|process|http|https|dgram|worker_threads|timers|timers\/promises|perf_hooks)$/;
const impureNames = [
  /^process\.(env|exit|cwd|stdin|stdout|stderr|hrtime|kill|platform|uptime|memoryUsage|nextTick|umask|getuid)$/,
  /^Date\.now$/,
  /^new Date$/,
  /^Math\.random$/,
  /^performance\./,
  /^crypto\.random/,
  /^random(Bytes|Int|UUID)\(\)$/,
  /^set(Timeout|Interval|Immediate)\(\)$/,
  /^fetch\(\)$/,
  /^console\./,
];

export const rules: Readonly<Record<string, Rule>> = {
  'imports run down': function* (tree) {
    for (const [path, text] of sources(tree)) {
      const room = roomOf(path);
      if (!ROOMS.includes(room)) yield `${path}: ${room} is no room of the house; give it a row in test/house/rules.ts`;
      for (const target of importsOf(path, text).filter((t) => t.startsWith('src/'))) {
        if (roomOf(target) !== room && ROOMS.indexOf(roomOf(target)) <= ROOMS.indexOf(room))
          yield `${path} imports ${target}`;
      }
    }
  },

  'no circle of files': function* (tree) {
    const imports = new Map(
      sources(tree).map(([path, text]) => [path, importsOf(path, text).filter((target) => tree.has(target))]),
    );
    for (const circle of circlesIn(imports)) yield circle.join(' → ');
  },

  'no verb imports a verb': function* (tree) {
    const isVerb = (path: string): boolean => path.startsWith('src/commands/');
    for (const [path, text] of sources(tree).filter(([path]) => isVerb(path))) {
      // What a verb is, is one file, and the list names them all.
      if (path === 'src/commands/index.ts') continue;
      for (const target of importsOf(path, text))
        if (isVerb(target) && folderOf(target) !== folderOf(path) && target !== 'src/commands/verb.ts')
          yield `${path} imports ${target}`;
    }
  },

  'core knows no kind by name': function* (tree) {
    const name = new RegExp(`'(${foldersOf(tree, 'src/kinds').join('|')}) |\\bkind === '|\\bnet\\.ipv[46]\\.`);
    for (const [path, text] of sources(tree).filter(([path]) => roomOf(path) === 'core')) {
      for (const line of text.split('\n'))
        if (!/^\s*(\*|\/\*\*|\/\/)/.test(line) && name.test(line)) yield `${path} speaks of a kind: ${line.trim()}`;
    }
  },

  'only models of kinds are known above': function* (tree) {
    for (const [path, text] of sources(tree).filter(([path]) => KNOW_MODELS_ONLY.includes(roomOf(path)))) {
      for (const target of importsOf(path, text))
        if (target.startsWith('src/kinds/') && !KNOWN_OF_KINDS.test(target)) yield `${path} imports ${target}`;
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
        const name = target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/');
        if (packageRooms[name]?.includes(roomOf(path)) !== true) yield `${path} imports ${target}`;
      }
    }
  },

  'pure rooms have no files, clock, chance or processes': function* (tree) {
    for (const [path, text] of sources(tree)) {
      if (!(pureRooms.includes(roomOf(path)) || pureFiles.test(path)) || impure.includes(path)) continue;
      for (const target of importsOf(path, text)) if (impureModules.test(target)) yield `${path} imports ${target}`;
      for (const name of namesIn(path, text))
        if (impureNames.some((pattern) => pattern.test(name))) yield `${path} speaks of ${name}`;
    }
  },

  'each file opens with its path and what it is for': function* (tree) {
    for (const [path, text] of tree) {
      if (!/\.(ts|mjs|bash)$/.test(path) && !/^(test\/run|scripts\/demo)$/.test(path)) continue;
      const [first = '', second = ''] = text.split('\n');
      const line = first.startsWith('#!') ? second : first;
      if (!/^(?:\/\/|#) (\S+) — \S/.test(line) || line.split(' ')[1] !== path.replace(/^src\//, ''))
        yield `${path} opens with: ${line}`;
    }
  },

  'no file has more than 300 lines': function* (tree) {
    for (const [path, text] of tree) {
      if (!/^(src|test|bench|scripts)\/.*\.(ts|mjs|bash)$/.test(path)) continue;
      const lines = text.split('\n').length - 1;
      if (lines > (ONE_IDEA.includes(path) ? 350 : 300) && !TO_BE_SPLIT.has(path)) yield `${path} has ${lines}`;
      if (lines <= 300 && (TO_BE_SPLIT.has(path) || ONE_IDEA.includes(path)))
        yield `${path} has ${lines}: it needs no row in test/house/large.ts`;
    }
  },

  'each feature has its line in the list, its test and its example': function* (tree) {
    for (const name of foldersOf(tree, 'src/features')) {
      if (!mentions(tree, 'src/features/index.ts', `./${name}/index.ts`))
        yield `${name} is not in src/features/index.ts`;
      if (!has(tree, new RegExp(`^test/features/${name}(/.+|)\\.test\\.ts$`)))
        yield `${name} has no test under test/features/`;
      // `host` is what every network needs of a host: operators do not ask for it.
      if (name !== 'host' && !tree.has(`examples/${name}.yaml`)) yield `${name} has no examples/${name}.yaml`;
    }
  },

  'each kind has its line in the list, its model, its test and its fake': function* (tree) {
    for (const name of foldersOf(tree, 'src/kinds')) {
      if (!mentions(tree, 'src/kinds/index.ts', `./${name}/index.ts`)) yield `${name} is not in src/kinds/index.ts`;
      if (!tree.has(`src/kinds/${name}/model.ts`)) yield `${name} has no model.ts`;
      if (!has(tree, new RegExp(`^test/kinds/${name}/.+\\.test\\.ts$`)))
        yield `${name} has no test under test/kinds/${name}/`;
    }
  },

  'each op is tried on every driver': function* (tree) {
    const ops = membersOf(tree.get('src/core/resource.ts') ?? '', 'Op', 'op');
    if (ops.length === 0) yield 'src/core/resource.ts has no union Op';
    for (const path of ['test/contracts/driver.ts', 'test/driver/script.test.ts']) {
      for (const op of ops) if (!mentions(tree, path, `op: '${op}'`)) yield `${op} has no row in ${path}`;
    }
    for (const path of ['test/contracts/driver.fake.test.ts', 'test/kernel/driver.test.ts']) {
      if (!importsOf(path, tree.get(path) ?? '').includes('test/contracts/driver.ts'))
        yield `${path} does not run the contract`;
    }
  },
};

function sources(tree: Tree): readonly (readonly [string, string])[] {
  return [...tree].filter(([path]) => /^src\/.*\.ts$/.test(path));
}

/** Each circle once, from its first file by name. */
function* circlesIn(imports: ReadonlyMap<string, readonly string[]>): Iterable<readonly string[]> {
  const done = new Set<string>();
  for (const start of [...imports.keys()].sort()) {
    const from = new Map<string, string>();
    const open = [start];
    for (let at = open.pop(); at !== undefined && !done.has(start); at = open.pop()) {
      for (const target of imports.get(at) ?? []) {
        if (target === start) {
          const circle = [at];
          for (let back = at; back !== start; back = from.get(back) ?? start) circle.push(from.get(back) ?? start);
          yield [...circle.reverse(), start];
          for (const path of circle) done.add(path);
        } else if (!from.has(target) && !done.has(target)) {
          from.set(target, at);
          open.push(target);
        }
      }
    }
    done.add(start);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function foldersOf(tree: Tree, directory: string): readonly string[] {
  const folders = [...tree.keys()]
    .filter((path) => path.startsWith(`${directory}/`))
    .map((path) => path.slice(directory.length + 1).split('/'));
  return [
    ...new Set(folders.flatMap(([folder, file]) => (folder !== undefined && file !== undefined ? [folder] : []))),
  ];
}

function mentions(tree: Tree, path: string, what: string): boolean {
  return tree.get(path)?.includes(what) === true;
}

function has(tree: Tree, pattern: RegExp): boolean {
  return [...tree.keys()].some((path) => pattern.test(path));
}
