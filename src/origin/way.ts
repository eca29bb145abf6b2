// origin/way.ts — through which directories the system passes to reach what `-f` names, and which names in them decide.
import { readdir, readlink, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface WatchedNames {
  /** Tells a directory from another that later has its path. */
  readonly id: string;
  readonly names: ReadonlySet<string> | 'any';
}

export interface Way {
  readonly watched: ReadonlyMap<string, WatchedNames>;
  /** There were more directories than are worth watching. */
  readonly cut: boolean;
}

/** As the kernel has it. */
const MOST_LINKS = 40;

/**
 * Walks each path component by component and through every link, as far as it leads. A link's target says nothing when
 * the link is pointed elsewhere, and a file says nothing when another takes its name: the directories that hold them
 * do.
 */
export async function wayTo(files: readonly string[], most = 1000): Promise<Way> {
  const names = new Map<string, Set<string> | 'any'>();
  let cut = false;
  const note = (directory: string, name: string): boolean => {
    const known = names.get(directory);
    if (known === undefined && names.size >= most) {
      cut = true;
      return false;
    }
    if (known === undefined) names.set(directory, new Set([name]));
    else if (known !== 'any') known.add(name);
    return true;
  };

  /** Where the path ends, in truth; nothing when it leads nowhere. */
  const follow = async (from: string, path: string): Promise<string | undefined> => {
    let at = path.startsWith('/') ? '/' : from;
    let links = 0;
    const rest = path.split('/').reverse();
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = dirname(at);
        continue;
      }
      if (!note(at, name)) return undefined;
      const step = await stepTo(join(at, name));
      if (step === 'nowhere') return undefined;
      if (step === 'itself') {
        at = join(at, name);
        continue;
      }
      if ((links += 1) > MOST_LINKS) return undefined;
      if (step.link.startsWith('/')) at = '/';
      rest.push(...step.link.split('/').reverse());
    }
    return at;
  };

  const below = async (directory: string): Promise<void> => {
    if (names.get(directory) === 'any' || !note(directory, '')) return;
    names.set(directory, 'any');
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // As in readSources: what is hidden is not read, unless a link leads there.
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) await below(join(directory, entry.name));
      if (entry.isSymbolicLink()) await all(directory, entry.name);
    }
  };

  const all = async (from: string, path: string): Promise<void> => {
    const end = await follow(from, path);
    if (end !== undefined && (await isDirectory(end))) await below(end);
  };

  for (const file of files) await all(process.cwd(), file);
  const watched = new Map<string, WatchedNames>();
  for (const [directory, of] of names) {
    const id = await idOf(directory);
    // What is not there any more is found missing by whoever reads, and by the next walk.
    if (id !== undefined) watched.set(directory, { id, names: of });
  }
  return { watched, cut };
}

async function stepTo(path: string): Promise<'itself' | 'nowhere' | { readonly link: string }> {
  try {
    return { link: await readlink(path) };
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EINVAL' ? 'itself' : 'nowhere';
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (about) => about.isDirectory(),
    () => false,
  );
}

async function idOf(directory: string): Promise<string | undefined> {
  return stat(directory, { bigint: true }).then(
    ({ dev, ino }) => `${dev.toString()} ${ino.toString()}`,
    () => undefined,
  );
}
