// scripts/build.mjs — makes what is shipped: dist/netctl.js with its chunks, and completions/ for three shells.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { version, engines } = JSON.parse(await readFile('package.json', 'utf8'));

await import('./gen.mjs');
await bundle();
await launcher();
await writeCompletions();

/** Every package goes into the bundle, so what is installed needs nothing but node. */
async function bundle() {
  // Emptied first: the names of chunks carry a hash, and old ones would be shipped for ever.
  await rm('dist', { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // A command loads only the chunks behind its own `await import(…)`.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    define: { NETCTL_VERSION: JSON.stringify(version) },
    // Some of the packages are CommonJS and call `require` for node's own modules.
    banner: {
      js: "import{createRequire as netctlRequire}from'node:module';const require=netctlRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await writeFile('dist/LICENSES.txt', await licensesOf(metafile));
}

/** What is run: in words that every node reads, and only then the program. */
async function launcher() {
  const [, oldest] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  if (oldest === undefined) throw new Error(`engines.node is not one version and all later ones: ${engines.node}`);
  // What is newer than ES5 is refused here.
  const { code } = await transform(await readFile('src/launch.cjs', 'utf8'), {
    target: 'es5',
    define: { NETCTL_NODE: JSON.stringify(oldest) },
    minifyWhitespace: true,
  });
  await writeFile('dist/netctl.js', code);
  await writeFile('dist/start.js', "import('./main.mjs');\n");
  // Nodes that know of modules would take it for one, by the package's own word.
  await writeFile('dist/package.json', `${JSON.stringify({ type: 'commonjs' })}\n`);
  await chmod('dist/netctl.js', 0o755);
}

/** The licences of the bundled packages ask to be shipped with them. */
async function licensesOf({ inputs }) {
  const directories = new Set(
    Object.keys(inputs).flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  const parts = [];
  for (const directory of [...directories].sort()) {
    const { name, version: itsVersion, license } = JSON.parse(await readFile(`${directory}/package.json`, 'utf8'));
    const file = (await readdir(directory)).find((entry) => /^licen[cs]e/i.test(entry));
    parts.push(
      `${name} ${itsVersion} (${license})\n\n${file === undefined ? '' : await readFile(`${directory}/${file}`, 'utf8')}`,
    );
  }
  return parts.join(`\n${'='.repeat(80)}\n`);
}

async function writeCompletions() {
  await rm('completions', { recursive: true, force: true });
  await mkdir('completions');
  for (const [shell, file] of [
    ['bash', 'netctl.bash'],
    ['zsh', '_netctl'],
    ['fish', 'netctl.fish'],
  ]) {
    const { stdout } = await run(process.execPath, ['dist/netctl.js', 'completion', shell]);
    if (stdout.trim() === '') throw new Error(`netctl completion ${shell} printed nothing`);
    await writeFile(`completions/${file}`, stdout);
  }
}
