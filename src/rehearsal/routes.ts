// rehearsal/routes.ts — routes and routing rules as `ip` prints them, in the words in which it rolls them back.

/**
 * By `ip -N -o route show table all`. Those that the kernel makes with addresses come by themselves; what needs no
 * gateway comes first.
 */
export function routeLines(text: string): readonly string[] {
  const routes = text.split('\n').flatMap((line) => {
    const words = withoutState(
      line
        .replaceAll('\\', ' ')
        .split(/\s+/)
        .filter((word) => word !== ''),
    );
    const [table, protocol] = [words[words.indexOf('table') + 1], words[words.indexOf('proto') + 1]];
    const isKernels = (words.includes('table') && table === LOCAL) || (words.includes('proto') && protocol === KERNEL);
    return words.length === 0 || isKernels ? [] : [`route add ${withType(words).join(' ')}`];
  });
  const near = routes.filter((line) => !/ (via|nexthop) /.test(line));
  return [...near, ...routes.filter((line) => !near.includes(line))];
}

const [LOCAL, KERNEL] = ['255', '2'];
/** What a route is at the moment, and not what it was told to be. */
const STATE: readonly string[] = ['linkdown', 'dead', 'offload', 'trap', 'rt_offload', 'rt_trap', 'offload_failed'];
const STATE_WITH_VALUE: readonly string[] = ['expires', 'error', 'nhid', 'users', 'age'];

function withoutState(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, i) =>
      !STATE.includes(word) && !STATE_WITH_VALUE.includes(word) && !STATE_WITH_VALUE.includes(words[i - 1] ?? ''),
  );
}

/** With `-N` their type is a number too. */
const TYPES: Readonly<Record<string, string>> = {
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
};

function withType([first = '', ...rest]: readonly string[]): readonly string[] {
  return [TYPES[first] ?? first, ...rest];
}

/** By `ip -N -o rule show`. Without those that every namespace is born with. */
export function ruleLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, preference, rule = ''] = /^(\d+):\s+(.*?)\s*$/.exec(line) ?? [];
    if (preference === undefined || BORN.includes(`${preference} ${rule}`)) return [];
    const words = rule.replaceAll(/\s*\[(?:detached|unresolved)\]/g, '').split(' ');
    const last = words.at(-1) ?? '';
    // One that looks nothing up ends with what it does.
    const action = words.includes('lookup') || words.includes('goto') ? last : (TYPES[last] ?? last);
    return [`rule add pref ${preference} ${[...words.slice(0, -1), action].join(' ')}`];
  });
}

const BORN: readonly string[] = ['0 from all lookup 255', '32766 from all lookup 254', '32767 from all lookup 253'];
