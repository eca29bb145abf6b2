// test/walk/host.ts — the host in memory on which any spec of the walk can be: two uplinks that carry something, three guests' namespaces.
import type { Dnsmasq } from '../fake-host/dnsmasq.ts';
import type { FakeHost } from '../fake-host/index.ts';
import { createWhole } from '../fake-host/whole.ts';

export interface WalkHost {
  readonly host: FakeHost;
  /** Guests that know their MAC ask for their addresses; says who got another than the file of the host names. */
  readonly misled: () => readonly string[];
  /** All that netctl could have changed, as text. */
  readonly snapshot: () => string;
}

export function walkHost(): WalkHost {
  const { host, ip, iptables, sysctl, dnsmasq } = createWhole({ interfaces: ['eth1', 'eth2', 'vnet0'], namespaces: ['g1', 'g2', 'g3'] });
  ip.do(
    'address add 203.0.113.11/24 brd 203.0.113.255 dev eth1', 'address add 203.0.113.12/24 brd 203.0.113.255 dev eth1', 'address add 2001:db8::11/64 dev eth1 nodad',
    'route add default via 203.0.113.1 dev eth1', 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50',
    'address add 198.51.100.11/24 brd 198.51.100.255 dev eth2',
  );
  iptables.load('*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -m comment --comment "netctl:1a2b3c4d not ours" -j RETURN\nCOMMIT\n');
  const settings = (): string => [...sysctl.values].map(([name, value]) => `${name} = ${value}`).join('\n');
  return { host, misled: () => [...host.disk.below('/var/lib/netctl/networks')].flatMap(([path, text]) => (path.endsWith('/hosts') ? misledBy(path, text, dnsmasq) : [])), snapshot: () => [ip.snapshot(), ofUsed(iptables.text()), settings(), host.daemons.text(), host.disk.text()].join('\n--\n') };
}

function misledBy(path: string, text: string, dnsmasq: Dnsmasq): readonly string[] {
  const link = `br-${path.split('/').at(-2) ?? ''}`;
  return text.split('\n').filter((line) => line !== '').flatMap((line) => {
    const [mac = '', ...fields] = line.split(',');
    const got = dnsmasq.ask(link, mac);
    return got === undefined || fields.includes(got) ? [] : [`${mac} got ${got} on ${link}`];
  });
}

/** Tables in which there is something: the kernel keeps an empty one once it was used. */
function ofUsed(saved: string): string {
  return saved.split(/(?<=^COMMIT\n)/m).filter((table) => /^-A|^:\S+ (?!ACCEPT)/m.test(table)).join('');
}
