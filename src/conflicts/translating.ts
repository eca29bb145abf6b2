// conflicts/translating.ts — rules of others that translate what the host forwards, as those of Docker, libvirt and
// WireGuard: they need a host that forwards.
import type { HostReader } from '../core/resource.ts';
import { savedRules, IPTABLES_TABLES } from '../iptables/read.ts';
import { commentOf, targetOf, wordsOf } from '../iptables/rule-text.ts';
import { CHAIN_PREFIX, TAG_PREFIX } from '../core/marks.ts';
import { attempt, READ_RULESET } from '../iptables/nft-reads.ts';

const TRANSLATES = new Set(['MASQUERADE', 'SNAT', 'DNAT', 'NETMAP']);

/** As `iptables-save` and `nft list ruleset` print them. */
export async function translatingRules(host: HostReader): Promise<readonly string[]> {
  const [saved, listed] = await Promise.all([savedRules(host), attempt(host, READ_RULESET)]);
  return [...inIptables(saved), ...inNft(listed)];
}

/** Of a rule, not `ct status dnat`. */
const STATEMENT = /^\t\t.*(\bmasquerade\b|(?<!status )\b[sd]nat (ip )?(prefix )?to\b)/;

function inIptables(saved: string): readonly string[] {
  const nat = /^\*nat\n(.*?)^COMMIT$/ms.exec(saved)?.[1] ?? '';
  return nat.split('\n').filter((line) => {
    const words = wordsOf(line);
    const isOurs = line.startsWith(`-A ${CHAIN_PREFIX}`) || commentOf(words)?.startsWith(TAG_PREFIX) === true;
    return line.startsWith('-A ') && !isOurs && TRANSLATES.has(targetOf(words) ?? '');
  });
}

/** What iptables has in its tables it says itself. Rules of IPv6 need another setting. */
function inNft(listed: string): readonly string[] {
  let table = '';
  return listed
    .replaceAll(/ # handle \d+$/gm, '')
    .split('\n')
    .flatMap((line) => {
      table = /^table (\S+ \S+) \{$/.exec(line)?.[1] ?? table;
      const [family = '', name = ''] = table.split(' ');
      const isOurs = name.startsWith(CHAIN_PREFIX);
      const isJudged = !isOurs && (family === 'inet' || (family === 'ip' && !IPTABLES_TABLES.includes(name)));
      return isJudged && STATEMENT.test(line) ? [`table ${table}: ${line.trim()}`] : [];
    });
}
