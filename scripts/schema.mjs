// scripts/schema.mjs — the spec's JSON Schema: the fragments of its features merged into the one that is published.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';

/** What every spec has: hosts, networks, instances. */
const BASE = 'specfile/schema.json';
/** Keys whose feature is yet to come. */
const NOT_YET = 'specfile/not-yet/';

/** The base and the fragments, each under the name of what it belongs to, in the order of their names. */
export async function readFragments(root) {
  const files = (await readdir(`${root}src`, { recursive: true })).filter(
    (path) => basename(path) === 'schema.json' || (path.startsWith(NOT_YET) && path.endsWith('.json')),
  );
  const read = async (path) => JSON.parse(await readFile(`${root}src/${path}`, 'utf8'));
  const fragments = await Promise.all(
    files
      .filter((path) => path !== BASE)
      .map(async (path) => ({
        name: path.startsWith(NOT_YET) ? basename(path, '.json') : basename(dirname(path)),
        schema: await read(path),
      })),
  );
  return { base: await read(BASE), fragments: fragments.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/**
 * The published schema; what documents are made of; and which keys belong to whom. In a fragment `x-after` says behind
 * which key of the published schema a key stands: without it behind all others.
 */
export function grammarOf({ base, fragments }) {
  const schema = structuredClone(base);
  const late = structuredClone(fragments).flatMap(({ name, schema: fragment }) => {
    markKeys(fragment.properties, fragment.$defs, name);
    return added(schema, fragment, name);
  });
  placed(late);
  const owned = [...ownedKeys(schema, schema)];
  return { schema: without(schema, ['x-of', 'x-not-yet']), sections: sectionsOf(schema), owned };
}

/** Says whose each key of a fragment is. */
function markKeys(keys = {}, definitions = {}, name) {
  for (const key of Object.values(keys)) key['x-of'] = name;
  for (const { properties } of Object.values(definitions)) markKeys(properties, {}, name);
}

/** Adds keys and definitions that are not there; those that are to stand behind some other are returned. */
function added(target, fragment, name, path = '#') {
  const isList = path.endsWith('/properties') || path === '#/$defs';
  return Object.entries(fragment).flatMap(([key, value]) => {
    const at = `${path}/${key}`;
    if (key in target && path.endsWith('/properties')) throw new Error(`${name}: ${at} is there already`);
    if (!isList && key !== 'properties' && at !== '#/$defs')
      throw new Error(`${name}: ${at} is not for a fragment to say`);
    if (key in target) return added(target[key], value, name, at);
    const { 'x-after': after, ...its } = value;
    if (after !== undefined) return [{ target, key, value: its, after, at, name }];
    target[key] = its;
    return [];
  });
}

/** Puts each behind its key, which may be one of them. */
function placed(late) {
  const now = late.filter(({ target, after }) => after in target);
  const [first] = late;
  if (first !== undefined && now.length === 0)
    throw new Error(`${first.name}: ${first.at} is to stand after ${first.after}, and there is no such key`);
  for (const { target, key, value, after, at, name } of now) {
    if (key in target) throw new Error(`${name}: ${at} is there already`);
    const all = Object.entries(target);
    all.splice(all.findIndex(([other]) => other === after) + 1, 0, [key, value]);
    for (const other of Object.keys(target)) delete target[other];
    Object.assign(target, Object.fromEntries(all));
  }
  if (now.length > 0) placed(late.filter((one) => !now.includes(one)));
}

/** `networks.*.snat` belongs to `snat`. */
function* ownedKeys(schema, node, path = []) {
  const its = node.$ref === undefined ? node : schema.$defs[node.$ref.replace('#/$defs/', '')];
  for (const [key, one] of Object.entries(its.properties ?? {})) {
    const { 'x-of': of, 'x-not-yet': notYet } = one;
    if (of === undefined) yield* ownedKeys(schema, one, [...path, key]);
    else yield { path: [...path, key].join('.'), of, ...notYet };
  }
  for (const each of [its.additionalProperties, its.items, ...(its.oneOf ?? [])])
    if (typeof each === 'object') yield* ownedKeys(schema, each, its.oneOf?.includes(each) ? path : [...path, '*']);
}

/** The keys of a document, by what documents of one spec are merged as: maps by name, or lists. */
function sectionsOf(schema) {
  const typed = (type) =>
    Object.entries(schema.properties)
      .filter(([, { type: own, $ref = '' }]) => (own ?? schema.$defs[$ref.replace('#/$defs/', '')]?.type) === type)
      .map(([name]) => name);
  return { maps: typed('object'), lists: typed('array') };
}

/**
 * The validator of what is read: `verbose` keeps each violated schema with its violation: its x-hint, and its keys for
 * "did you mean".
 */
export function validatorFor(schema, code) {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    validateFormats: false,
    ...(code === undefined ? {} : { code }),
  });
  ajv.addVocabulary(['x-hint', 'x-nova']);
  return { ajv, validate: ajv.compile(withoutFormPatterns(structuredClone(schema))) };
}

/** Patterns beside a format are for editors: the format's own reader is exact, and says what is wrong. */
function withoutFormPatterns(node) {
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.format === 'string') delete node.pattern;
  for (const child of Object.values(node)) withoutFormPatterns(child);
  return node;
}

function without(node, keys) {
  if (typeof node !== 'object' || node === null) return node;
  for (const key of keys) delete node[key];
  for (const child of Object.values(node)) without(child, keys);
  return node;
}

/** As text: a line for each key of a spec, however much there is to say of it. */
export function printed(node, indent = '', isList = false) {
  if (!isList && !hasKeys(node)) return inOneLine(node);
  const deeper = `${indent}  `;
  const lines = Object.entries(node).map(
    ([key, value]) =>
      `${deeper}${JSON.stringify(key)}: ${printed(value, deeper, key === 'properties' || key === '$defs')}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function hasKeys(node) {
  return typeof node === 'object' && node !== null && ('properties' in node || Object.values(node).some(hasKeys));
}

function inOneLine(node) {
  if (Array.isArray(node)) return `[${node.map(inOneLine).join(', ')}]`;
  if (typeof node !== 'object' || node === null) return JSON.stringify(node);
  return `{ ${Object.entries(node)
    .map(([key, value]) => `${JSON.stringify(key)}: ${inOneLine(value)}`)
    .join(', ')} }`;
}
