// guards/uplink-prefix.ts — a network whose own address is the host's, with another prefix than the host has given it:
// what else the host reaches by then.
import type { Guard } from '../core/resource.ts';
import { addressText, isAddress } from '../kinds/address/model.ts';
import { bitsOf, ipOf } from '../net/ip.ts';
import { said } from '../uplinks/finding.ts';
import type { Circumstances } from './circumstances.ts';
import { changesOf, networkOf, partsOf, wordsOf } from './on-link.ts';

/**
 * On the bridge the address has the network's prefix: guests are told that one. `borrowed`: what has the host's own
 * again changes nothing for anybody.
 */
export function uplinkPrefix({ borrowed }: Pick<Circumstances, 'borrowed'>): Guard {
  return function* (_plan, observed, wanted) {
    for (const change of changesOf(observed, wanted.state)) {
      const { own, links } = change;
      const was = [...observed.values()]
        .filter(isAddress)
        .find((one) => one.missing !== true && links.includes(one.link) && ipOf(one.cidr) === ipOf(own.cidr));
      if (
        own.movedFrom === undefined ||
        was === undefined ||
        addressText(was) === addressText(own) ||
        borrowed?.has(`address ${own.movedFrom} ${own.cidr}`) === true
      )
        continue;
      const parts = partsOf(networkOf(was), change);
      const lost = parts.filter(({ before, after }) => before !== undefined && after === undefined);
      const gained = partsOf(networkOf(own), change).filter(
        ({ before, after }) => before === undefined && after !== undefined,
      );
      const others = parts.filter(
        ({ before, after }) => before === ipOf(own.cidr) && after !== undefined && after !== before,
      );
      const what = [
        ...(lost.length === 0 ? [] : [`has no route of its own to ${wordsOf(lost)} any more`]),
        ...(gained.length === 0 ? [] : [`looks for ${wordsOf(gained)} there, and no longer by its router`]),
        ...others.map((part) => `speaks to ${wordsOf([part])} from ${part.after ?? ''}`),
      ];
      const ref = `address ${own.link} ${addressText(own)}` as const;
      const at = (wanted.because.get(ref) ?? []).slice(0, 1);
      const prefix =
        bitsOf(networkOf(was)) < 31 && was.peer === undefined
          ? `give the network the host's own prefix (\`cidr: ${networkOf(was)}\`), or`
          : 'give the network';
      if (what.length > 0)
        yield {
          ...said(
            'uplink-prefix',
            `the host's ${addressText(was)} on ${was.link} becomes ${addressText(own)} on ${own.link}, as the network's cidr says: the host ${what.join('; ')}`,
            `${prefix} another address of its own: \`dhcp: { server: … }\``,
          ),
          at,
        };
    }
  };
}
