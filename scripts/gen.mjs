// scripts/gen.mjs — the spec's JSON Schema made into types and a validator that needs no ajv at run time.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { sectionsOf } from './schema.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/specfile/generated/`;
const BANNER = '// Generated from schemas/spec.schema.json by scripts/gen.mjs. Change those instead.\n';

const schema = JSON.parse(await readFile(`${root}schemas/spec.schema.json`, 'utf8'));
await mkdir(target, { recursive: true });
await Promise.all([writeTypes(), writeValidator(), writeDeclarations()]);

async function writeTypes() {
  const text = await compile(structuredClone(schema), 'SpecFile', {
    bannerComment: BANNER,
    additionalProperties: true,
    unreachableDefinitions: false,
  });
  await writeFile(`${target}types.ts`, text);
}

async function writeValidator() {
  // `verbose` keeps each violated schema with its violation: its x-hint, and its keys for "did you mean".
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    validateFormats: false,
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(['x-hint', 'x-nova']);
  const code = standalone.default(ajv, ajv.compile(withoutFormPatterns(structuredClone(schema))));
  await build({
    stdin: {
      contents: `${code}\nexport const sections = ${JSON.stringify(sectionsOf(schema))};\n`,
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
    `${BANNER}import type { SpecFile } from './types.ts';

export interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly propertyName?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}
export const validate: { (document: unknown): document is SpecFile; readonly errors?: readonly Violation[] | null };
/** The keys of a document, by what documents of one spec are merged as: maps by name, or lists. */
export const sections: { readonly maps: readonly string[]; readonly lists: readonly string[] };
`,
  );
}

/** Patterns beside a format are for editors: the format's own reader is exact, and says what is wrong. */
function withoutFormPatterns(node) {
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.format === 'string') delete node.pattern;
  for (const child of Object.values(node)) withoutFormPatterns(child);
  return node;
}
