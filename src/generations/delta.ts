// generations/delta.ts — a text told by what it shares with another: records of one host are the same but for some
// lines.

/** In order: lines of the base (from which, how many), and lines of its own. */
export type Delta = readonly (readonly [number, number] | string)[];

/** What makes `text` of `base`, line by line. */
export function deltaOf(text: string, base: string): Delta {
  const [lines, from] = [text.split('\n'), base.split('\n')];
  let places: ReadonlyMap<string, readonly number[]> | undefined;
  const delta: ([number, number] | string)[] = [];
  let own: string[] = [];
  let at = 0;
  const endOwn = (): void => {
    if (own.length > 0) delta.push(own.join('\n'));
    own = [];
  };
  for (const line of lines) {
    if (from[at] !== line) {
      // Most of what differs stands alone: only where it does not, every line of the base is looked up.
      if (own.length >= ALONE) places ??= placesIn(from);
      const next = nearBehind(from, line, at) ?? nextIn(places?.get(line), at);
      if (next === undefined) {
        own.push(line);
        continue;
      }
      at = next;
    }
    endOwn();
    const last = delta.at(-1);
    if (Array.isArray(last) && last[0] + last[1] === at) last[1] += 1;
    else delta.push([at, 1]);
    at += 1;
  }
  endOwn();
  return delta;
}

/** Lines. */
const [NEAR, ALONE] = [64, 16];

function nearBehind(lines: readonly string[], line: string, at: number): number | undefined {
  const end = Math.min(lines.length, at + NEAR);
  for (let place = at; place < end; place++) if (lines[place] === line) return place;
  return undefined;
}

/** The text that was told. Undefined where the base has not these lines. */
export function textFrom(delta: Delta, base: string): string | undefined {
  const from = base.split('\n');
  const lines: string[] = [];
  for (const part of delta) {
    if (typeof part === 'string') lines.push(part);
    else {
      const [first, count] = part;
      if (first + count > from.length) return undefined;
      for (let place = first; place < first + count; place++) lines.push(from[place] ?? '');
    }
  }
  return lines.join('\n');
}

export function isDelta(value: unknown): value is Delta {
  const isPlace = (one: unknown): boolean => Number.isSafeInteger(one) && Number(one) >= 0;
  return (
    Array.isArray(value) &&
    value.every((part) => typeof part === 'string' || (Array.isArray(part) && part.length === 2 && part.every(isPlace)))
  );
}

/** Where each line stands. */
function placesIn(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [place, line] of lines.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [place]);
    else known.push(place);
  }
  return places;
}

/** The first behind a place, else the first of all. */
function nextIn(places: readonly number[] | undefined, at: number): number | undefined {
  if (places === undefined) return undefined;
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return places[low] ?? places[0];
}
