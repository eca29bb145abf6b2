// bench/specs.ts — the host that is measured: so many instances, each with one tap and a floating address, on networks
// of 250.

const PER_NETWORK = 250;

/** An instance beside the many: what is added, changed and removed. */
export interface Extra {
  readonly address: string;
}

/** The spec of a host with `count` instances, and perhaps one more on the first network. */
export function specOf(count: number, extra?: Extra): string {
  const networks = Array.from(
    { length: Math.ceil(count / PER_NETWORK) },
    (_, i) => `  n${i}:
    mode: flat-dhcp
    bridge: br-${i}
    interface: null
    cidr: 10.20.${i}.0/24
`,
  );
  const instances = Array.from(
    { length: count },
    (_, i) => `  vm-${String(i).padStart(4, '0')}:
    nics:
      - network: n${Math.floor(i / PER_NETWORK)}
        floating: [{ pool: public }]
`,
  );
  const more =
    extra === undefined
      ? ''
      : `  extra:
    nics:
      - network: n0
        address: ${extra.address}
        mac: 02:00:00:00:00:01
        floating: [198.18.31.200]
`;
  return `apiVersion: netctl/v1
hosts:
  h1:
    publicInterface: eth1
pools:
  public:
    ranges: [198.18.0.0/19]
networks:
${networks.join('')}instances:
${instances.join('')}${more}`;
}
