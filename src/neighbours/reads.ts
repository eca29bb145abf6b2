// neighbours/reads.ts — what is read first of others, begun before it is known whether the spec has anything to protect.

/** Tables of nftables, whoever's. */
export const READ_TABLES: readonly string[] = ['nft', 'list', 'tables'];
