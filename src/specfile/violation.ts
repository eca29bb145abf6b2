// specfile/violation.ts — what the schema refuses, in the operator's words.
import type { Path } from '../core/resource.ts';
import type { Violation } from './generated/validate.js';
import { positionOf, spell, type Mark } from './locate.ts';
import type { LocatedDiagnostic } from './model.ts';
import { either, wrongAt } from './problem.ts';
import { didYouMean, nearest } from './suggest.ts';

/** Says it once; nothing where another problem has said it. */
export function problemsAt(site: Site): readonly LocatedDiagnostic[] {
  const { violation, mark, path } = site;
  const schemaHint = textIn(violation.parentSchema['x-hint']) ?? textIn(violation.parentSchema['description']);
  const at = [positionOf(mark)];
  const here = path.length === 0 ? 'the document' : spell(path);
  switch (violation.keyword) {
    case 'additionalProperties':
      return [unknownKey(site)];
    case 'propertyNames':
      return [badName(site)];
    case 'required': {
      const missing = wordOf(violation, 'missingProperty') ?? '';
      // Written and wrong, written under a name much like it, or behind a syntax error: said already.
      return mark.torn || mark.items.has(missing) || misspelt(missing, site)
        ? []
        : [wrongAt('missing-key', `${here} needs ${missing}`, at, hintForMissing(missing, violation))];
    }
    case 'type':
      return [wrongType(site, here, schemaHint)];
    case 'const':
      return [
        wrongAt(
          'wrong-value',
          `${here} must be ${String(violation.params['allowedValue'])}, not ${shown(site)}`,
          at,
          schemaHint,
        ),
      ];
    case 'enum': {
      const allowed = wordsIn(violation.params['allowedValues']);
      return [
        wrongAt(
          'wrong-value',
          `${here} must be ${either(allowed)}, not ${shown(site)}`,
          at,
          didYouMean(shown(site), allowed, schemaHint),
        ),
      ];
    }
    case 'discriminator': {
      const type = mark.items.get('type');
      if (type === undefined) return [wrongAt('missing-key', `${here} needs type`, at, schemaHint)];
      return [
        wrongAt(
          'wrong-value',
          `${here}.type must be tap, veth or external, not ${type.written ?? 'a map or list'}`,
          [positionOf(type)],
          didYouMean(type.written ?? '', ['tap', 'veth', 'external'], schemaHint),
        ),
      ];
    }
    case 'minimum':
    case 'maximum': {
      const { minimum, maximum } = violation.parentSchema;
      return [
        wrongAt(
          'out-of-range',
          `${here} must be between ${String(minimum)} and ${String(maximum)}, not ${shown(site)}`,
          at,
          schemaHint,
        ),
      ];
    }
    case 'minLength':
      return [wrongAt('wrong-form', `${here} is empty`, at, schemaHint)];
    case 'maxLength':
      return [
        wrongAt('wrong-form', `${here} is longer than ${String(violation.params['limit'])} characters`, at, schemaHint),
      ];
    default:
      return [wrongAt('wrong-form', `${here} is not of the right form: ${shown(site)}`, at, schemaHint)];
  }
}

/** A violation and what it speaks of. */
export interface Site {
  readonly violation: Violation;
  readonly path: Path;
  readonly mark: Mark;
  /** The value at the path. */
  readonly value: unknown;
  /** The maps and lists it lies in, outermost first, and its key in each. */
  readonly holders: readonly { readonly holder: object; readonly key: string }[];
}

function misspelt(key: string, { mark, violation }: Site): boolean {
  const known = fieldOf(violation.parentSchema, 'properties');
  return [...mark.items.keys()].some(
    (other) => fieldOf(known, String(other)) === undefined && nearest(String(other), [key]) !== undefined,
  );
}

function unknownKey({ violation, mark, path }: Site): LocatedDiagnostic {
  const key = wordOf(violation, 'additionalProperty') ?? '';
  const { properties } = violation.parentSchema;
  const known = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  // Whoever comes from nova writes nova's names.
  const fromNova = known.find(([, schema]) => (schema as { readonly 'x-nova'?: unknown })['x-nova'] === key);
  const keys = known.map(([name]) => name);
  const hint =
    fromNova === undefined
      ? didYouMean(key, keys, `known here: ${keys.join(', ')}`)
      : `nova's ${key} is called ${fromNova[0]} here`;
  return wrongAt(
    'unknown-key',
    `${path.length === 0 ? 'a spec' : spell(path)} has no key ${key}`,
    [positionOf(mark.items.get(key) ?? mark, 'key')],
    hint,
  );
}

function badName({ violation, mark, path }: Site): LocatedDiagnostic {
  const name = wordOf(violation, 'propertyName') ?? '';
  return wrongAt(
    'bad-name',
    `${name === '' ? 'an empty name' : JSON.stringify(name)} cannot be a name in ${spell(path)}`,
    [positionOf(mark.items.get(name) ?? mark, 'key')],
    "use letters, digits, '.', '_' and '-', at most 63, beginning and ending with a letter or digit",
  );
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'null',
};

function wrongType({ violation, mark, value }: Site, here: string, schemaHint: string | undefined): LocatedDiagnostic {
  const wanted = [violation.params['type']].flat().map(String);
  const written = mark.written ?? '';
  const must = `${here} must be ${either(wanted.map((t) => TYPES[t] ?? t))}`;
  const say = (is: string, hint?: string): LocatedDiagnostic =>
    wrongAt('wrong-type', `${must}, not ${is}`, [positionOf(mark)], hint);
  if (value === null && written === '') return say('nothing', 'write its value, or remove the key');
  if (typeof value === 'object' && value !== null) return say(Array.isArray(value) ? 'a list' : 'a map', schemaHint);
  if (typeof value === 'string')
    return say(
      `the text ${written}`,
      wanted.includes('integer') && /^\d+$/.test(value)
        ? `write ${value} without quotes`
        : here === 'the document'
          ? 'put a blank after the colon of each key'
          : schemaHint,
    );
  const is = typeof value === 'number' ? `the number ${written}` : value === null ? 'null' : written;
  return say(
    is,
    wanted.includes('string') && !wanted.includes('object')
      ? (textIn(violation.parentSchema['x-hint']) ?? `put it in quotes: "${written}"`)
      : schemaHint,
  );
}

/** What the key is for, as the schema tells it. */
function hintForMissing(key: string, { parentSchema }: Violation): string | undefined {
  const schema = fieldOf(fieldOf(parentSchema, 'properties'), key);
  const description = textIn(fieldOf(schema, 'description'));
  return textIn(fieldOf(schema, 'x-hint')) ?? (description === undefined ? undefined : `${key}: ${description}`);
}

function shown({ mark, value }: Site): string {
  return mark.written ?? (typeof value === 'string' || typeof value === 'number' ? String(value) : 'a map or list');
}

export function wordOf({ params }: Violation, key: string): string | undefined {
  return textIn(params[key]);
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wordsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
