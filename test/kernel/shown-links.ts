// test/kernel/shown-links.ts — the devices of a host and their addresses, as `ip -j -d addr show` says them, in lines
// to compare.

interface Shown {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly group: string;
  readonly address?: string;
  readonly master?: string;
  readonly ifalias?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
    readonly info_slave_data?: Readonly<Record<string, unknown>>;
  };
  readonly addr_info: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Devices by name, each followed by its addresses in their order. The kernel's own choices (MACs of taps, link-local
 * addresses) are left out.
 */
export function linesOf(text: string): readonly string[] {
  const links = JSON.parse(text) as readonly Shown[];
  return links
    .toSorted((a, b) => (a.ifname < b.ifname ? -1 : 1))
    .flatMap((link) => {
      const { info_kind: kind = '', info_data: own, info_slave_data: slave } = link.linkinfo ?? {};
      const chosen = link.group === '117' && kind !== 'bridge';
      const said = [
        link.ifname,
        kind,
        ...link.flags.filter((flag) => /^(UP|PROMISC|MULTICAST)$/.test(flag)),
        `mtu ${link.mtu}`,
        `group ${link.group}`,
        ...(chosen ? [] : [link.address ?? '']),
        ...(link.master === undefined ? [] : [`in ${link.master}`]),
        ...(link.ifalias === undefined ? [] : [`alias ${link.ifalias}`]),
        ...['forward_delay', 'stp_state', 'nf_call_iptables', 'hairpin'].flatMap((name) =>
          own?.[name] === undefined && slave?.[name] === undefined
            ? []
            : [`${name} ${String(own?.[name] ?? slave?.[name])}`],
        ),
      ];
      const addresses = link.addr_info
        .filter(({ scope }) => scope !== 'link')
        .map(({ valid_life_time: _v, preferred_life_time: _p, tentative: _t, ...rest }) => `  ${JSON.stringify(rest)}`);
      return [said.filter((word) => word !== '').join(' '), ...addresses];
    });
}
