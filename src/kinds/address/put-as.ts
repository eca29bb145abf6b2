// kinds/address/put-as.ts — borrowed addresses that are networks' own on their bridges, with the network's prefix: what
// of them is netctl's doing.
import type { State } from '../../core/resource.ts';
import { ipOf } from '../../net/ip.ts';
import { isAddress } from './model.ts';
import type { Address } from './model.ts';

/** What is wanted by none any more is as it was put the last time. */
export function withPutAs(borrowed: State, wanted: State): State {
  const own = [...wanted.values()]
    .filter(isAddress)
    .filter(({ first, movedFrom }) => first === true && movedFrom !== undefined);
  return own.length === 0
    ? borrowed
    : new Map(
        [...borrowed].map(([ref, one]) => {
          const put = isAddress(one)
            ? own.find(({ cidr, movedFrom }) => movedFrom === one.link && ipOf(cidr) === ipOf(one.cidr))
            : undefined;
          return put === undefined || !isAddress(one) ? [ref, one] : [ref, putAs(one, put)];
        }),
      );
}

function putAs({ putAs: _put, ...borrowed }: Address, { cidr, metric, noPrefixRoute, deprecated }: Address): Address {
  const isSame =
    cidr === borrowed.cidr &&
    metric === borrowed.metric &&
    noPrefixRoute === borrowed.noPrefixRoute &&
    deprecated === borrowed.deprecated;
  return isSame
    ? borrowed
    : {
        ...borrowed,
        putAs: {
          cidr,
          ...(metric === undefined ? {} : { metric }),
          ...(noPrefixRoute ? { noPrefixRoute } : {}),
          ...(deprecated ? { deprecated } : {}),
        },
      };
}
