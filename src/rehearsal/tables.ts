// rehearsal/tables.ts — which tables of nft are others' own, and which are iptables' and come with its rules.

/** `inet my-firewall`, out of what `nft list tables` prints; those that iptables has made, and says back whole, are left out. */
export function foreignTables(text: string, savedByIptables: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, family = '', name = ''] = /^table (\S+) (\S+)$/.exec(line.trim()) ?? [];
    if (name === '') return [];
    const isIptables = OF_IPTABLES[family]?.includes(name) === true && !(family === 'ip' && savedByIptables.includes(`Table \`${name}' is incompatible`));
    return isIptables ? [] : [`${family} ${name}`];
  });
}

const TABLES = ['filter', 'nat', 'mangle', 'raw', 'security'];
/** Family → tables of iptables, ip6tables, arptables, ebtables. */
const OF_IPTABLES: Readonly<Record<string, readonly string[]>> = { ip: TABLES, ip6: TABLES, arp: ['filter'], bridge: ['filter', 'nat', 'broute'] };
