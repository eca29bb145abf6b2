// test/kernel/uplinks/row.ts — one attribute of an uplink.

/** A name, how the host is made so, and what then is to be seen on the bridge: a command and what its output holds. */
export type Row = readonly [name: string, made: readonly string[], asked?: string, holds?: RegExp];
