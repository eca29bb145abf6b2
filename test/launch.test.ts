// test/launch.test.ts — what is run as `netctl` on a node that is too old for the program: words, not an error of
// syntax.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const program = join(root, 'dist/netctl.js');
const { engines, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly version: string;
};
const oldest = engines.node.slice('>='.length);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netctl-launch-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('every node can read it', async () => {
  const text = readFileSync(program, 'utf8');
  // What ES5 cannot say is refused, or said otherwise.
  const [asIs, old] = await Promise.all(
    (['esnext', 'es5'] as const).map(async (target) => (await transform(text, { target })).code),
  );
  expect(old).toBe(asIs);
  // Nodes before 12 know nothing of the package's type, and those since take a file for what it says.
  expect(JSON.parse(readFileSync(join(root, 'dist/package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
});

describe('says which it needs, and ends with 69, on', () => {
  for (const is of ['0.10.48', '4.9.1', '8.17.0', '12.22.12', '14.21.3', '16.20.2', '18.20.8', '20.9.0', '20.18.3']) {
    test(is, () => {
      const { status, stdout, stderr } = as(is, ['version']);
      expect({ status, stdout, stderr }).toEqual({
        status: 69,
        stdout: '',
        stderr: `netctl: it needs Node.js ${oldest} or later, and this is ${is} (${process.execPath})\n`,
      });
    });
  }
});

describe('runs the program on', () => {
  for (const is of ['20.19.0', '20.20.2', '22.0.0', '24.1.0', '100.0.0']) {
    test(is, () => expect(as(is, ['version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' }));
  }
});

/** On a node that takes itself for this one. */
function as(is: string, args: readonly string[]) {
  const pretence = join(directory, 'pretence.cjs');
  writeFileSync(pretence, `Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(is)} });\n`);
  return spawnSync(process.execPath, ['--require', pretence, program, ...args], { encoding: 'utf8' });
}
