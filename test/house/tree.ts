// test/house/tree.ts — the repository as text, and what each source file imports and calls.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** Path from the repository's root → text. A test hands in a made-up one. */
export type Tree = ReadonlyMap<string, string>;

/** Reads what is written by hand. */
export function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  for (const room of ['src', 'test', 'bench', 'scripts', 'examples']) {
    for (const entry of readdirSync(join(root, room), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name));
      if (entry.isFile() && !path.startsWith('src/specfile/generated/'))
        tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return tree;
}

/** What a file imports: `from` packages and node's modules as written, own files as paths from the root. */
export function importsOf(path: string, text: string): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => (fileName.startsWith('.') ? join(path, '..', fileName) : fileName));
}

/** The dotted names that a file speaks of: `Date.now`, `process.env`, `node.text`. */
export function namesIn(path: string, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
      names.add(`${node.expression.text}.${node.name.text}`);
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) names.add(`new ${node.expression.text}`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) names.add(`${node.expression.text}()`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023));
  return names;
}

/**
 * The members of a union of object types that are told apart by one property: `membersOf(text, 'Op', 'op')` → batch,
 * run, …
 */
export function membersOf(text: string, union: string, by: string): readonly string[] {
  const file = ts.createSourceFile('union.ts', text, ts.ScriptTarget.ES2023);
  const members: string[] = [];
  for (const statement of file.statements) {
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== union || !ts.isUnionTypeNode(statement.type))
      continue;
    for (const type of statement.type.types.filter(ts.isTypeLiteralNode)) {
      for (const member of type.members.filter(ts.isPropertySignature)) {
        const isName = ts.isIdentifier(member.name) && member.name.text === by;
        if (isName && member.type && ts.isLiteralTypeNode(member.type) && ts.isStringLiteral(member.type.literal))
          members.push(member.type.literal.text);
      }
    }
  }
  return members;
}
