// core/ref.ts — what a resource is called, and the two parts of that: `address eth1 192.0.2.5/24` is of the kind
// `address`, by its name `eth1 192.0.2.5/24`.

/** One resource on one host: `link br100`, `chain filter/netctl-FORWARD`. */
export type Ref = `${string} ${string}`;

export function kindIn(ref: Ref): string {
  return ref.split(' ', 1)[0] ?? '';
}

export function nameIn(ref: Ref): string {
  return ref.slice(ref.indexOf(' ') + 1);
}
