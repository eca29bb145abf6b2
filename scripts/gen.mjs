// scripts/gen.mjs — the spec's JSON Schema, published, and made into types and a validator that needs no ajv at run
// time.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { grammarOf, printed, readFragments, validatorFor } from './schema.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/specfile/generated/`;
const BANNER = '// Generated from src/**/schema.json by scripts/gen.mjs. Change those instead.\n';

const { schema, sections, owned } = grammarOf(await readFragments(root));
await mkdir(target, { recursive: true });
await Promise.all([
  writeFile(`${root}schemas/spec.schema.json`, `${printed(schema)}\n`),
  writeTypes(),
  writeValidator(),
  writeDeclarations(),
]);

async function writeTypes() {
  const text = await compile(structuredClone(schema), 'SpecFile', {
    bannerComment: BANNER,
    additionalProperties: true,
    unreachableDefinitions: false,
  });
  await writeFile(`${target}types.ts`, text);
}

async function writeValidator() {
  const { ajv, validate } = validatorFor(schema, { source: true, esm: true });
  const code = standalone.default(ajv, validate);
  const grammar = `export const sections = ${JSON.stringify(sections)};\nexport const owned = ${JSON.stringify(owned)};`;
  await build({
    stdin: {
      contents: `${code}\n${grammar}\n`,
      resolveDir: root,
      loader: 'js',
    },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    minifyWhitespace: true,
    banner: { js: BANNER },
    outfile: `${target}validate.js`,
  });
}

async function writeDeclarations() {
  await writeFile(
    `${target}validate.d.ts`,
    `${BANNER}import type { OwnedKey } from '../grammar.ts';
import type { SpecFile } from './types.ts';

export interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly propertyName?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}
export const validate: { (document: unknown): document is SpecFile; errors?: readonly Violation[] | null };
export const sections: { readonly maps: readonly string[]; readonly lists: readonly string[] };
export const owned: readonly OwnedKey[];
`,
  );
}
