// report/print.ts — one document of data on standard output, as JSON or YAML.
import { escaped } from '../core/sanitize.ts';
import type { Output } from './printer.ts';

export function printData(to: Output, document: object): void {
  to.print.out(escaped(to.output === 'yaml' ? renderYaml(document) : `${JSON.stringify(document, undefined, 2)}\n`));
}

/** JSON is YAML; this only lays it out in YAML's way. */
function renderYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${nested(item, `${indent}  `).trimStart()}`).join('');
  if (typeof value !== 'object' || value === null) return `${indent}${JSON.stringify(value)}\n`;
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${keyOf(key)}:${child(item, `${indent}  `)}`)
    .join('');
}

function nested(value: unknown, indent: string): string {
  return isEmpty(value) ? `${indent}${JSON.stringify(value)}\n` : renderYaml(value, indent);
}

function child(value: unknown, indent: string): string {
  const inline = typeof value !== 'object' || value === null || isEmpty(value);
  return inline ? ` ${JSON.stringify(value)}\n` : `\n${renderYaml(value, indent)}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function keyOf(key: string): string {
  return /^[A-Za-z][\w-]*$/.test(key) ? key : JSON.stringify(key);
}
