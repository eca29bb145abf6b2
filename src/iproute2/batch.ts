// iproute2/batch.ts — lines for `ip -batch -`, and how to say in them what has blanks in it.
import type { Op } from '../core/resource.ts';

/**
 * Lines that `ip` reads in one process. Without `-force`: it stops at the first line that is refused.
 * A `#` begins a comment anywhere; a line that has one (in a device's name) would do something else than it says.
 */
export function ipBatch(lines: readonly string[], netns?: string): Op {
  const cut = lines.find((line) => /[#\n]/.test(line));
  if (cut !== undefined) throw new Error(`ip would not read the whole of ${JSON.stringify(cut)}`);
  return { op: 'batch', tool: ['ip', '-batch', '-'], lines, ...(netns === undefined ? {} : { netns }) };
}

/** Other tools read batches, too. */
export function isIpBatch(op: Op): op is Extract<Op, { op: 'batch' }> {
  return op.op === 'batch' && op.tool[0] === 'ip';
}

/** The line as one of a batch that is read elsewhere. */
export function inNamespace(line: string, netns: string): string {
  return `netns exec ${quote(netns)} ip ${line}`;
}

/** One word of a batch line. Between quotes `ip` knows no escapes, and a `#` begins a comment even there. */
export function quote(word: string): string {
  if (/[#\n"]/.test(word)) throw new Error(`no word of an ip batch line: ${JSON.stringify(word)}`);
  return /^[^\s']+$/.test(word) ? word : `"${word}"`;
}

/** An alias as a batch line can carry it: what it cannot is written `%23`. */
export function encodeAlias(alias: string): string {
  return alias.replace(/[%#"\u0000-\u001f\u007f]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Undoes `encodeAlias`, and only that. */
export function decodeAlias(alias: string): string {
  return alias.replace(/%(2[235]|[01][0-9a-f]|7f)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
