// origin/tree.ts — the files of a commit that `--path` names, chosen as `-f` chooses those of a disk, without having
// them on one.
import { OriginError } from './origin.ts';

export interface Blob {
  readonly id: string;
  readonly link: boolean;
}
/** By path from the top of the repository. */
export type Tree = ReadonlyMap<string, Blob>;

/** As the kernel has it. */
const MOST_LINKS = 40;

/** Understands `git ls-tree -r -z`. What is another repository's is left out. */
export function parseTree(text: string): Tree {
  const tree = new Map<string, Blob>();
  for (const line of text.split('\0')) {
    const [, mode, type, id, path] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (type === 'blob' && id !== undefined && path !== undefined) tree.set(path, { id, link: mode === '120000' });
  }
  return tree;
}

export interface Chosen {
  /** As it is shown: the name by which it was found. */
  readonly path: string;
  readonly id: string;
}

/**
 * Chooses the file, or every *.yaml and *.yml below the directory, in name order, each once, hidden ones left out.
 * `targets` are those of links, by id.
 */
export function specsAt(tree: Tree, targets: ReadonlyMap<string, string>, path: string): readonly Chosen[] {
  const directories = directoriesOf(tree);
  const chosen = new Map<string, Chosen>();
  const visited = new Set<string>();

  /** What a path stands for once every link is followed. */
  const follow = (named: string): string => {
    const at: string[] = [];
    let links = 0;
    const rest = named.split('/').reverse();
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (at.pop() === undefined) throw nothingAt(named, 'leads out of the repository');
        continue;
      }
      const blob = tree.get([...at, name].join('/'));
      if (blob?.link !== true) {
        at.push(name);
        continue;
      }
      const target = targets.get(blob.id) ?? '';
      if (target.startsWith('/')) throw nothingAt(named, `is a link to ${target}, out of the repository`);
      if ((links += 1) > MOST_LINKS) throw nothingAt(named, 'is a link that leads to itself');
      rest.push(...target.split('/').reverse());
    }
    return at.join('/');
  };

  const take = (shown: string, real: string): void => {
    const blob = tree.get(real);
    if (blob === undefined) throw nothingAt(shown, 'is not in the repository');
    if (!chosen.has(real)) chosen.set(real, { path: shown, id: blob.id });
  };

  const below = (shown: string, real: string): void => {
    if (visited.has(real)) return;
    visited.add(real);
    for (const name of [...(directories.get(real) ?? [])].filter((each) => !each.startsWith('.')).sort()) {
      const inside = shown === '' ? name : `${shown}/${name}`;
      const isSpec = /\.ya?ml$/.test(name);
      const end = whereLeads(real === '' ? name : `${real}/${name}`, isSpec);
      if (end === undefined) continue;
      if (directories.has(end)) below(inside, end);
      else if (isSpec) take(inside, end);
    }
  };

  /** A link to nowhere is an error only where it is called a spec. */
  const whereLeads = (named: string, isSpec: boolean): string | undefined => {
    try {
      return follow(named);
    } catch (error) {
      if (isSpec || !(error instanceof OriginError)) throw error;
      return undefined;
    }
  };

  const end = follow(path);
  const shown = path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/');
  if (directories.has(end)) below(shown, end);
  else take(shown, end);
  if (chosen.size === 0)
    throw nothingAt(shown === '' ? 'the top of the repository' : shown, 'holds no *.yaml and no *.yml file');
  return [...chosen.values()];
}

/** Directory → the names in it. The top is ''. */
function directoriesOf(tree: Tree): ReadonlyMap<string, ReadonlySet<string>> {
  const directories = new Map<string, Set<string>>([['', new Set()]]);
  for (const path of tree.keys()) {
    const parts = path.split('/');
    for (const [index, name] of parts.entries()) {
      const directory = parts.slice(0, index).join('/');
      const names = directories.get(directory) ?? new Set();
      directories.set(directory, names.add(name));
    }
  }
  return directories;
}

function nothingAt(path: string, why: string): OriginError {
  return new OriginError('no-such-path', `${path} ${why}`);
}
