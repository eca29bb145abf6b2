// core/sanitize.ts — what others wrote, as a terminal may have it: names, paths and messages do not get to steer it.

/**
 * Control characters (C0, DEL, C1), what turns the direction of text about or breaks a line beside \n, and what is
 * invisible. Those that join letters are left: languages need them.
 */
const UNSHOWABLE =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

/** Text of several lines. */
export function harmless(text: string): string {
  return text.replaceAll(UNSHOWABLE, '\uFFFD');
}

/** Text that must not look like more than one line: a name, a path. */
export function inOneLine(text: string): string {
  return harmless(text).replaceAll('\n', '\uFFFD');
}

/** The same in JSON, where it stands in strings only: it says there what it is. */
export function escaped(json: string): string {
  return json.replaceAll(UNSHOWABLE, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** The colours that are ours. */
const PAINT = /(\x1b\[(?:0|1|2|22|39|3[1-6]|1;3[1-3])m)/;

/** Text for a terminal: with colours only where there may be some. */
export function onTerminal(text: string, color: boolean): string {
  return color
    ? text
        .split(PAINT)
        .map((part, i) => (i % 2 === 1 ? part : harmless(part)))
        .join('')
    : harmless(text);
}
