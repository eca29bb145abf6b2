// test/conflicts/spoils.test.ts — rules of others that drop nothing, and after which a packet comes nowhere: a TTL of no
// hops, addresses and ports given without connection tracking.
import { expect, test } from 'vitest';
import { found } from './around.ts';
import { drop, match, meta, nft, payload, SPEC } from './silent-scene.ts';
import type { Around } from './around.ts';

const mangled = (protocol: string, field: string, value: unknown): object => ({
  mangle: { key: payload(protocol, field), value },
});
const from = match(payload('ip', 'saddr'), { prefix: { addr: '192.168.50.0', len: 24 } });
const inNft = (hook: string, ...rule: readonly object[]): Around => nft({ hook, family: 'inet', rules: [rule] });
const iptables = (chain: string, rule: string): Around => ({
  rules: `*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A ${chain} ${rule}\nCOMMIT\n`,
});
const [out, back] = ['packets of instances to the outside', 'replies from outside'];
const TTL = 'may be sent out with a TTL that ends at the next router,';
const ADDRESS =
  'may be given another address or port without connection tracking, which nobody gives back to their replies,';

for (const [name, around, told] of [
  ['a TTL of 1 before it is routed', iptables('PREROUTING', '-i br-lab -j TTL --ttl-set 1'), [`${out} are dropped`]],
  ['less by as much as they have', iptables('PREROUTING', '-i br-lab -j TTL --ttl-dec 64'), [`${out} are dropped`]],
  ['behind that', iptables('POSTROUTING', '-o eth1 -j TTL --ttl-set 1'), [`${out} ${TTL}`]],
  ['as many as are usual', iptables('PREROUTING', '-i br-lab -j TTL --ttl-set 65'), []],
  ['one more', iptables('PREROUTING', '-i br-lab -j TTL --ttl-inc 1'), []],
  ['by nft', inNft('prerouting', match(meta('iifname'), 'br-lab'), mangled('ip', 'ttl', 1)), [`${out} are dropped`]],
  ['by nft, of others', inNft('prerouting', match(meta('iifname'), 'eth9'), mangled('ip', 'ttl', 1)), []],
  ['by nft, as many as are usual', inNft('prerouting', mangled('ip', 'ttl', 64)), []],
  ['of IPv6', inNft('prerouting', mangled('ip6', 'hoplimit', 1)), []],
  ['another source', inNft('forward', from, mangled('ip', 'saddr', '203.0.113.99')), [`${out} ${ADDRESS}`]],
  [
    'another destination',
    inNft('forward', match(meta('oifname'), 'br-lab'), mangled('ip', 'daddr', '203.0.113.9')),
    [`${back} ${ADDRESS}`],
  ],
  ['another port', inNft('forward', from, mangled('tcp', 'dport', 80)), [`${out} (TCP) ${ADDRESS}`]],
  [
    'of a single instance',
    inNft('forward', match(payload('ip', 'saddr'), '192.168.50.9'), mangled('ip', 'saddr', '203.0.113.99')),
    [],
  ],
  ['another mark in the header', inNft('forward', mangled('ip', 'dscp', 'cs1')), []],
  ['and then dropped', inNft('forward', from, mangled('ip', 'saddr', '203.0.113.99'), drop), [`${out} are dropped`]],
] as const satisfies readonly (readonly [string, Around, readonly string[]])[]) {
  test(name, async () =>
    expect(
      (await found(SPEC, around)).flatMap(({ code, message }) =>
        code === 'foreign-drop' ? [message.replace(/^lab: /, '').replace(/ by a rule in .*$/, '')] : [],
      ),
    ).toEqual(told),
  );
}
