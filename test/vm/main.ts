// test/vm/main.ts — runs bundled test files one after the other in this process, says what failed and why, and counts
// into the file named first.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startTests } from '@vitest/runner';
import type { Task, VitestRunner } from '@vitest/runner';
import { getFullName, getTests } from '@vitest/runner/utils';
import { renderTally } from '../tally.ts';

/** There to end a hang; twenty times what a machine that is not emulated is given. */
const LIMIT = 20 * 180_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const [tally = '', ...names] = argv.slice(2);

const runner: VitestRunner = {
  config: {
    root,
    name: undefined,
    setupFiles: [],
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    maxConcurrency: 1,
    chaiConfig: undefined,
    retry: 0,
    sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
    testTimeout: LIMIT,
    hookTimeout: LIMIT,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => import(pathToFileURL(path).href),
  onCollectStart(file) {
    file.name = file.name.replace(/js$/, 'ts');
  },
  onAfterRunTask: (test) => {
    complain(test);
  },
  onAfterRunSuite(suite) {
    if (suite.file === suite)
      console.log(
        `${suite.result?.state === 'fail' ? '✗' : '✓'} ${suite.name} (${getTests(suite).length} tests) ${((suite.result?.duration ?? 0) / 1000).toFixed(1)} s`,
      );
    else complain(suite);
  },
};

/** A suite fails with its tests; it has errors of its own when a hook failed, or a file could not be read. */
function complain(task: Task): void {
  for (const error of task.result?.errors ?? []) {
    const trace = (error.stack ?? error.message)
      .split('\n')
      .filter((line) => !/^ +at .*(?:node_modules|node:internal)\//.test(line));
    console.log(`✗ ${getFullName(task, ' > ')}`);
    console.log([...trace, ...(error.diff === undefined ? [] : [error.diff])].join('\n').replaceAll(/^/gm, '    '));
  }
}

const files = await startTests(
  names.map((name) => resolve(root, name)),
  runner,
);
// A file that could not be read is not run, so nobody has complained of it.
for (const file of files) complain(file);
const tests = files.flatMap((file) => getTests(file));
const failedFiles = files.filter(
  (file) => file.result?.state === 'fail' && getTests(file).every((test) => test.result?.state !== 'fail'),
);
writeFileSync(
  tally,
  renderTally({
    passed: tests.filter((test) => test.result?.state === 'pass').length,
    failed: tests.filter((test) => test.result?.state !== 'pass' && test.mode === 'run').length + failedFiles.length,
    skips: tests.filter((test) => test.mode !== 'run').map((test) => `${getFullName(test, ' > ')}: ${reasonOf(test)}`),
  }),
);

/** The type leaves out where a reason stands. */
function reasonOf(test: Task): string {
  const { note = 'no reason given' }: { readonly state?: string; readonly note?: string } = test.result ?? {};
  return note;
}
