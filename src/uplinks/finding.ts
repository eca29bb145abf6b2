// uplinks/finding.ts — what is said of an interface before it is borrowed: refused, or a warning that asks.
import type { Diagnostic } from '../core/resource.ts';

/** The plan, its place in the spec and what it stands against are the guard's. */
export type Finding = Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint' | 'asks' | 'details'>;

export function refused(code: string, message: string, hint: string): Finding {
  return { severity: 'error', code, message, hint };
}

export function said(code: string, message: string, hint: string): Finding {
  return { severity: 'warning', asks: true, code, message, hint };
}

/** So many are named one by one. */
const NAMED = 3;

/** `a; b; c; and 7 more`: what is named may itself have commas. */
export function listed(all: readonly string[]): string {
  const rest = all.length - NAMED;
  return [...all.slice(0, NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}
