// kinds/file/index.ts — files of a directory that is netctl's alone: what lies in it is ours, half-written leftovers included.
import type { Change, Kind, Op } from '../../core/resource.ts';
import type { File } from './model.ts';

/** `directory` is the mark: every file below it is ours. */
export function createFileKind(directory: string): Kind<File> {
  return {
    kind: 'file',
    key: ({ path }) => path,
    needs: () => [],
    observe: async (host) => [...await host.files(directory)].map(([path, text]): File => ({ kind: 'file', path, text })),
    same: (observed, wanted) => wanted.text === undefined || observed.text === wanted.text,
    // Whoever reads it learns of the change by its own resource.
    spares: () => true,
    describe: ({ path }) => path,
    steps: (changes) => changes.map((change) => ({ changes: [change], ops: [opFor(change)] })),
  };
}

function opFor(change: Change<File>): Op {
  if (change.verb === 'delete') return { op: 'remove', path: change.before.path };
  const { path, text = '', mode } = change.after;
  return { op: 'write', path, text, ...(mode === undefined ? {} : { mode }) };
}
