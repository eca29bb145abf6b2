// test/program.ts — a program of a test's own (`*.program.ts`), bundled to be run as a process that can be killed; a
// file, so that the compiler reads it, too.
import { buildSync } from 'esbuild';

/** Bundles `source`, the path of a TypeScript file, into `outfile`, a module for `node`. */
export function buildProgram(source: string, outfile: string): void {
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  buildSync({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    banner,
  });
}
