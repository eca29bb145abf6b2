// test/fake-host/whole.ts — a fake host with every tool and daemon that netctl calls.
import { createDnsmasq } from './dnsmasq.ts';
import type { Dnsmasq } from './dnsmasq.ts';
import { Files } from './files.ts';
import { FakeHost } from './index.ts';
import { createIp } from './ip.ts';
import type { FakeIp } from './ip.ts';
import { createIptables } from './iptables.ts';
import type { Iptables } from './iptables.ts';
import { createSysctl } from './sysctl.ts';
import type { FakeSysctl } from './sysctl.ts';

export interface Whole {
  readonly host: FakeHost;
  readonly ip: FakeIp;
  readonly sysctl: FakeSysctl;
  readonly iptables: Iptables;
  readonly dnsmasq: Dnsmasq;
}

/** Physical interfaces and guests' namespaces are what netctl finds and does not make. */
export function createWhole(found: { readonly interfaces?: readonly string[]; readonly namespaces?: readonly string[] } = {}): Whole {
  const files = new Files();
  const ip = createIp(found);
  const sysctl = createSysctl(ip.kernel);
  const iptables = createIptables();
  const dnsmasq = createDnsmasq(files, (link) => addressesOn(ip, link));
  const tools = { ip, sysctl, 'iptables-save': iptables.save, 'iptables-restore': iptables.restore, dhcp_release: dnsmasq.release };
  return { host: new FakeHost({ tools, daemons: { dnsmasq }, files }), ip, sysctl, iptables, dnsmasq };
}

function addressesOn(ip: FakeIp, name: string): readonly string[] | undefined {
  const shown: unknown = JSON.parse(ip.run({ argv: ['ip', '-j', '-d', 'addr', 'show'] }).stdout);
  if (!Array.isArray(shown)) throw new Error('ip -j shows a list');
  const link: unknown = shown.find((one: unknown) => fieldOf(one, 'ifname') === name);
  if (link === undefined) return undefined;
  const held = fieldOf(link, 'addr_info');
  return Array.isArray(held) ? held.map((one: unknown) => String(fieldOf(one, 'local'))) : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}
