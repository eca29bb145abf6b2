// rehearsal/tables.ts — which tables of nft are others' own, and which are iptables' and come with its rules.

/**
 * `inet my-firewall`, out of what `nft list tables` prints; those that iptables has made, and says back whole, are left
 * out. `beyondIptables`: of which it no longer does (`ip filter`).
 */
export function foreignTables(text: string, beyondIptables: readonly string[]): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, family = '', name = ''] = /^table (\S+) (\S+)$/.exec(line.trim()) ?? [];
    return name === '' || isIptables(family, name, beyondIptables) ? [] : [`${family} ${name}`];
  });
}

/**
 * Maps that others keep in tables of iptables, which does not say them; out of what `nft list maps` prints, and to be
 * told to nft.
 */
export function mapsBeside(text: string, beyondIptables: readonly string[]): string {
  return [...text.matchAll(/^table (\S+) (\S+) \{\n([^]*?)^\}$/gm)]
    .filter(([, family = '', name = '', maps = '']) => maps.trim() !== '' && isIptables(family, name, beyondIptables))
    .map(([whole]) => `${whole}\n`)
    .join('');
}

function isIptables(family: string, name: string, beyond: readonly string[]): boolean {
  return OF_IPTABLES[family]?.includes(name) === true && !beyond.includes(`${family} ${name}`);
}

/** Tables of whose chains `iptables-save`, or `ip6tables-save`, says that only nft knows them. */
export function tablesBeyond(saved: string): readonly string[] {
  return [
    ...saved.matchAll(/^# Table `(\S+)' (?:is incompatible|contains incompatible base-chains), use 'nft' tool/gm),
  ].map(([, name = '']) => name);
}

/** Without what iptables says in their place. */
export function withoutTables(saved: string, names: readonly string[]): string {
  return names.reduce((text, name) => text.replace(new RegExp(`^\\*${name}$[^]*?^COMMIT$\n`, 'm'), ''), saved);
}

const TABLES = ['filter', 'nat', 'mangle', 'raw', 'security'];
/** Family → tables of iptables, ip6tables, arptables, ebtables. */
const OF_IPTABLES: Readonly<Record<string, readonly string[]>> = {
  ip: TABLES,
  ip6: TABLES,
  arp: ['filter'],
  bridge: ['filter', 'nat', 'broute'],
};
