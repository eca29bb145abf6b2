// test/features/flows.ts — what a packet does on a host that holds what a spec wants: a table is read against the wanted chains and addresses.
import { expect, test } from 'vitest';
import { imagined } from '../../src/commands/imagined.ts';
import type { Resource, State } from '../../src/core/resource.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import type { Chain, Table } from '../../src/kinds/chain/model.ts';
import { wordsOf } from '../../src/kinds/chain/words.ts';
import { baseOf } from '../../src/net/ipv4.ts';
import { Scene } from '../cases/scene.ts';
import { worldOf } from '../world.ts';

/**
 * A packet is `IN: FROM → TO[:PORT/PROTOCOL] [on OUT]`. IN is the link it comes by, or `host`. OUT is where routing sends it: left out, the link
 * whose network TO is in, else `world`. A verdict is `accept` or `drop` by a rule of ours, or `policy`: left to the host's own rules.
 */
type Flow = readonly [name: string, packet: string, verdict: string];

export function flows(spec: string, table: readonly Flow[]): void {
  for (const [name, packet, verdict] of table) {
    test(`${name}: ${verdict}`, async () => expect(verdictOf(parsePacket(packet), await wantedOf(spec))).toBe(verdict));
  }
}

/** All that a host would hold, as resources. */
export async function wantedOf(spec: string): Promise<State> {
  const world = worldOf({ driver: new Scene('').whole.host, spec: { 'spec.yaml': spec } });
  const { wanted } = await imagined(world).catch(() => { throw new Error(world.said.err); });
  return wanted.state;
}

interface Packet {
  readonly in: string;
  readonly from: string;
  readonly to: string;
  readonly port: number | undefined;
  readonly protocol: string;
  readonly out: string | undefined;
}

function parsePacket(text: string): Packet {
  const found = /^(\S+): (\S+) → ([\d.]+)(?::(\d+)\/(tcp|udp))?(?: on (\S+))?$/.exec(text);
  if (found === null) throw new Error(`no packet: ${text}`);
  const [, link = '', from = '', to = '', port, protocol = 'icmp', out] = found;
  return { in: link, from, to, port: port === undefined ? undefined : Number(port), protocol, out };
}

function verdictOf(packet: Packet, state: State): string {
  const addresses = [...state.values()].filter(isAddress);
  const own = addresses.some(({ cidr }) => cidr.split('/')[0] === packet.to);
  const out = packet.out ?? addresses.find(({ cidr }) => isIn(packet.to, cidr))?.link ?? 'world';
  const filtered = packet.in === 'host' ? 'policy' : own ? walk('filter', 'INPUT', packet, state) : walk('filter', 'FORWARD', { ...packet, out }, state);
  const filled = own || filtered === 'drop' ? 'policy' : walk('mangle', 'POSTROUTING', { ...packet, out }, state);
  return filled === 'policy' ? filtered : `${filtered}, ${filled}`;
}

const WORDS: Readonly<Record<string, string>> = { ACCEPT: 'accept', DROP: 'drop', CHECKSUM: 'checksum filled' };

/** Through one of the kernel's chains and those of ours that it leads into. */
function walk(table: Table, name: string, packet: Packet, state: State): string {
  const chain = state.get(`chain ${table}/${name}`);
  if (chain === undefined || !isChain(chain)) return 'policy';
  for (const { text } of chain.rules) {
    const { matches, target } = parseRule(text);
    if (!matches(packet)) continue;
    const verdict = target.startsWith('netctl-') ? walk(table, target, packet, state) : (WORDS[target] ?? target);
    if (verdict !== 'policy') return verdict;
  }
  return 'policy';
}

/** A word that is not known here ends the test: a rule that is skipped would be a table that lies. */
function parseRule(text: string): { readonly matches: (packet: Packet) => boolean; readonly target: string } {
  const words = wordsOf(text);
  const tests: ((packet: Packet) => boolean)[] = [];
  let target = '';
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1] ?? '';
    switch (words[i] ?? '') {
      case '-m':
      case '--comment': break;
      case '-i': tests.push((packet) => packet.in === value); break;
      case '-o': tests.push((packet) => packet.out === value); break;
      case '-s': tests.push((packet) => isIn(packet.from, value)); break;
      case '-d': tests.push((packet) => isIn(packet.to, value)); break;
      case '-p': tests.push((packet) => packet.protocol === value); break;
      case '--dport': tests.push((packet) => packet.port === Number(value)); break;
      case '-j': target = value; break;
      case '--checksum-fill': break;
      default: throw new Error(`the evaluator does not know ${words[i] ?? ''} in ${text}`);
    }
  }
  return { matches: (packet) => tests.every((holdsFor) => holdsFor(packet)), target };
}

function isIn(ip: string, cidr: string): boolean {
  return baseOf(`${ip}/${cidr.split('/')[1] ?? '32'}`) === baseOf(cidr);
}

function isAddress(resource: Resource): resource is Address {
  return resource.kind === 'address';
}

function isChain(resource: Resource): resource is Chain {
  return resource.kind === 'chain';
}
