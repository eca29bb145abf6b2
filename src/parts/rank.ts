// parts/rank.ts — where in our chains a rule stands, by name.

export const rank = {
  /** Networks that are shut off come first: a neighbour that is open must not let packets into them. */
  isolated: 100,
  open: 200,
  dhcp: 100,
  checksum: 100,
  hook: 0,
} as const;
