// test/guards/forwarding-used.test.ts — a host that is to forward no more, and whose rules they are that need it.
import { expect, test } from 'vitest';
import type { Change, Diagnostic, HostReader, Ref, Wanted } from '../../src/core/resource.ts';
import { forwardingUsed } from '../../src/guards/forwarding-used.ts';
import type { Sysctl } from '../../src/kinds/sysctl/model.ts';
import { translatingRules } from '../../src/conflicts/translating.ts';

const REF: Ref = 'sysctl net.ipv4.ip_forward';
const setting = (value: string): Sysctl => ({ kind: 'sysctl', name: 'net.ipv4.ip_forward', value, borrowed: true });

function said(
  from: string,
  to: string,
  translating: readonly string[],
  changes: readonly Change[] = [{ verb: 'update', ref: REF, before: setting(from), after: setting(to) }],
): readonly Diagnostic[] {
  const wanted: Wanted = { state: new Map([[REF, setting(to)]]), because: new Map(), after: new Map(), waiting: [] };
  return [...forwardingUsed({ translating })({ steps: [], changes }, new Map([[REF, setting(from)]]), wanted, [])];
}

test('it goes back to 0 under somebody', () => {
  expect(said('1', '0', ['-A POSTROUTING -j MASQUERADE'])).toEqual([
    expect.objectContaining({
      code: 'forwarding-used',
      asks: true,
      message: expect.stringMatching(/translate what this host forwards: -A POSTROUTING -j MASQUERADE$/) as string,
    }),
  ]);
});
test('under nobody', () => {
  expect(said('1', '0', [])).toEqual([]);
});
test('it is turned on', () => {
  expect(said('0', '1', ['-A POSTROUTING -j MASQUERADE'])).toEqual([]);
});
test('it waits', () => {
  expect(said('1', '0', ['-A POSTROUTING -j MASQUERADE'], [])).toEqual([]);
});

async function read(saved: string, listed: string): Promise<readonly string[]> {
  return await translatingRules({
    read: async ([tool]) => await Promise.resolve(tool === 'nft' ? listed : saved),
  } as HostReader);
}

for (const [name, rule, found] of [
  ["Docker's", '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', true],
  ['in a chain of theirs', '-A LIBVIRT_PRT -s 192.168.122.0/24 -j SNAT --to-source 203.0.113.11', true],
  ['a port of theirs', '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80', true],
  ['ours', '-A netctl-snat -s 192.168.50.0/24 -j SNAT --to-source 203.0.113.11', false],
  ['our jump', '-A POSTROUTING -m comment --comment "netctl:12345678 networks" -j netctl-POSTROUTING', false],
  ['what only leads on', '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER', false],
  ['a comment that speaks of it', '-A POSTROUTING -m comment --comment "-j MASQUERADE" -j RETURN', false],
] as const) {
  test(`iptables: ${name}`, async () => {
    expect(await read(`*nat\n:POSTROUTING ACCEPT [0:0]\n${rule}\nCOMMIT\n`, '')).toEqual(found ? [rule] : []);
  });
}

for (const [name, table, rule, found] of [
  [
    "libvirt's",
    'ip libvirt_network',
    'ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 counter packets 0 bytes 0 masquerade',
    true,
  ],
  ['of both families', 'inet nat', 'oifname "eth1" snat ip to 203.0.113.11', true],
  ['of IPv6', 'ip6 nat', 'masquerade', false],
  ['in a table of ours', 'ip netctl-nat', 'ip saddr 192.168.50.0/24 snat to 203.0.113.11', false],
  ['what iptables shows', 'ip nat', 'counter packets 0 bytes 0 masquerade', false],
  ['what asks whether it was translated', 'ip mine', 'ct status dnat ip saddr 192.168.50.0/24 accept', false],
  [
    "netctl's own for metadata, in a table of iptables",
    'ip filter',
    'iifname "br-lab" tcp dport 8775 ct status dnat counter packets 0 bytes 0 accept',
    false,
  ],
  ['to a port of theirs', 'inet theirs', 'tcp dport 80 dnat ip to 192.168.122.5:8080', true],
  ['one that accepts', 'ip mine', 'ip saddr 192.168.122.0/24 accept', false],
] as const) {
  test(`nft: ${name}`, async () => {
    const listed = `table ${table} { # handle 3\n\tchain post { # handle 1\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\t${rule} # handle 4\n\t}\n}\n`;
    expect(await read('', listed)).toEqual(found ? [`table ${table}: ${rule}`] : []);
  });
}
