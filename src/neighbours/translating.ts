// neighbours/translating.ts — rules of others that translate what the host forwards, as those of Docker, libvirt and WireGuard: they need a host that forwards.
import type { HostReader } from '../core/resource.ts';
import { savedRules } from '../iptables/read.ts';
import { commentOf, targetOf, wordsOf } from '../iptables/words.ts';
import { CHAIN_PREFIX, TAG_PREFIX } from '../kinds/ours.ts';
import { attempt } from './reads.ts';

const TRANSLATES = new Set(['MASQUERADE', 'SNAT', 'DNAT', 'NETMAP']);

/** As `iptables-save` and `nft list ruleset` print them. */
export async function translatingRules(host: HostReader): Promise<readonly string[]> {
  const [saved, listed] = await Promise.all([savedRules(host), attempt(host, ['nft', 'list', 'ruleset'])]);
  return [...inIptables(saved), ...inNft(listed)];
}

function inIptables(saved: string): readonly string[] {
  const nat = /^\*nat\n(.*?)^COMMIT$/ms.exec(saved)?.[1] ?? '';
  return nat.split('\n').filter((line) => {
    const words = wordsOf(line);
    const isOurs = line.startsWith(`-A ${CHAIN_PREFIX}`) || commentOf(words)?.startsWith(TAG_PREFIX) === true;
    return line.startsWith('-A ') && !isOurs && TRANSLATES.has(targetOf(words) ?? '');
  });
}

/** Table nat of the family ip is that of iptables. Rules of IPv6 need another setting. */
function inNft(listed: string): readonly string[] {
  let table = '';
  return listed.split('\n').flatMap((line) => {
    table = /^table (\S+ \S+) \{$/.exec(line)?.[1] ?? table;
    const isJudged = /^(ip|inet) /.test(table) && table !== 'ip nat';
    return isJudged && /^\t\t.*\b(masquerade|[sd]nat)\b/.test(line) && !/^\t\ttype /.test(line) ? [`table ${table}: ${line.trim()}`] : [];
  });
}
