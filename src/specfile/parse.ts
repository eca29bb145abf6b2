// specfile/parse.ts — a file's text made into documents; what is no YAML is said at the line where it began.
import { isCollection, isScalar, parseAllDocuments, visit, type Document, type Node, type YAMLParseError } from 'yaml';
import { jsonTree } from './json.ts';
import type { LocatedDiagnostic } from './model.ts';
import { wrongAt } from './problem.ts';
import { plainTree } from './plain.ts';
import { positionIn, type Text } from './text.ts';
import { treeOf, type Kept, type Tree } from './tree.ts';

export interface Parsed {
  readonly documents: readonly Tree[];
  readonly problems: readonly LocatedDiagnostic[];
  /** Nothing was left out, so what seems to be missing is missing. */
  readonly whole: boolean;
}

/**
 * What has more of them than a spec for a hundred thousand instances would take minutes, and do nothing else meanwhile.
 */
const MOST_LINES = 300_000;
const MOST_DOCUMENTS = 2_000;

export function parseText(text: Text, kept: Kept): Parsed {
  const [lines, documents] = [text.lineStarts.length, text.text.match(/^---/gm)?.length ?? 0];
  if (lines > MOST_LINES || documents > MOST_DOCUMENTS) {
    const [what, most] =
      lines > MOST_LINES ? [`${lines} lines`, MOST_LINES] : [`${documents} documents`, MOST_DOCUMENTS];
    return {
      documents: [],
      problems: [
        wrongAt('spec-too-large', `this has ${what}; a file of a spec has ${most} at most`, [positionIn(text, 0)]),
      ],
      whole: false,
    };
  }
  const unfit = [...unfitCharacters(text), ...conflictMarkers(text)];
  if (unfit.length > 0) return { documents: [], problems: unfit, whole: false };
  const plain = jsonTree(text) ?? plainTree(text);
  return plain === undefined ? parseYaml(text, kept) : { documents: [plain], problems: [], whole: true };
}

/** By the library: all of YAML, and what is wrong with it. */
export function parseYaml(text: Text, kept: Kept): Parsed {
  const problems: LocatedDiagnostic[] = [];
  const documents: Tree[] = [];
  let whole = true;
  // Keys are compared in tree.ts: here it would take as long as the square of their number, and name one place only.
  const parsed = parseAllDocuments(text.text, {
    version: '1.2',
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  if ('empty' in parsed || parsed.length === 0) return { documents, problems: [nothingIn(text, 0)], whole };
  for (const document of parsed) {
    const errors = [...syntaxErrors(document, text)];
    whole &&= errors.length === 0;
    for (const problem of [...errors, ...oddities(document, text)]) problems.push(problem);
    const root: Node | null = document.contents;
    if (root === null || (isScalar(root) && root.value === null && (root.source ?? '') === '')) {
      if (errors.length === 0) problems.push(nothingIn(text, document.range[0]));
      continue;
    }
    const tornAt = document.errors.reduce((first, { pos }) => Math.min(first, pos[0]), Infinity);
    if (isTorn(root, tornAt)) continue;
    documents.push(treeOf(root, { text, document, tornAt, kept, problems }));
  }
  return { documents, problems, whole };
}

const NAMES: Readonly<Record<string, string>> = {
  '\0': 'a NUL byte',
  '\r': 'a carriage return without a line feed',
  '\uFEFF': 'a byte order mark',
  '\uFFFD': 'a byte that is not UTF-8',
};

function* unfitCharacters(text: Text): Iterable<LocatedDiagnostic> {
  // One a line: a binary file has thousands.
  let line = 0;
  for (const { 0: character, index } of text.text.matchAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\uFEFF\uFFFD]|\r(?!\n)/g)) {
    const position = positionIn(text, index);
    if (position.line === line) continue;
    line = position.line;
    const code = character === '\uFFFD' ? 'not-utf8' : 'control-character';
    const name =
      NAMES[character] ??
      `the control character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    yield wrongAt(
      code,
      `${name} stands here`,
      [position],
      code === 'not-utf8' ? 'save the file as UTF-8' : 'remove it',
    );
    if (code === 'not-utf8') return;
  }
}

function* conflictMarkers(text: Text): Iterable<LocatedDiagnostic> {
  const found = /^<{7} .*$/m.exec(text.text);
  if (found !== null)
    yield wrongAt(
      'git-conflict',
      'a merge conflict of git is not settled here',
      [positionIn(text, found.index)],
      'keep one of the two sides, and remove the lines of <, = and >',
    );
}

function nothingIn(text: Text, offset: number): LocatedDiagnostic {
  return wrongAt(
    'empty-document',
    offset === 0 ? 'nothing is written here' : 'nothing is written in this document',
    [positionIn(text, offset)],
    'begin with apiVersion: netctl/v1; a document that means nothing has only that line',
  );
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks',
  BAD_INDENT: 'let the keys of one map begin in one column',
  BLOCK_AS_IMPLICIT_KEY: 'put text that has a colon in quotes, or begin a line for what is nested',
  MULTILINE_IMPLICIT_KEY: 'put a colon and a blank after the key',
};

function* syntaxErrors(document: Document.Parsed, text: Text): Iterable<LocatedDiagnostic> {
  const tooDeep = document.errors.find((e) => e.code === 'RESOURCE_EXHAUSTION');
  if (tooDeep !== undefined) {
    yield wrongAt(
      'yaml-syntax',
      'this is nested too deeply',
      [positionIn(text, tooDeep.pos[0])],
      'a spec has seven levels at most',
    );
    return;
  }
  // What follows on one line is mostly the echo of the first.
  const lines = new Set<number>();
  for (const error of document.errors) {
    const noticed = positionIn(text, error.pos[0]);
    if (lines.has(noticed.line)) continue;
    lines.add(noticed.line);
    const deeper = indentedFurther(error, document);
    if (deeper !== undefined) {
      yield wrongAt(
        'yaml-syntax',
        'this stands further to the right than the key above it, which has its value',
        [positionIn(text, lineBegin(text, deeper)), noticed],
        HINTS['BAD_INDENT'],
      );
      continue;
    }
    const opened = openedBefore(error, document);
    const code = error.code === 'TAB_AS_INDENT' ? 'yaml-tab' : 'yaml-syntax';
    if (opened === undefined) yield wrongAt(code, said(error), [noticed], HINTS[error.code]);
    else
      yield wrongAt(
        code,
        said(error),
        [positionIn(text, opened), noticed],
        'close it; what is in it stands further to the right than its key',
      );
  }
}

/** A key below another's value is read as going on with that value; the parser complains of the value. */
function indentedFurther(error: YAMLParseError, document: Document.Parsed): number | undefined {
  if (error.code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  return document.errors.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === error.pos[0])?.pos[1];
}

function lineBegin({ text }: Text, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start + (/^[ \t]*/.exec(text.slice(start, offset))?.[0].length ?? 0);
}

/** Where the quote or bracket was opened that is not closed: the parser notices only where it gives up. */
function openedBefore(error: YAMLParseError, document: Document.Parsed): number | undefined {
  if (!/closing|end with a/.test(error.message)) return undefined;
  const at = error.pos[0];
  let opened: number | undefined;
  visit(document.contents, (_, node) => {
    const unclosable = (isCollection(node) && node.flow === true) || (isScalar(node) && /^QUOTE/.test(node.type ?? ''));
    if (!unclosable || !node.range) return undefined;
    const [start, end] = node.range;
    if (start <= at && end >= at - 1) opened = start;
    return undefined;
  });
  return opened;
}

function said({ code, message }: YAMLParseError): string {
  if (/closing/.test(message)) return 'this quote is not closed';
  if (/end with a/.test(message)) return 'this bracket is not closed';
  return code === 'TAB_AS_INDENT'
    ? 'a tab cannot indent YAML'
    : `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`;
}

/** Unknown directives and tags: the library warns and goes on. */
function* oddities(document: Document.Parsed, text: Text): Iterable<LocatedDiagnostic> {
  for (const { code, message, pos } of document.warnings) {
    const position = positionIn(text, pos[0]);
    if (code === 'TAG_RESOLVE_FAILED')
      yield wrongAt('yaml-tag', message.replace(/^Unresolved tag/, 'no such tag'), [position], 'remove the tag');
    else yield { ...wrongAt('yaml-directive', message, [position]), severity: 'warning' };
  }
}

function isTorn(root: Node, tornAt: number): boolean {
  const [start, end] = root.range ?? [0, 0];
  return start >= tornAt || (end >= tornAt && !(isCollection(root) && root.flow !== true));
}
