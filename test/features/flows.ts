// test/features/flows.ts — what a packet does on a host that holds what a spec wants, and what its peer sees: a table
// is read against the wanted chains and addresses.
import { expect, test } from 'vitest';
import { offline } from '../../src/pipeline/offline.ts';
import type { Resource, State } from '../../src/core/resource.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import type { BridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import type { Chain, Table } from '../../src/kinds/chain/model.ts';
import { textOf } from '../../src/kinds/chain/iptables/render.ts';
import { wordsOf } from '../../src/iptables/rule-text.ts';
import { baseOf } from '../../src/net/ip.ts';
import { Scene } from '../cases/scene.ts';
import { worldOf } from '../world.ts';

/**
 * A packet is `IN: FROM → TO[:PORT/PROTOCOL] [by router] [on OUT] [×N]`, the first of its connection. IN is the link it
 * comes by, or `host`. `by router`: it is sent to a router on that bridge, not to the host, and `bridged` unless a rule
 * of ours takes it out. OUT is where routing sends it after its destination is translated: left out, the link whose
 * network that is in, else `world`; `host` for an address of the host that the spec says nothing of. `×N` sends so many
 * connections and tells their verdicts apart.
 *
 * A verdict is `accept` or `drop` by a rule of ours, or `policy`: left to the host's own rules. Before it stands `dnat
 * TO[:PORT]` where the destination was translated, behind it `snat FROM` where the source was: what the peer sees.
 */
type Flow = readonly [name: string, packet: string, verdict: string];

export function flows(spec: string, table: readonly Flow[]): void {
  for (const [name, packet, verdict] of table) {
    test(`${name}: ${verdict}`, async () => expect(await fateOf(packet, spec)).toBe(verdict));
  }
}

/** What becomes of a packet on a host that holds what the spec wants. */
async function fateOf(packet: string, spec: string): Promise<string> {
  const { sent, times } = parsePacket(packet);
  const host: Host = { state: await wantedOf(spec), passed: new Map() };
  return [...new Set(Array.from({ length: times }, () => verdictOf(sent, host)))].join(' | ');
}

/** All that a host would hold, as resources. */
export async function wantedOf(spec: string): Promise<State> {
  const world = worldOf({ driver: new Scene('').whole.host, spec: { 'spec.yaml': spec } });
  const { wanted } = await offline(world).catch(() => {
    throw new Error(world.said.err);
  });
  return wanted.state;
}

interface Host {
  readonly state: State;
  /** How many packets have come to a rule that counts them. */
  readonly passed: Map<string, number>;
}

interface Packet {
  readonly in: string;
  readonly from: string;
  readonly to: string;
  readonly port: number | undefined;
  readonly protocol: string;
  readonly out: string | undefined;
  /** Its frame is for somebody else on the bridge. */
  readonly past: boolean;
  /** Its destination was translated. */
  readonly dnat: boolean;
  /** Its destination is the host. */
  readonly local: boolean;
}

function parsePacket(text: string): { readonly sent: Packet; readonly times: number } {
  const found = /^(\S+): (\S+) → ([\d.]+)(?::(\d+)\/(tcp|udp))?( by router)?(?: on (\S+))?(?: ×(\d+))?$/.exec(text);
  if (found === null) throw new Error(`no packet: ${text}`);
  const [, link = '', from = '', to = '', port, protocol = 'icmp', by, out, times] = found;
  return {
    sent: {
      in: link,
      from,
      to,
      port: port === undefined ? undefined : Number(port),
      protocol,
      out,
      past: by !== undefined,
      dnat: false,
      local: false,
    },
    times: Number(times ?? 1),
  };
}

/** The way of a packet through the kernel: destination, routing, filter, source. */
function verdictOf(sent: Packet, host: Host): string {
  if (sent.past && !isTakenOut(sent, host)) return 'bridged';
  const aimed = walk('nat', sent.in === 'host' ? 'OUTPUT' : 'PREROUTING', routed(sent, host), host);
  const [dnat, to] = destinationOf(aimed, sent, host);
  if (to === undefined) return 'drop';
  const packet = routed({ ...sent, ...to }, host);
  const filtered = wordOf(
    packet.in === 'host' ? undefined : walk('filter', packet.local ? 'INPUT' : 'FORWARD', packet, host),
  );
  const said = [...dnat, filtered];
  if (packet.local || filtered === 'drop') return said.join(', ');
  const filled = walk('mangle', 'POSTROUTING', packet, host);
  const source = walk('nat', 'POSTROUTING', packet, host);
  return [
    ...said,
    ...(filled === undefined ? [] : [wordOf(filled)]),
    ...(source?.target === 'SNAT' ? [`snat ${source.to}`] : []),
  ].join(', ');
}

/** Whether the rules for frames give it to the host. */
function isTakenOut({ from, to }: Packet, { state }: Host): boolean {
  const chain = state.get('bridge-chain nat/netctl-PREROUTING');
  for (const rule of chain !== undefined && isBridgeChain(chain) ? chain.rules : []) {
    if (typeof rule === 'string') throw new Error(`the evaluator does not know ${rule}`);
    if (isIn(from, rule.from) && isIn(to, rule.to) === (rule.not === undefined)) return rule.then === 'route';
  }
  return false;
}

function routed(packet: Packet, { state }: Host): Packet {
  const addresses = [...state.values()].filter(isAddress);
  const local =
    packet.out === 'host' || isIn(packet.to, '127.0.0.0/8') || addresses.some(({ cidr }) => ipOf(cidr) === packet.to);
  return { ...packet, local, out: packet.out ?? addresses.find(({ cidr }) => isIn(packet.to, cidr))?.link ?? 'world' };
}

/**
 * Where it is sent on to, in words and as it is then; nowhere when the link it came by has no address to redirect to.
 */
function destinationOf(
  hit: Hit | undefined,
  sent: Packet,
  host: Host,
): readonly [said: readonly string[], to: Pick<Packet, 'to' | 'port' | 'dnat'> | undefined] {
  if (hit?.target !== 'DNAT' && hit?.target !== 'REDIRECT') return [[], sent];
  const [ip, port]: readonly (string | undefined)[] =
    hit.target === 'DNAT' ? hit.to.split(':') : [addressOn(sent.in, host), hit.to];
  if (ip === undefined) return [[], undefined];
  return [
    [`dnat ${ip}${port === undefined ? '' : `:${port}`}`],
    { to: ip, port: port === undefined ? sent.port : Number(port), dnat: true },
  ];
}

function addressOn(link: string, { state }: Host): string | undefined {
  if (link === 'host') return '127.0.0.1';
  const own = [...state.values()].filter(isAddress).filter((address) => address.link === link);
  const first = own.find((address) => address.first) ?? own[0];
  return first === undefined ? undefined : ipOf(first.cidr);
}

const WORDS: Readonly<Record<string, string>> = { ACCEPT: 'accept', DROP: 'drop', CHECKSUM: 'checksum filled' };

function wordOf(hit: Hit | undefined): string {
  return hit === undefined ? 'policy' : (WORDS[hit.target] ?? hit.target);
}

/** The rule that decided. */
interface Hit {
  readonly target: string;
  /** Of a target that translates. */
  readonly to: string;
}

/** Through one of the kernel's chains and those of ours that it leads into. */
function walk(table: Table, name: string, packet: Packet, host: Host): Hit | undefined {
  const chain = host.state.get(`chain ${table}/${name}`);
  if (chain === undefined || !isChain(chain)) return undefined;
  for (const rule of chain.rules) {
    const { matches, target, to } = parseRule(textOf(rule));
    if (!matches.every((holdsFor) => holdsFor(packet, host))) continue;
    if (target === 'RETURN') return undefined;
    const hit = target.startsWith('netctl-') ? walk(table, target, packet, host) : { target, to };
    if (hit !== undefined) return hit;
  }
  return undefined;
}

type Test = (packet: Packet, host: Host) => boolean;

/** A word that is not known here ends the test: a rule that is skipped would be a table that lies. */
function parseRule(text: string): { readonly matches: readonly Test[]; readonly target: string; readonly to: string } {
  const words = wordsOf(text);
  const matches: Test[] = [];
  let [target, to, not] = ['', '', false];
  const match = (holdsFor: Test): void => {
    const negated = not;
    matches.push((packet, host) => holdsFor(packet, host) !== negated);
    not = false;
  };
  for (let i = 0; i < words.length; i += 2) {
    if (words[i] === '!') {
      not = true;
      i += 1;
    }
    const value = words[i + 1] ?? '';
    switch (words[i] ?? '') {
      case '-m':
      case '--comment':
        break;
      case '-i':
        match((packet) => packet.in === value);
        break;
      case '-o':
        match((packet) => packet.out === value);
        break;
      case '-s':
        match((packet) => isIn(packet.from, value));
        break;
      case '-d':
        match((packet) => isIn(packet.to, value));
        break;
      case '-p':
        match((packet) => packet.protocol === value);
        break;
      // Whoever asks a server by its port in these tables is its client, and of DHCP that has a port of its own.
      case '--sport':
        match((packet) => Number(value) === 68 && packet.port === 67);
        break;
      case '--dport':
        match((packet) => packet.port === Number(value));
        break;
      case '--ctstate':
        match((packet) => value.split(',').some((state) => isOf(state, packet)));
        break;
      case '--dst-type':
        match((packet) => packet.local);
        break;
      case '--mode':
        break;
      case '--every':
        match((_packet, host) => isTurn(text, Number(value), host));
        break;
      case '--packet':
        break;
      case '-j':
        target = value;
        break;
      case '--to-source':
      case '--to-destination':
      case '--to-ports':
        to = value;
        break;
      case '--checksum-fill':
        break;
      default:
        throw new Error(`the evaluator does not know ${words[i] ?? ''} in ${text}`);
    }
  }
  return { matches, target, to };
}

/** Of the first packet of a connection. */
function isOf(state: string, packet: Packet): boolean {
  switch (state) {
    case 'NEW':
      return true;
    case 'DNAT':
      return packet.dnat;
    case 'ESTABLISHED':
    case 'RELATED':
    case 'INVALID':
      return false;
    default:
      throw new Error(`the evaluator does not know the state ${state}`);
  }
}

function isTurn(rule: string, nth: number, { passed }: Host): boolean {
  const before = passed.get(rule) ?? 0;
  passed.set(rule, before + 1);
  return before % nth === 0;
}

function ipOf(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}

function isIn(ip: string, cidr: string): boolean {
  return baseOf(`${ip}/${cidr.split('/')[1] ?? '32'}`) === baseOf(cidr);
}

function isBridgeChain(resource: Resource): resource is BridgeChain {
  return resource.kind === 'bridge-chain';
}

function isAddress(resource: Resource): resource is Address {
  return resource.kind === 'address';
}

function isChain(resource: Resource): resource is Chain {
  return resource.kind === 'chain';
}
