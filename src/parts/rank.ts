// parts/rank.ts — where in our chains a rule stands, by name.

export const rank = {
  /** Networks that are shut off come first: a neighbour that is open must not let packets into them. */
  isolated: 100,
  open: 200,
  dhcp: 100,
  /** filter INPUT: after what a network asks its own server. */
  dnsOfOthers: 200,
  checksum: 100,
  hook: 0,
  /** nat PREROUTING and OUTPUT, filter INPUT. */
  metadata: 150,
  /** filter INPUT: after what guests ask of a service there. */
  metadataOfOthers: 160,
  /** nat PREROUTING, OUTPUT, POSTROUTING: after what is exempt. */
  floating: 200,
  /** nat POSTROUTING: what keeps its source. */
  exempt: 100,
  /** nat netctl-snat: floating addresses before whole networks. */
  floatSnat: 0,
  snat: 100,
} as const;
