// core/ref.ts — the two parts of a ref: `address eth1 192.0.2.5/24` is of the kind `address`, by its name
// `eth1 192.0.2.5/24`.
import type { Ref } from './resource.ts';

export function kindIn(ref: Ref): string {
  return ref.split(' ', 1)[0] ?? '';
}

export function nameIn(ref: Ref): string {
  return ref.slice(ref.indexOf(' ') + 1);
}
