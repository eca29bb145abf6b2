// conflicts/firewall-fix.ts — the commands that let netctl's packets pass a firewall: its own way where it has one,
// else a rule before all others.
import { shellWord } from '../core/shell.ts';
import type { Cidr } from '../net/ip.ts';
import { serverOf } from './required-traffic.ts';
import type { RequiredTraffic } from './required-traffic.ts';
import type { Stop } from './walk.ts';

/** What is to be let through for a network. */
interface Opening {
  readonly bridge: string;
  /** Who is asked upstream. */
  readonly server?: string;
  readonly cidr: Cidr<4>;
  /**
   * What comes from its guests, what goes to them, what stays on the bridge; what they ask the host, and what it
   * answers.
   */
  readonly of:
    'from' | 'to' | 'over' | 'asks' | 'answers' | 'arp-asks' | 'arp-answers' | 'upstream' | 'upstream-answer';
  /** Of what is asked and answered: `udp 67`. */
  readonly ports: readonly (readonly [protocol: string, port: number])[];
}

/** At these priorities destinations and sources are translated. */
const [DSTNAT, SRCNAT] = [-100, 100];

/** Undefined: no one command does it without letting in more than netctl needs. */
export function fixOf(stop: Stop, needs: readonly RequiredTraffic[], owners: readonly string[]): string | undefined {
  const { table, base } = stop;
  const hook = base.base?.hook;
  const openings = openingsOf(needs, hook === 'prerouting' && (base.base?.priority ?? 0) < DSTNAT);
  // Where a packet from outside goes is not known yet.
  if ((hook === 'prerouting' || hook === 'ingress') && openings.some(({ of }) => of === 'to')) return undefined;
  // Nor where it came from, when it is translated.
  if (
    (hook === 'egress' || (hook === 'postrouting' && (base.base?.priority ?? 0) > SRCNAT)) &&
    openings.some(({ of }) => of === 'from')
  )
    return undefined;
  const inFilter = table.name === 'filter' || table.tool === 'nft';
  // Zones are of devices, and it lets out what the host sends.
  if (owners.includes('firewalld'))
    return openings.some(({ server }) => server !== undefined) ? undefined : firewalld(openings);
  if (owners.includes('Docker') && inFilter && hook === 'forward' && table.chains.has('DOCKER-USER'))
    return iptables(table.tool, 'filter', 'DOCKER-USER', 'forward', openings);
  if (owners.includes('ufw') && inFilter) return openings.flatMap(ufw).join(' && ');
  return table.tool === 'nft' ? nft(stop, openings) : iptables(table.tool, table.name, base.name, hook, openings);
}

/** `untranslated`: as packets are sent. */
function openingsOf(needs: readonly RequiredTraffic[], untranslated: boolean): readonly Opening[] {
  const found = new Map<string, { opening: Omit<Opening, 'ports'>; ports: Map<string, readonly [string, number]> }>();
  for (const need of needs) {
    const {
      what,
      way,
      packet,
      network: { bridge: own, cidr },
    } = need;
    if (what === 'upstream' || what === 'upstream-answer') {
      const server = serverOf(need);
      found.set(`${server} ${what}`, {
        opening: { bridge: own, cidr, of: what, server },
        ports: new Map([['udp 53', ['udp', 53]]]),
      });
      continue;
    }
    // ARP is of the link that it comes by, as well of one outside.
    const bridge = (packet.protocol === 'arp' && (way === 'in' ? packet.in : packet.out)) || own;
    const of =
      packet.protocol === 'arp' && way !== 'over'
        ? way === 'in'
          ? 'arp-asks'
          : 'arp-answers'
        : way === 'in'
          ? 'asks'
          : way === 'out'
            ? 'answers'
            : way === 'over'
              ? 'over'
              : what === 'back' || what === 'floating'
                ? 'to'
                : 'from';
    const entry = found.get(`${bridge} ${of}`) ?? {
      opening: { bridge, cidr, of },
      ports: new Map<string, readonly [string, number]>(),
    };
    found.set(`${bridge} ${of}`, entry);
    const port =
      of === 'answers'
        ? packet.sourcePort
        : untranslated
          ? (packet.sentToPort ?? packet.destinationPort)
          : packet.destinationPort;
    if (port !== undefined) entry.ports.set(`${packet.protocol} ${port}`, [packet.protocol, port]);
  }
  return [...found.values()].map(({ opening, ports }) => ({ ...opening, ports: [...ports.values()] }));
}

/**
 * To a zone that lets everything through, now and after a reload; a reload now would take netctl's rules with it for a
 * moment.
 */
function firewalld(openings: readonly Opening[]): string {
  const bridges = [...new Set(openings.map(({ bridge }) => `--change-interface=${bridge}`))].join(' ');
  return `firewall-cmd --zone=trusted ${bridges} && firewall-cmd --permanent --zone=trusted ${bridges}`;
}

function ufw({ bridge, of, ports, server = '' }: Opening): readonly string[] {
  switch (of) {
    case 'from':
      return [`ufw route allow in on ${bridge}`];
    case 'to':
      return [`ufw route allow out on ${bridge}`];
    case 'over':
      return [`ufw route allow in on ${bridge} out on ${bridge}`];
    case 'answers':
      return [`ufw allow out on ${bridge}`];
    case 'upstream':
      return [`ufw allow out to ${server} port 53 proto udp`];
    case 'upstream-answer':
      return [`ufw allow in from ${server} port 53 proto udp`];
    // It has no rules for it.
    case 'arp-asks':
    case 'arp-answers':
      return [];
    case 'asks':
      return ports.map(([protocol, port]) => `ufw allow in on ${bridge} to any port ${port} proto ${protocol}`);
  }
}

function iptables(
  tool: string,
  table: string,
  chain: string,
  hook: string | undefined,
  openings: readonly Opening[],
): string {
  const into = `${tool}${table === 'filter' ? '' : ` -t ${table}`} -I ${shellWord(chain)}`;
  return openings.flatMap((opening) => asked(opening, hook).map((match) => `${into} ${match} -j ACCEPT`)).join(' && ');
}

function asked({ bridge, cidr, of, ports, server = '' }: Opening, hook: string | undefined): readonly string[] {
  switch (of) {
    // Where it came in by is forgotten when it leaves.
    case 'from':
      return [hook === 'postrouting' ? `-s ${cidr}` : `-i ${bridge}`];
    case 'to':
      return [`-o ${bridge}`];
    case 'over':
      return [
        hook === 'prerouting' ? `-i ${bridge}` : hook === 'postrouting' ? `-o ${bridge}` : `-i ${bridge} -o ${bridge}`,
      ];
    case 'asks':
      return ports.map(([protocol, port]) => `-i ${bridge} -p ${protocol} --dport ${port}`);
    case 'upstream':
      return [`-d ${server} -p udp --dport 53`];
    case 'upstream-answer':
      return [`-s ${server} -p udp --sport 53`];
    case 'answers':
      return ports.map(([protocol, port]) => `-o ${bridge} -p ${protocol} --sport ${port}`);
    // None of its packets comes this way.
    case 'arp-asks':
    case 'arp-answers':
      return [];
  }
}

function nft({ table, base }: Stop, openings: readonly Opening[]): string {
  const into = `insert rule ${table.family} ${table.name} ${base.name}`;
  const [came, leaves] = table.family === 'bridge' ? ['meta ibrname', 'meta obrname'] : ['iifname', 'oifname'];
  const rules = openings.flatMap((opening) => matches(opening, came, leaves, base.base?.hook));
  // Table arp sees nothing else, and has no word for it.
  const said = rules.map((rule) => (table.family === 'arp' ? rule.replace(' ether type arp', '') : rule));
  return `nft ${shellWord([...new Set(said)].map((rule) => `${into} ${rule} accept`).join('; '))}`;
}

function matches(
  { bridge, cidr, of, ports, server = '' }: Opening,
  came: string,
  leaves: string,
  hook: string | undefined,
): readonly string[] {
  const [from, to] = [`${came} "${bridge}"`, `${leaves} "${bridge}"`];
  switch (of) {
    case 'from':
      return [hook === 'postrouting' ? `ip saddr ${cidr}` : from];
    case 'to':
      return [to];
    case 'over':
      return [
        came !== 'iifname' || hook === 'prerouting'
          ? hook === 'postrouting'
            ? to
            : from
          : hook === 'postrouting'
            ? to
            : `${from} ${to}`,
      ];
    case 'asks':
      return byProtocol(ports).map(([protocol, numbers]) => `${from} ${protocol} dport ${numbers}`);
    case 'upstream':
      return [`ip daddr ${server} udp dport 53`];
    case 'upstream-answer':
      return [`ip saddr ${server} udp sport 53`];
    case 'answers':
      return byProtocol(ports).map(([protocol, numbers]) => `${to} ${protocol} sport ${numbers}`);
    case 'arp-asks':
      return [`${from} ether type arp`];
    case 'arp-answers':
      return [`${to} ether type arp`];
  }
}

function byProtocol(ports: Opening['ports']): readonly (readonly [string, string])[] {
  return [...new Set(ports.map(([protocol]) => protocol))].map((protocol) => {
    const numbers = ports
      .filter(([one]) => one === protocol)
      .map(([, port]) => port)
      .sort((a, b) => a - b);
    return [protocol, numbers.length === 1 ? `${numbers[0]}` : `{ ${numbers.join(', ')} }`];
  });
}
