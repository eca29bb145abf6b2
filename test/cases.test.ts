// test/cases.test.ts — golden cases: an operator edits a spec, and this is what netctl says it will do, does, and
// leaves. `vitest -u` rewrites them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../src/commands/apply/run.ts';
import { destroy } from '../src/commands/destroy/run.ts';
import { plan } from '../src/commands/plan/run.ts';
import type { ExitCode } from '../src/report/exit-codes.ts';
import { createMemoryStore } from '../src/store/memory/index.ts';
import type { Store } from '../src/core/stored.ts';
import { Scene } from './cases/scene.ts';
import { ended, worldOf } from './world.ts';
import type { TestWorld } from './world.ts';

const folder = new URL('cases/', import.meta.url).pathname;
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(cases)('%s', (name) => {
  const numbers = [1, 2, 3, 4].filter((n) => has(name, `${n}.spec.yaml`) || has(name, `${n}.host.txt`));
  const want = (file: string): string => join(folder, name, 'want', file);
  const kept: string[] = [];
  const keep = async (file: string, text: string): Promise<void> => {
    kept.push(file);
    await expect(text).toMatchFileSnapshot(want(file));
  };

  test('is applied step by step, and destroyed', async () => {
    const scene = new Scene(read(name, 'host.txt'));
    const untouched = new Scene(read(name, 'host.txt'));
    const store = createMemoryStore();
    let spec = '';
    for (const n of numbers) {
      spec = has(name, `${n}.spec.yaml`) ? read(name, `${n}.spec.yaml`) : spec;
      const befalls = read(name, `${n}.host.txt`);
      scene.befall(befalls);
      untouched.befall(
        befalls
          .split('\n')
          .filter((line) => !line.startsWith('dhcp '))
          .join('\n'),
      );

      const planned = await run(scene, store, spec, (world) =>
        plan(world, { detailedExitcode: true, commands: false, netns: undefined }),
      );
      await keep(`${n}.plan.txt`, planned.said);
      await keep(
        `${n}.commands.sh`,
        (
          await run(scene, store, spec, (world) =>
            plan(world, { detailedExitcode: false, commands: true, netns: undefined }),
          )
        ).said,
      );
      expect(
        await run(scene, store, spec, (world) => apply(world, { yes: true, prune: true, allowMassDelete: true })),
      ).toEqual({ code: 0, said: planned.said });
      expect(
        (
          await run(scene, store, spec, (world) =>
            plan(world, { detailedExitcode: true, commands: false, netns: undefined }),
          )
        ).said,
      ).toMatch(/^h1: nothing to do\n(\n|waiting: .*\n)*$/);
    }
    for (const [file, text] of scene.held()) await keep(`${numbers.at(-1) ?? 0}.${file}`, text);

    expect(await run(scene, store, spec, (world) => destroy(world, { yes: true }))).toMatchObject({ code: 0 });
    expect(scene.snapshot()).toBe(untouched.snapshot());
  });

  test('keeps nothing else', () => {
    expect(filesBelow(want('.')).filter((file) => !kept.includes(file))).toEqual([]);
  });
});

interface Said {
  readonly code: ExitCode;
  readonly said: string;
}

async function run(
  scene: Scene,
  store: Store,
  spec: string,
  command: (world: TestWorld) => Promise<ExitCode>,
): Promise<Said> {
  const world = worldOf({ driver: scene.whole.host, store, spec: { 'spec.yaml': spec } });
  const code = await ended(() => command(world));
  return { code, said: world.said.out + world.said.err };
}

function has(name: string, file: string): boolean {
  return existsSync(join(folder, name, file));
}

/** Empty when it is not there. */
function read(name: string, file: string): string {
  return has(name, file) ? readFileSync(join(folder, name, file), 'utf8') : '';
}

function filesBelow(directory: string): readonly string[] {
  return !existsSync(directory)
    ? []
    : readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1));
}
