// generations/record.ts — the record of a generation as text: an entry a line, so that two of one host share most
// lines.
import { storeInPresentWords } from '../durable/former-words.ts';
import type { Record } from './model.ts';

/** 1 had other words (durable/former-words.ts); 2 a whole host as `image`, and was one line. */
const VERSION = 3;
const FORMER: readonly unknown[] = [1, 2];

export function renderRecord({ sources, ...record }: Record): string {
  const lines = sources.map(({ text, ...source }) => ({ ...source, text: text.split('\n') }));
  const parts = Object.entries({ version: VERSION, ...record, sources: lines }).map(
    ([key, value]) => `${JSON.stringify(key)}:${render(value)}`,
  );
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** How `renderRecord` begins. */
export const RENDERED = `{\n"version":${VERSION},\n`;

/** What a resource says is one line, wherever it stands. */
function render(value: unknown): string {
  if (typeof value !== 'object' || value === null || 'kind' in value) return JSON.stringify(value);
  if (Array.isArray(value)) return isFlat(value[0]) ? flat(value) : `[\n${value.map(render).join(',\n')}\n]`;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return isFlat(entries[0]?.[1])
    ? flat(value)
    : `{\n${entries.map(([key, one]) => `${JSON.stringify(key)}:${render(one)}`).join(',\n')}\n}`;
}

function isFlat(first: unknown): boolean {
  return typeof first !== 'object' || first === null;
}

/** An entry a line, too. */
function flat(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}

/** What a record says, also one of a former version. Undefined: it is damaged, or of a later one. */
export function recordIn(value: unknown): Record | undefined {
  const found = inPresentForm(value);
  return isRecord(found) ? found : undefined;
}

function inPresentForm(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { version } = value;
  if (version === VERSION && Array.isArray(value['sources']))
    return { ...value, sources: value['sources'].map((one: unknown) => joined(one)) };
  if (!FORMER.includes(version)) return value;
  const { before, lent: originals, ...others } = value;
  return {
    ...others,
    version: VERSION,
    before: version === 1 && isObject(before) ? storeInPresentWords(before) : before,
    ...(originals === undefined ? {} : { originals }),
  };
}

function joined(source: unknown): unknown {
  return isObject(source) && Array.isArray(source['text']) ? { ...source, text: source['text'].join('\n') } : source;
}

function isRecord(value: unknown): value is Record {
  if (!isObject(value) || value['version'] !== VERSION) return false;
  const { sources, plan, undo, later, before, allocations, memories, image } = value;
  const isSource = (one: unknown): boolean =>
    isObject(one) && typeof one['file'] === 'string' && typeof one['text'] === 'string';
  const isUndo =
    isObject(undo) &&
    Array.isArray(undo['found']) &&
    undo['found'].every(isResource) &&
    Array.isArray(undo['made']) &&
    undo['made'].every((ref) => typeof ref === 'string');
  const isStore =
    before === null ||
    (isObject(before) &&
      isObject(before['allocations']) &&
      isObject(before['memories']) &&
      isObject(before['quarantined']) &&
      isObject(before['quarantineSeconds']) &&
      Array.isArray(before['originals']) &&
      before['originals'].every(isResource));
  const isImage =
    isObject(image) &&
    Object.values(image).every((lines) => Array.isArray(lines) && lines.every((line) => typeof line === 'string'));
  return (
    Array.isArray(sources) &&
    sources.every(isSource) &&
    typeof plan === 'string' &&
    isUndo &&
    Array.isArray(later) &&
    isStore &&
    isImage &&
    isHoldings(allocations) &&
    isHoldings(memories)
  );
}

/** Texts by name, within a name. */
function isHoldings(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every((of) => isObject(of) && Object.values(of).every((text) => typeof text === 'string'))
  );
}

function isResource(value: unknown): boolean {
  return isObject(value) && typeof value['kind'] === 'string';
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
