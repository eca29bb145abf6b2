// guards/uplink-source-address.ts — a network that is the one which its uplink is in, or a part of it, and in which
// netctl has another address than the host: from that one the host speaks to its neighbours.
import type { Guard } from '../core/resource.ts';
import { addressText } from '../kinds/address/model.ts';
import { ipOf } from '../net/ip.ts';
import { said } from '../uplinks/finding.ts';
import { changesOf, networkOf, partsOf, wordsOf } from './on-link.ts';

/**
 * netctl's own address is the first, and the kernel's route to the network has it as source: dnsmasq leaves the source
 * of its answers to the kernel, and a guest whose client or firewall takes them from the server alone would renew no
 * lease.
 */
export const uplinkSourceAddress: Guard = function* (_plan, observed, wanted) {
  for (const change of changesOf(observed, wanted.state)) {
    const { own } = change;
    const now = ipOf(own.cidr);
    const parts = partsOf(networkOf(own), change).filter(
      ({ before, after }) => before !== undefined && after === now && before !== now,
    );
    const because = (wanted.because.get(`address ${own.link} ${addressText(own)}`) ?? []).slice(0, 1);
    for (const then of new Set(parts.flatMap(({ before }) => before ?? []))) {
      yield {
        ...said(
          'uplink-source-address',
          `connections that the host begins to ${wordsOf(parts.filter(({ before }) => before === then))} will come from ${now}, netctl's address on ${own.link}, and come from ${then} now: whoever tells this host by its address (NFS exports, access lists, firewalls of servers there) is to know ${now}, too`,
          because[0]?.at(-1) === 'gateway'
            ? `\`gateway: ${then}\`, and it stays as it is`
            : `\`dhcp: { server: ${then} }\`, and it stays as it is: the network has no address of its own`,
        ),
        at: because,
      };
    }
  }
};
