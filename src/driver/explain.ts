// driver/explain.ts — what a refusal means, where the kernel's own words say too little.

/** Asked of a kernel without 802.1Q, `ip` knows no more than that the operation is not supported. */
export function meaningOf(line: string, stderr: string): string | undefined {
  if (!/ type vlan\b/.test(line) || !/Operation not supported|Unknown device type/.test(stderr)) return undefined;
  return 'this kernel has no VLANs: it was built without 802.1Q, or its module 8021q is not installed';
}
