// test/kernel/namespaces.ts — throw-away network namespaces: made by number, removed at the end whatever became of the
// test.
import { spawnSync } from 'node:child_process';

export interface Namespaces {
  /** Makes one, with its loopback up; says its name on the machine. */
  add(): string;
  removeAll(): void;
}

export function createNamespaces(purpose: string): Namespaces {
  const made: string[] = [];
  return {
    add() {
      const name = `nct-${process.pid}-${purpose}${made.length}`;
      must(['netns', 'add', name]);
      made.push(name);
      must(['-n', name, 'link', 'set', 'dev', 'lo', 'up']);
      return name;
    },
    removeAll() {
      for (const name of made.splice(0)) must(['netns', 'delete', name]);
    },
  };
}

function must(words: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
}
