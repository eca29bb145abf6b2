// uplinks/judge.ts — what becomes of all that hangs on an interface when it goes into a bridge: what is not carried is refused, or said.
import type { Diagnostic } from '../core/resource.ts';
import type { Picture } from './picture.ts';

export type Finding = Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint' | 'asks'>;

export function* judge(picture: Picture): Iterable<Finding> {
  for (const what of picture.unread) yield { severity: 'warning', asks: true, code: 'uplink-unread', message: `of ${picture.name} not everything could be read: ${what}`, hint: 'what that would have shown may be lost' };
}
