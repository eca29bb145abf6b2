// specfile/schema.ts — a document against the JSON Schema: what is wrong in the operator's words, and what is left when
// that is cut out.
import type { SpecFile } from './generated/types.ts';
import type { Violation } from './generated/validate.js';
import type { Grammar } from './grammar.ts';
import type { Mark } from './locate.ts';
import type { LocatedDiagnostic } from './model.ts';
import type { Kept, Tree } from './tree.ts';
import { fieldOf, firstOf, problemsAt, wordOf, type Site } from './violation.ts';

export interface Validated {
  /** The document without what is wrong; undefined when nothing is left. */
  readonly text: SpecFile | undefined;
  readonly problems: readonly LocatedDiagnostic[];
  /** Every map and list from which something was cut. */
  readonly cut: ReadonlySet<unknown>;
}

/** Deeper than the schema: each round cuts at least one level. */
const MOST_ROUNDS = 16;

export function validateTree({ value, mark }: Tree, { validate }: Pick<Grammar, 'validate'>, kept: Kept): Validated {
  const problems: LocatedDiagnostic[] = [];
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

/**
 * Puts the only or first value there can be in place of one that is wrong or missing, so that what stands beside it is
 * still checked.
 */
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
