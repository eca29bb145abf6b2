// iproute2/fields.ts — narrowing what `ip -j` prints: a field that is absent is undefined, one of another type is an
// error that names it.

import { DriverError } from '../core/resource.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a JSON list of records. `ip` prints nothing at all where there is nothing to list. */
export function readRecords(text: string): readonly Fields[] {
  const value = text.trim() === '' ? [] : parsed(text);
  if (!Array.isArray(value)) throw new DriverError('ip -j', { stderr: 'it printed no list' });
  return value.filter(isFields);
}

/** Half a text is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parsedAsMeant(text.trim());
  }
}

/**
 * iproute2 up to 6.1, at least, prints control characters of names and aliases as they are, and older ones put a
 * backslash before an apostrophe.
 */
function parsedAsMeant(text: string): unknown {
  try {
    return JSON.parse(
      text.replaceAll(/\\[^]|[\0-\x1f]/g, (found) =>
        found === "\\'" ? "'" : found.startsWith('\\') ? found : JSON.stringify(found).slice(1, -1),
      ),
    );
  } catch (error) {
    throw new DriverError('ip -j', {
      stderr: `what it printed is not whole, or no JSON: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}

/** Absent is also what is printed as null: the parent of a tunnel that depends on no device. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(name, value);
}

export function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'number') return value;
  throw wrong(name, value);
}

/** A field that is printed only when it is true. */
export function flagOf(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw wrong(name, value);
}

export function textsOf(fields: Fields, name: string): readonly string[] {
  return listOf(fields, name).filter((value) => typeof value === 'string');
}

export function recordsOf(fields: Fields, name: string): readonly Fields[] {
  return listOf(fields, name).filter(isFields);
}

/** A record within: empty when it is not there. */
export function partOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === undefined) return {};
  if (isFields(value)) return value;
  throw wrong(name, value);
}

/** A field without which the record means nothing. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`ip -j printed no ${name}`);
  return value;
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw wrong(name, value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(name: string, value: unknown): Error {
  return new Error(`ip -j printed ${name} as ${JSON.stringify(value)}`);
}
