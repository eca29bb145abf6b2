// test/house/sample/notes.ts — a feature made for tests: a note for each network of the spec.
import type { Feature } from '../../../src/features/feature.ts';
import type { Note } from './note.ts';

export const notes: Feature = {
  name: 'notes',
  *want({ spec }) {
    for (const { name, cidr } of spec.networks) {
      const note: Note = { kind: 'note', name, text: `${name} is ${cidr}\n` };
      yield { resource: note, because: [['networks', name]] };
    }
  },
};
