// iproute2/route-lines.ts — routes of all tables and both families with every attribute. Text, because `ip -j` leaves
// out locks and prints `dst` twice for an encapsulated one.
import { defaultMetric } from './routes.ts';
import type { RouteRecord } from './routes.ts';

/**
 * In numbers: the name of protocol 117 depends on a file of the host's. With details, so that every line begins with
 * its type and says its table.
 */
export const READ_ALL_ROUTES: readonly string[] = ['ip', '-d', '-N', '-o', 'route', 'show', 'table', 'all'];

/** Reads what `READ_ALL_ROUTES` prints. */
export function parseRouteLines(text: string): readonly RouteRecord[] {
  // What is indented tells more of the next-hop object of the line before.
  return text.split('\n').flatMap((line) => (/^\d/.test(line) ? [routeIn(line)] : []));
}

const MAIN = '254';

/** RTN_UNICAST and its kin, as `ip -N` prints them and `ip` takes them. */
const TYPES: Readonly<Record<string, string>> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
  10: 'nat',
};

/** What a route is at the moment, not what it was told to be. */
const STATE: ReadonlySet<string> = new Set([
  'dead',
  'linkdown',
  'offload',
  'trap',
  'rt_offload',
  'rt_trap',
  'offload_failed',
  'rt_offload_failed',
  'unresolved',
  'notify',
]);
const STATE_WITH_VALUE: ReadonlySet<string> = new Set(['error', 'users', 'age']);

/** What `ip route` takes as it prints it, each with a value that may be locked. */
const METRICS: ReadonlySet<string> = new Set([
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'quickack',
  'congctl',
  'fastopen_no_cookie',
]);
const ATTRIBUTES: ReadonlySet<string> = new Set(['realm', 'realms', 'ttl-propagate']);
const FEATURES: ReadonlySet<string> = new Set(['ecn', 'tcp_usec_ts']);

interface Found {
  via?: string;
  link?: string;
  table?: string;
  protocol?: string;
  scope?: string;
  source?: string;
  metric?: number;
  tos?: string;
  onlink?: boolean;
  expires?: number;
  readonly attributes: string[];
  readonly unsayable: string[];
}

function routeIn(line: string): RouteRecord {
  const [head = '', ...rest] = line.split('\\\t');
  const [type = '', to = '', ...words] = wordsIn(head);
  const found = readWords(words);
  const hops = rest.filter((part) => part.startsWith('nexthop')).map((part) => readWords(wordsIn(part).slice(1)));
  const family =
    [to, found.via, found.source].some((word) => word?.includes(':') && !word.startsWith('inet6 ')) ||
    words.includes('pref')
      ? 6
      : 4;
  const {
    via,
    link,
    table,
    protocol = '3',
    scope,
    source,
    metric = defaultMetric(family),
    tos,
    onlink = false,
    expires,
    attributes,
    unsayable,
  } = found;
  const said = attributes.filter((each) => each !== 'pref medium').join(' ');
  return {
    family,
    to,
    metric,
    protocol,
    onlink,
    ...(via === undefined ? {} : { via }),
    ...(link === undefined ? {} : { link }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined || family === 6 || (scope === '0' && via !== undefined) ? {} : { scope }),
    hops: hops.map((hop) => ({ link: hop.link ?? '', ...(hop.via === undefined ? {} : { via: hop.via }) })),
    ...(table === undefined || table === MAIN ? {} : { table }),
    ...(type === '1' ? {} : { type: TYPES[type] ?? type }),
    ...(tos === undefined ? {} : { tos }),
    ...(said === '' ? {} : { attributes: said }),
    ...(expires === undefined ? {} : { expires }),
    ...(unsayable.length === 0 ? {} : { unsayable }),
  };
}

/**
 * Of a route in the words of `ip route` (`default via 203.0.113.1 dev eth1 table 254`): those that netctl does not
 * know, or cannot say again.
 */
export function unknownWords(words: string): readonly string[] {
  const [first = '', ...rest] = wordsIn(words);
  const types = Object.values(TYPES);
  return readWords(types.includes(first) ? rest.slice(1) : rest).unsayable;
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function readWords(all: readonly string[]): Found {
  const found: Found = { attributes: [], unsayable: [] };
  const words = [...all];
  const next = (): string => words.shift() ?? '';
  while (words.length > 0) {
    const word = next();
    if (METRICS.has(word)) found.attributes.push([word, ...(words[0] === 'lock' ? [next()] : []), next()].join(' '));
    else if (ATTRIBUTES.has(word)) found.attributes.push(`${word} ${next()}`);
    else if (STATE_WITH_VALUE.has(word)) next();
    else if (!STATE.has(word)) readWord(word, next, words, found);
  }
  return found;
}

function readWord(word: string, next: () => string, words: string[], found: Found): void {
  switch (word) {
    case 'via':
      found.via = words[0] === 'inet6' || words[0] === 'inet' ? `${next()} ${next()}` : next();
      break;
    case 'dev':
      found.link = next();
      break;
    case 'table':
      found.table = next();
      break;
    case 'proto':
      found.protocol = next();
      break;
    case 'scope':
      found.scope = next();
      break;
    case 'src':
      found.source = next();
      break;
    case 'metric':
      found.metric = Number(next());
      break;
    case 'tos':
      found.tos = next();
      break;
    case 'weight':
      next();
      break;
    case 'onlink':
      found.onlink = true;
      break;
    case 'expires':
      found.expires = Number.parseInt(next(), 10);
      break;
    case 'pref':
      found.attributes.push(`pref ${next()}`);
      break;
    // Always locked, and said without it.
    case 'rto_min':
      found.attributes.push(`rto_min ${words[0] === 'lock' ? (next(), next()) : next()}`);
      break;
    case 'features': {
      const names: string[] = [];
      while (FEATURES.has(words[0] ?? '')) names.push(next());
      found.attributes.push(`features ${names.join(' ')}`);
      break;
    }
    // What follows is the encapsulation's own, up to the next hop.
    case 'encap':
      while (words.length > 0 && !['via', 'dev'].includes(words[0] ?? '')) next();
      found.unsayable.push(word);
      break;
    case 'nhid':
    case 'from':
      found.unsayable.push(word);
      next();
      break;
    default:
      found.unsayable.push(word);
  }
}
