// test/rehearsal/ipv6.test.ts — rules of IPv6 are made again in the copy of a host where the plan could meet them.
import { expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import { Bench } from '../commands/bench.ts';
import { ipv6 } from '../house/sample/ipv6.ts';
import { staged } from './staged.ts';

const spec = (more: string): string =>
  `apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat, interface: null, cidr: 192.168.50.0/24, gateway: null${more} }\n`;
const WITH = { features: [...features, ipv6] };

async function restored(was: string, is: string): Promise<readonly (readonly [tool: string, rules: string])[]> {
  const bench = new Bench();
  expect(await bench.apply(was, {}, WITH)).toMatchObject({ code: 0 });
  const stage = staged(bench);
  expect(await bench.plan(is, { rehearse: true }, { ...stage, ...WITH })).toMatchObject({ code: 0 });
  return (stage.asked[0]?.rebuilding.rules ?? []).flatMap((one) =>
    'argv' in one ? [[one.argv[0] ?? '', one.stdin] as const] : [],
  );
}

test('where there are some of ours', async () => {
  expect(await restored(spec(', cidr6: "fd00:64::/64"'), spec(', cidr6: "fd00:65::/64"'))).toEqual([
    ['iptables-restore', expect.any(String)],
    ['ip6tables-restore', expect.stringMatching(/^-A netctl-FORWARD -s fd00:64::\/64 /m)],
  ]);
});

test('and nowhere else', async () =>
  expect((await restored(spec(''), spec(', mtu: 1400'))).map(([tool]) => tool)).toEqual(['iptables-restore']));
