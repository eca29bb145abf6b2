// test/fake-host/whole.ts — a fake host with every tool and daemon that netctl calls.
import { createBridge } from './bridge.ts';
import type { FakeBridge } from './bridge.ts';
import { createConntrack } from './conntrack.ts';
import type { Conntrack } from './conntrack.ts';
import { createDnsmasq } from './dnsmasq.ts';
import type { Dnsmasq, Found } from './dnsmasq.ts';
import { Files } from './files.ts';
import { FakeHost } from './index.ts';
import { createEbtables } from './ebtables.ts';
import type { Ebtables } from './ebtables.ts';
import { createIp } from './ip.ts';
import type { FakeIp } from './ip.ts';
import { createIptables } from './iptables.ts';
import type { Iptables } from './iptables.ts';
import { createNft } from './nft.ts';
import { createPerl } from './perl.ts';
import { PerNetns } from './per-netns.ts';
import { createSh } from './sh.ts';
import { FakeSockets } from './sockets.ts';
import { createTc } from './tc.ts';
import { createSysctl } from './sysctl.ts';
import type { FakeSysctl } from './sysctl.ts';
import type { Tool } from './tool.ts';

export interface Whole {
  readonly host: FakeHost;
  readonly ip: FakeIp;
  readonly sysctl: FakeSysctl;
  readonly iptables: Iptables;
  readonly ip6tables: Iptables;
  readonly ebtables: Ebtables;
  readonly dnsmasq: Dnsmasq;
  readonly conntrack: Conntrack;
  readonly bridge: FakeBridge;
  readonly sockets: FakeSockets;
  /** Namespaces beside the host's own. */
  readonly perNetns: PerNetns;
}

/** Physical interfaces and guests' namespaces are what netctl finds and does not make. */
export function createWhole(
  found: { readonly interfaces?: readonly string[]; readonly namespaces?: readonly string[] } = {},
): Whole {
  const files = new Files();
  // The kernel has IPv6.
  files.write('/proc/net/if_inet6', '');
  const ip = createIp(found);
  const sysctl = createSysctl(ip.kernel);
  const iptables = createIptables();
  const ip6tables = createIptables('ip6tables');
  const perNetns = new PerNetns(ip.kernel);
  const dnsmasq = createDnsmasq(files, (link, netns) => foundAs(ip, link, netns));
  const ebtables = createEbtables();
  const conntrack = createConntrack();
  const bridge = createBridge();
  const sockets = new FakeSockets();
  const tools = {
    ip,
    sysctl: perNetns.tool(sysctl, (inside) => inside.sysctl),
    bridge: bridge.tool,
    sh: createSh(files, ip.kernel),
    'iptables-save': perNetns.tool(iptables.save, (inside) => inside.iptables.save),
    'iptables-restore': perNetns.tool(iptables.restore, (inside) => inside.iptables.restore),
    iptables: perNetns.tool(iptables.list, (inside) => inside.iptables.list),
    dhcp_release: dnsmasq.release,
    dnsmasq: dnsmasq.test,
    realpath: REALPATH,
    stat: createStat(files),
    'ebtables-nft-save': ebtables.save,
    'ebtables-nft-restore': ebtables.restore,
    conntrack: conntrack.tool,
    perl: createPerl(ip, conntrack, sockets),
    nft: createNft(),
    tc: createTc(),
    'ip6tables-save': perNetns.tool(ip6tables.save, (inside) => inside.ip6tables.save),
    'ip6tables-restore': perNetns.tool(ip6tables.restore, (inside) => inside.ip6tables.restore),
    ip6tables: perNetns.tool(ip6tables.list, (inside) => inside.ip6tables.list),
    ss: sockets.ss,
  };
  return {
    host: new FakeHost({
      tools,
      daemons: { dnsmasq },
      files,
      networkOf: (netns = '') => (ip.kernel.has(netns) ? ip.kernel.namespace(netns) : 'none of that name'),
    }),
    ip,
    sysctl,
    iptables,
    ip6tables,
    ebtables,
    dnsmasq,
    conntrack,
    bridge,
    sockets,
    perNetns,
  };
}

/** Nothing is a link here. */
const REALPATH: Tool = {
  run: ({ argv }) => ({
    exitCode: 0,
    stdout: argv
      .slice(2)
      .map((path) => `${path}\n`)
      .join(''),
    stderr: '',
  }),
};

function createStat(files: Files): Tool {
  return {
    run({ argv }) {
      const path = argv.at(-1) ?? '';
      const text = files.read(path);
      if (text === undefined)
        return { exitCode: 1, stdout: '', stderr: `stat: cannot statx '${path}': No such file or directory\n` };
      return {
        exitCode: 0,
        stdout: `${Buffer.byteLength(text)} regular ${text === '' ? 'empty ' : ''}file\n`,
        stderr: '',
      };
    },
  };
}

function foundAs(ip: FakeIp, name: string, netns = ''): Found | undefined {
  const device = ip.kernel.has(netns) ? ip.kernel.namespace(netns).devices.get(name) : undefined;
  return device === undefined
    ? undefined
    : { index: device.index, addresses: device.addresses.all().map(({ cidr }) => cidr.split('/')[0] ?? cidr) };
}
