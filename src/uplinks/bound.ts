// uplinks/bound.ts — programs and IPsec policies that are bound to an interface by its name: once it is a port, nothing
// comes or goes by it any more.
import type { HostReader } from '../core/resource.ts';
import { readRecords, recordsOf, textOf } from '../iproute2/fields.ts';
import { READ_JOINS } from './read.ts';

export interface Bound {
  readonly link: string;
  /** `socket tcp 0.0.0.0:22`, `multicast group 224.0.0.251`, `IPsec policy src 10.0.0.0/8 dst 192.0.2.0/24 dir out`. */
  readonly what: string;
}

const READ_POLICIES: readonly string[] = ['ip', 'xfrm', 'policy', 'show'];
/** Those that wait for somebody. */
const READ_SOCKETS: readonly string[] = ['ss', '-Hntuwl'];

/** `attempt`: reads, or gives nothing where a tool is missing or the kernel has no such thing. */
export async function readBound(attempt: HostReader['read']): Promise<readonly Bound[]> {
  const [policies, sockets, joins] = await Promise.all([
    attempt(READ_POLICIES),
    attempt(READ_SOCKETS),
    attempt(READ_JOINS),
  ]);
  return [...policiesIn(policies), ...socketsIn(sockets), ...groupsIn(joins)];
}

/** Of what `ip xfrm policy show` prints: a line for whom, indented ones for what. */
export function policiesIn(text: string): readonly Bound[] {
  return text.split(/\n(?=\S)/).flatMap((block) => {
    const [, before = '', link, after = ''] = /^(src \S+ dst \S+.*?) dev (\S+)(.*)/.exec(block) ?? [];
    const direction = /^\s+(dir \S+)/m.exec(block)?.[1] ?? '';
    return link === undefined
      ? []
      : [{ link, what: `IPsec policy ${[before, after.trim(), direction].filter((word) => word !== '').join(' ')}` }];
  });
}

/** Of what `ss` prints: `tcp LISTEN 0 128 0.0.0.0%eth1:22 0.0.0.0:*`. */
export function socketsIn(text: string): readonly Bound[] {
  return text.split('\n').flatMap((line) => {
    const [protocol = '', , , , local = ''] = line.trim().split(/\s+/);
    const [, address = '', link, port = ''] = /^(.*)%([^%\s\]]+?)\]?:([^:]+)$/.exec(local) ?? [];
    return link === undefined
      ? []
      : [
          {
            link,
            what: `socket ${protocol} ${address}${address.startsWith('[') && !address.endsWith(']') ? ']' : ''}:${port}`,
          },
        ];
  });
}

/**
 * Groups that the kernel joins by itself: all hosts, all routers, and by each IPv6 address (RFC 4291, section 2.7.1).
 */
const OF_KERNEL = /^(224\.0\.0\.[12]|ff0[125]::[12]|ff02::1:ff[0-9a-f:]+|ff02::6a|224\.0\.0\.106)$/;

function groupsIn(text: string): readonly Bound[] {
  return readRecords(text).flatMap((record) => {
    const link = textOf(record, 'ifname') ?? '';
    const groups = recordsOf(record, 'maddr').flatMap((join) => textOf(join, 'address') ?? []);
    return groups
      .filter((group) => !OF_KERNEL.test(group))
      .map((group) => ({ link, what: `multicast group ${group}` }));
  });
}
