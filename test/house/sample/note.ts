// test/house/sample/note.ts — a kind made for tests, as one that is to come would be: a note that lies in a directory
// of its own, which is how it is known again.
import type { Change, Kind, Op, Resource } from '../../../src/core/resource.ts';

export interface Note extends Resource {
  readonly kind: 'note';
  readonly name: string;
  readonly text: string;
}

export function createNoteKind(directory: string): Kind<Note> {
  const opFor = (change: Change<Note>): Op =>
    change.verb === 'delete'
      ? { op: 'remove', path: `${directory}/${change.before.name}` }
      : { op: 'write', path: `${directory}/${change.after.name}`, text: change.after.text };
  return {
    kind: 'note',
    key: ({ name }) => name,
    needs: () => [],
    watches: ['files'],
    observe: async (host) =>
      [...(await host.files(directory))].map(([path, text]) => ({
        kind: 'note',
        name: path.slice(directory.length + 1),
        text,
      })),
    steps: (changes) => changes.map((change) => ({ changes: [change], ops: [opFor(change)] })),
    describe: ({ name }) => name,
  };
}
