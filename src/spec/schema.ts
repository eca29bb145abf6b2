// spec/schema.ts — a document against the JSON Schema: what is wrong in the operator's words, and what is left when that is cut out.
import type { Path } from '../core/resource.ts';
import type { SpecFile } from './generated/types.ts';
import { validate, type Violation } from './generated/validate.js';
import { placeOf, spell, type Mark } from './locate.ts';
import type { Placed } from './model.ts';
import { either, wrongAt } from './problem.ts';
import { didYouMean, nearest } from './suggest.ts';
import type { Kept, Tree } from './tree.ts';

export interface Validated {
  /** The document without what is wrong; undefined when nothing is left. */
  readonly text: SpecFile | undefined;
  readonly problems: readonly Placed[];
  /** Every map and list from which something was cut. */
  readonly cut: ReadonlySet<unknown>;
}

/** Deeper than the schema: each round cuts at least one level. */
const MOST_ROUNDS = 16;

export function validateTree({ value, mark }: Tree, kept: Kept): Validated {
  const problems: Placed[] = [];
  const cut = new Set<unknown>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (validate(value)) return { text: value, problems, cut };
    const found = (validate.errors ?? []).map((violation) => siteOf(violation, value, mark, kept)).filter(isOwnWords);
    // What is cut out leaves holes, which are no news to the operator.
    if (round === 0) for (const site of found) for (const problem of problemsAt(site)) problems.push(problem);
    for (const site of found) if (!mended(site, cut)) cutOut(site, kept, cut);
    if (found.some((site) => site.holders.length === 0 && site.violation.keyword === 'type')) break;
  }
  return { text: undefined, problems, cut };
}

/** A violation and what it speaks of. */
interface Site {
  readonly violation: Violation;
  readonly path: Path;
  readonly mark: Mark;
  /** The value at the path. */
  readonly value: unknown;
  /** The maps and lists it lies in, outermost first, and its key in each. */
  readonly holders: readonly { readonly holder: object; readonly key: string }[];
}

function siteOf(violation: Violation, root: unknown, rootMark: Mark, kept: Kept): Site {
  let value = root;
  let mark = rootMark;
  const path: (string | number)[] = [];
  const holders: { holder: object; key: string }[] = [];
  for (const part of violation.instancePath.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) break;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    holders.push({ holder: value, key });
    const named = Array.isArray(value) ? (kept.get(value)?.[Number(key)] ?? Number(key)) : key;
    path.push(named);
    mark = mark.items.get(named) ?? mark;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return { violation, path, mark, value, holders };
}

/** Leaves out what only repeats another violation: the pattern inside a key's form, the `then` that failed. */
function isOwnWords({ violation: { keyword, data }, value }: Site): boolean {
  if (keyword === 'if') return false;
  return !((keyword === 'pattern' || keyword === 'maxLength') && data !== value);
}

function namesKey({ keyword }: Violation): boolean {
  return keyword === 'additionalProperties' || keyword === 'propertyNames';
}

/** Puts the only or first value there can be in place of one that is wrong or missing, so that what stands beside it is still checked. */
function mended({ violation, value, holders }: Site, cut: Set<unknown>): boolean {
  const { keyword, params, parentSchema } = violation;
  const last = holders.at(-1);
  const allowed = firstOf(params['allowedValues']) ?? params['allowedValue'];
  if (allowed !== undefined && last !== undefined) {
    cut.add(last.holder);
    return Reflect.set(last.holder, last.key, allowed);
  }
  const missing = wordOf(violation, 'missingProperty');
  if (keyword !== 'required' || missing === undefined || typeof value !== 'object' || value === null) return false;
  const schema = fieldOf(fieldOf(parentSchema, 'properties'), missing);
  const fill = fieldOf(schema, 'const') ?? firstOf(fieldOf(schema, 'enum'));
  if (fill === undefined) return false;
  cut.add(value);
  return Reflect.set(value, missing, fill);
}

function cutOut({ violation, value, holders }: Site, kept: Kept, cut: Set<unknown>): void {
  for (const { holder } of holders) cut.add(holder);
  const key = wordOf(violation, 'additionalProperty') ?? wordOf(violation, 'propertyName');
  if (key !== undefined && namesKey(violation)) {
    cut.add(value);
    if (typeof value === 'object' && value !== null) Reflect.deleteProperty(value, key);
    return;
  }
  const last = holders.at(-1);
  if (last === undefined) return;
  const { holder, key: at } = last;
  if (!Array.isArray(holder)) return void Reflect.deleteProperty(holder, at);
  // Several violations of one item, and of the items before it: find it by itself, not by its index.
  const index = holder.indexOf(value);
  if (index === -1) return;
  const indices = kept.get(holder) ?? holder.map((_, i) => i);
  indices.splice(index, 1);
  holder.splice(index, 1);
  kept.set(holder, indices);
}

function problemsAt(site: Site): readonly Placed[] {
  const { violation, mark, path } = site;
  const schemaHint = textIn(violation.parentSchema['x-hint']);
  const at = [placeOf(mark)];
  const here = path.length === 0 ? 'the document' : spell(path);
  switch (violation.keyword) {
    case 'additionalProperties': return [unknownKey(site)];
    case 'propertyNames': return [badName(site)];
    case 'required': {
      const missing = wordOf(violation, 'missingProperty') ?? '';
      // Written and wrong, written under a name much like it, or behind a syntax error: said already.
      return mark.torn || mark.items.has(missing) || misspelt(missing, site) ? [] : [wrongAt('missing-key', `${here} needs ${missing}`, at, hintForMissing(missing))];
    }
    case 'type': return [wrongType(site, here, schemaHint)];
    case 'const': return [wrongAt('wrong-value', `${here} must be ${String(violation.params['allowedValue'])}, not ${shown(site)}`, at, schemaHint)];
    case 'enum': {
      const allowed = wordsIn(violation.params['allowedValues']);
      return [wrongAt('wrong-value', `${here} must be ${either(allowed)}, not ${shown(site)}`, at, didYouMean(shown(site), allowed, schemaHint))];
    }
    case 'discriminator': {
      const type = mark.items.get('type');
      if (type === undefined) return [wrongAt('missing-key', `${here} needs type`, at, schemaHint)];
      return [wrongAt('wrong-value', `${here}.type must be tap, veth or external, not ${type.written ?? 'a map or list'}`, [placeOf(type)], didYouMean(type.written ?? '', ['tap', 'veth', 'external'], schemaHint))];
    }
    case 'minimum': case 'maximum': {
      const { minimum, maximum } = violation.parentSchema;
      return [wrongAt('out-of-range', `${here} must be between ${String(minimum)} and ${String(maximum)}, not ${shown(site)}`, at, schemaHint)];
    }
    case 'minLength': return [wrongAt('wrong-form', `${here} is empty`, at, schemaHint)];
    case 'maxLength': return [wrongAt('wrong-form', `${here} is longer than ${String(violation.params['limit'])} characters`, at, schemaHint)];
    default: return [wrongAt('wrong-form', `${here} is not of the right form: ${shown(site)}`, at, schemaHint)];
  }
}

function misspelt(key: string, { mark, violation }: Site): boolean {
  const known = fieldOf(violation.parentSchema, 'properties');
  return [...mark.items.keys()].some((other) => fieldOf(known, String(other)) === undefined && nearest(String(other), [key]) !== undefined);
}

function unknownKey({ violation, mark, path }: Site): Placed {
  const key = wordOf(violation, 'additionalProperty') ?? '';
  const { properties } = violation.parentSchema;
  const known = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  // Whoever comes from nova writes nova's names.
  const fromNova = known.find(([, schema]) => (schema as { readonly 'x-nova'?: unknown })['x-nova'] === key);
  const keys = known.map(([name]) => name);
  const hint = fromNova === undefined ? didYouMean(key, keys, `known here: ${keys.join(', ')}`) : `nova's ${key} is called ${fromNova[0]} here`;
  return wrongAt('unknown-key', `${path.length === 0 ? 'a spec' : spell(path)} has no key ${key}`, [placeOf(mark.items.get(key) ?? mark, 'key')], hint);
}

function badName({ violation, mark, path }: Site): Placed {
  const name = wordOf(violation, 'propertyName') ?? '';
  return wrongAt('bad-name', `${name === '' ? 'an empty name' : JSON.stringify(name)} cannot be a name in ${spell(path)}`, [placeOf(mark.items.get(name) ?? mark, 'key')],
    "use letters, digits, '.', '_' and '-', at most 63, beginning and ending with a letter or digit");
}

const TYPES: Readonly<Record<string, string>> = { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false', object: 'a map', array: 'a list', null: 'null' };

function wrongType({ violation, mark, value }: Site, here: string, schemaHint: string | undefined): Placed {
  const wanted = [violation.params['type']].flat().map(String);
  const written = mark.written ?? '';
  const must = `${here} must be ${either(wanted.map((t) => TYPES[t] ?? t))}`;
  const say = (is: string, hint?: string): Placed => wrongAt('wrong-type', `${must}, not ${is}`, [placeOf(mark)], hint);
  if (value === null && written === '') return say('nothing', 'write its value, or remove the key');
  if (typeof value === 'object' && value !== null) return say(Array.isArray(value) ? 'a list' : 'a map', schemaHint);
  if (typeof value === 'string') return say(`the text ${written}`, wanted.includes('integer') && /^\d+$/.test(value) ? `write ${value} without quotes` : here === 'the document' ? 'put a blank after the colon of each key' : schemaHint);
  const is = typeof value === 'number' ? `the number ${written}` : value === null ? 'null' : written;
  return say(is, wanted.includes('string') && !wanted.includes('object') ? (schemaHint ?? `put it in quotes: "${written}"`) : schemaHint);
}

function hintForMissing(key: string): string | undefined {
  return key === 'apiVersion' ? 'write apiVersion: netctl/v1' : undefined;
}

function shown({ mark, value }: Site): string {
  return mark.written ?? (typeof value === 'string' || typeof value === 'number' ? String(value) : 'a map or list');
}

function wordOf({ params }: Violation, key: string): string | undefined {
  return textIn(params[key]);
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wordsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
