// uplinks/barred.ts — gateways of an interface that the host's policy rules shut off: the kernel asks these, too,
// before it takes a route.
import { recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { contains, parseIp, toNumber } from '../net/ip.ts';
import { followed } from '../iproute2/ways.ts';
import type { LookUp } from '../iproute2/ways.ts';
import { LOCAL, MAIN, parsePolicies } from '../iproute2/policy.ts';
import type { SeenRoute } from './routes.ts';

/** The kernel's numbers of blackhole, unreachable and prohibit. */
const NOWHERE: readonly string[] = ['6', '7', '8'];

/**
 * By gateway: the rule that shuts it off. What was there before the rule stays; once taken away, it does not come back.
 * IPv4's.
 */
export function barredOn(name: string, routes: readonly SeenRoute[], rules: string): Readonly<Record<string, string>> {
  const policies = parsePolicies(rules);
  const own = routes.filter(({ fields }) => fields['dev'] === name && !textsOf(fields, 'flags').includes('onlink'));
  const gateways = new Set(own.flatMap(({ fields }) => parseIp(textOf(fields, 'gateway') ?? '', 4) ?? []));
  return Object.fromEntries(
    [...gateways].flatMap((gateway) => {
      const asked = { first: toNumber(gateway), last: toNumber(gateway) };
      // That a table has no way by the interface is no answer, nor is one that leads nowhere: the kernel asks on.
      const lookUp: LookUp = (_by, { table, suppress }, met) => {
        const near = routes
          .filter(({ fields }) => (textOf(fields, 'table') ?? MAIN) === table && isTo(fields, gateway, name))
          .toSorted((a, b) => lengthOf(b.fields) - lengthOf(a.fields));
        const [first] = near;
        if (table === LOCAL || first === undefined || lengthOf(first.fields) <= suppress)
          return { passed: met, found: [] };
        return { passed: NOWHERE.includes(textOf(first.fields, 'type') ?? '') ? met : [], found: [] };
      };
      const [found] = followed(policies, { source: 0, isOwn: true }, [asked], lookUp);
      return found === undefined ? [] : [[gateway, found.by.words] as const];
    }),
  );
}

function isTo(route: Fields, gateway: string, name: string): boolean {
  const to = textOf(route, 'dst') ?? '';
  const leads =
    route['dev'] === name ||
    recordsOf(route, 'nexthops').some(({ dev }) => dev === name) ||
    NOWHERE.includes(textOf(route, 'type') ?? '');
  return leads && (to === 'default' || to === gateway || contains(to, gateway));
}

function lengthOf(route: Fields): number {
  const to = textOf(route, 'dst') ?? '';
  return to === 'default' ? 0 : Number(to.split('/')[1] ?? 32);
}
