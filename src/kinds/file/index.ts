// kinds/file/index.ts — files below directories of netctl's own: ours is what has a name that netctl gives, in a
// directory of its own.
import { editBetween, edited } from '../../core/lines.ts';
import type { Change, HostReader, Kind, Op } from '../../core/resource.ts';
import type { File } from './model.ts';

/**
 * What an interrupted write has left lies there too, is wanted by nobody, and so is swept. What has another name is
 * somebody's, and stays.
 */
export function createFileKind(
  directories: readonly string[],
  isOurs: (path: string) => boolean = () => true,
): Kind<File> {
  return {
    kind: 'file',
    key: ({ path }) => path,
    needs: () => [],
    watches: ['files'],
    observe: async (host, wanted) => ofOurs(await read(host, directories), wanted, isOurs),
    again: async (host, wanted, _memory, names, before) => {
      const own = names.filter((name) => directories.some((directory) => `${name}/`.startsWith(`${directory}/`)));
      return [
        ...before.filter(({ path }) => !own.some((name) => path === name || path.startsWith(`${name}/`))),
        ...ofOurs(await read(host, own), wanted, isOurs),
      ];
    },
    same: (observed, wanted) => wanted.text === undefined || observed.text === wanted.text,
    steps: (changes) => changes.map((change) => ({ changes: [change], ops: [opFor(change)] })),
    // Nobody reads a file on behalf of a flow; the daemon that does is a change of its own.
    disrupts: () => ({ class: 'none' }),
    describe,
  };
}

function ofOurs(found: readonly File[], wanted: readonly File[], isOurs: (path: string) => boolean): readonly File[] {
  const paths = new Set(wanted.map(({ path }) => path));
  return found.filter(({ path }) => paths.has(path) || isOurs(path));
}

async function read(host: HostReader, paths: readonly string[]): Promise<readonly File[]> {
  const found = await Promise.all(paths.map((path) => host.files(path)));
  return found.flatMap((files) => [...files].map(([path, text]): File => ({ kind: 'file', path, text })));
}

/** An edit of more lines says no more to its reader than the whole. */
const MOST = 1000;

function opFor(change: Change<File>): Op {
  if (change.verb === 'delete') return { op: 'remove', path: change.before.path };
  const { path, text = '', mode = 0o600, sorted } = change.after;
  const { text: had } = change.verb === 'create' ? {} : change.before;
  if (sorted && had !== undefined) {
    const edit = editBetween(had, text);
    if (edit.remove.length + edit.add.length <= MOST && edited(had, edit) === text)
      return { op: 'edit', path, ...edit, mode };
  }
  // A daemon that has dropped root passes through the directories, and sees nothing else there.
  const directoryMode = (mode & 0o004) === 0 ? 0o700 : 0o711;
  return { op: 'write', path, text, mode, directoryMode };
}

function describe({ path, text = '' }: File, before?: File): string {
  const edit = editBetween(before?.text ?? '', text);
  const [added, removed] = [edit.add.length, edit.remove.length];
  if (before === undefined) return added === 0 ? path : `${path}  ${added} ${added === 1 ? 'line' : 'lines'}`;
  const signs = [...(added === 0 ? [] : [`+${added}`]), ...(removed === 0 ? [] : [`-${removed}`])];
  return `${path}  ${signs.length === 0 ? 'in another order' : `${signs.join(' ')} ${added + removed === 1 ? 'line' : 'lines'}`}`;
}
