// test/walk/host.ts — the host in memory on which any spec of the walk can be: two uplinks that carry something, three
// guests' namespaces.
import { translatedIn } from '../../src/kinds/chain/iptables/translated.ts';
import type { FakeHost } from '../fake-host/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import type { Chance } from './chance.ts';

export interface WalkHost {
  readonly host: FakeHost;
  /**
   * Guests that know their MAC ask for their addresses; says who got none, or another than the file of the host names.
   */
  readonly misled: () => readonly string[];
  /** Who is outside connects to every floating address; says which connections lead where none of the rules leads. */
  readonly astray: () => readonly string[];
  /** Somebody breaks something of ours; says what. */
  readonly breakSomething: (chance: Chance) => string;
  /** All that netctl could have changed, as text. */
  readonly snapshot: () => string;
}

export function walkHost(): WalkHost {
  const whole = createWhole({ interfaces: ['eth1', 'eth2', 'lv-db'], namespaces: ['g1', 'g2', 'g3'] });
  const { host, ip, iptables, ebtables, sysctl } = whole;
  ip.do(
    'address add 203.0.113.11/24 brd 203.0.113.255 dev eth1',
    'address add 203.0.113.12/24 brd 203.0.113.255 dev eth1',
    'address add 2001:db8::11/64 dev eth1 nodad',
    'route add default via 203.0.113.1 dev eth1',
    'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50',
    'address add 198.51.100.11/24 brd 198.51.100.255 dev eth2',
    'neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent dev eth1',
    'neigh add proxy 203.0.113.77 dev eth1',
    'route add 203.0.113.0/24 dev eth1 src 203.0.113.11 table 100',
    'route add default via 203.0.113.1 dev eth1 table 100 mtu 1400',
  );
  iptables.load(
    '*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -m comment --comment "netctl:1a2b3c4d not ours" -j RETURN\nCOMMIT\n',
  );
  // A hypervisor's, against spoofing.
  ebtables.load(
    '*nat\n:libvirt-I-lv-db ACCEPT\n-A PREROUTING -i lv-db -j libvirt-I-lv-db\n-A libvirt-I-lv-db -p IPv4 --ip-src 10.0.1.99 -j DROP\n',
  );
  const settings = (): string => [...sysctl.values].map(([name, value]) => `${name} = ${value}`).join('\n');
  return {
    host,
    misled: () => misled(whole),
    astray: () => astray(whole),
    breakSomething: (chance) => breakSomething(whole, chance),
    snapshot: () =>
      [ip.snapshot(), ofUsed(iptables.text()), ebtables.text(), settings(), host.daemons.text(), host.disk.text()].join(
        '\n--\n',
      ),
  };
}

function misled({ host, dnsmasq }: Whole): readonly string[] {
  return [...host.disk.below('/var/lib/netctl/networks')]
    .filter(([path]) => path.endsWith('/hosts'))
    .flatMap(([path, text]) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .flatMap((line) => {
          const [mac = '', ...fields] = line.split(',');
          const got = dnsmasq.askReader(path, mac);
          return got !== undefined && fields.includes(got)
            ? []
            : [`${mac} got ${got ?? 'nothing'}, not what ${path} names`];
        }),
    );
}

function astray({ iptables, conntrack }: Whole): readonly string[] {
  const pairs = translatedIn(iptables.text(), 'destination').map(({ address, to }) => `${address} ${to}`);
  const lost = conntrack.connections
    .map(({ to, answers }) => `${to} ${answers}`)
    .filter((pair) => !pairs.includes(pair));
  conntrack.connections = pairs
    .map((pair) => pair.split(' '))
    .map(([to = '', answers = '']) => ({ from: '192.0.2.7', to, answers, answered: '192.0.2.7' }));
  return lost;
}

function breakSomething({ host, ip, iptables, ebtables, sysctl }: Whole, chance: Chance): string {
  const devices = [...ip.kernel.namespace('').devices.values()].filter(({ group }) => group === '117');
  const device = devices.length === 0 ? undefined : chance.of(devices);
  const file = ['networks', 'guests']
    .flatMap((room) => [...host.disk.below(`/var/lib/netctl/${room}`).keys()])
    .at(chance.below(20));
  const daemon = host.daemons.having('--pid-file=/run/netctl/').at(chance.below(4));
  // One of several that came along would stay away: somebody has removed it.
  const all = device?.addresses.all() ?? [];
  const address =
    all.find(({ metric }) => metric === 117) ??
    (all.filter(({ scope }) => scope !== 'link').length === 1 ? all[0] : undefined);
  const [what, breaks] = chance.of<readonly [string, () => void]>([
    ['nothing', () => undefined],
    ...(device === undefined
      ? []
      : [
          [
            `link del ${device.name}`,
            () => {
              ip.do(`link del dev ${device.name}`);
            },
          ] as const,
          [
            `link set ${device.name} down`,
            () => {
              ip.do(`link set dev ${device.name} down`);
            },
          ] as const,
          ...(device.vlan === undefined
            ? []
            : [
                [
                  `another id for ${device.name}`,
                  () => {
                    ip.do(
                      `link del dev ${device.name}`,
                      `link add link ${device.vlan?.parent.name === 'eth1' ? 'eth2' : 'eth1'} name ${device.name} group 117 type vlan id 999`,
                    );
                  },
                ] as const,
              ]),
          [
            `link set ${device.name} mtu`,
            () => {
              ip.do(`link set dev ${device.name} mtu 1280`);
            },
          ] as const,
        ]),
    ...(device === undefined || address === undefined || address.scope === 'link'
      ? []
      : [
          [
            `address del ${address.cidr}`,
            () => {
              ip.do(`address del ${address.cidr} dev ${device.name}`);
            },
          ] as const,
        ]),
    ...(file === undefined
      ? []
      : [
          [
            `rm ${file}`,
            () => {
              host.disk.remove(file);
            },
          ] as const,
        ]),
    ...(daemon === undefined
      ? []
      : [
          [
            `kill ${daemon.argv.join(' ')}`,
            () => {
              host.daemons.kill(daemon.pid);
            },
          ] as const,
        ]),
    ...(iptables.text().includes('-A FORWARD -m comment')
      ? [
          [
            'iptables -F netctl-FORWARD',
            () => {
              iptables.load('*filter\n-F netctl-FORWARD\nCOMMIT\n');
            },
          ] as const,
        ]
      : []),
    ...(ebtables.text().includes('-A PREROUTING -j netctl-PREROUTING')
      ? [
          [
            'ebtables -F netctl-PREROUTING',
            () => {
              ebtables.load('*nat\n-F netctl-PREROUTING\n');
            },
          ] as const,
          [
            'ebtables -D PREROUTING',
            () => {
              ebtables.load('*nat\n-D PREROUTING -j netctl-PREROUTING\n');
            },
          ] as const,
          [
            'ebtables -I PREROUTING',
            () => {
              ebtables.load('*nat\n-I PREROUTING 1 -j netctl-PREROUTING\n');
            },
          ] as const,
        ]
      : []),
    [
      'ip_forward=0',
      () => {
        sysctl.run({ argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'] });
      },
    ],
  ]);
  breaks();
  return what;
}

/** Tables in which there is something: the kernel keeps an empty one once it was used. */
function ofUsed(saved: string): string {
  return saved
    .split(/(?<=^COMMIT\n)/m)
    .filter((table) => /^-A|^:\S+ (?!ACCEPT)/m.test(table))
    .join('');
}
