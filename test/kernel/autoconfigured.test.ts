// test/kernel/autoconfigured.test.ts — an uplink that a router configures by IPv6: what netctl says of it before and
// after it goes into a bridge is true, and the mend mends it.
import { spawn as start } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Lab, must } from './lab.ts';

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  office: { mode: flat, bridge: br0, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }\n';
/** Each is asked once: who was found before is known for a while. */
const FAR = ['2001:db8::2', '2001:db8::3', '2001:db8::4'] as const;
const PATIENCE = { timeout: 30_000, interval: 100 };

let lab: Lab;
let router: ChildProcess;
beforeAll(async () => {
  lab = new Lab();
  for (const address of ['2001:db8::1', ...FAR]) lab.ip(lab.world, `address add ${address}/64 dev far1 nodad`);
  must(lab.in(lab.world, ['sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1']));
  const argv = [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--pid-file=',
    '--port=0',
    '--interface=far1',
    '--enable-ra',
    '--dhcp-range=2001:db8::,ra-only,64,1h',
    '--ra-param=far1,4',
  ];
  router = start('ip', ['netns', 'exec', lab.world, ...argv], { stdio: 'ignore' });
  await vi.waitFor(() => {
    expect(given('eth1')).toMatch(/^2001:db8::/);
  }, PATIENCE);
});
afterAll(() => {
  router.kill('SIGKILL');
  lab.close();
});

function given(link: string): string {
  return /inet6 (\S+)\/64/.exec(lab.ip(lab.host, `-6 address show dev ${link} scope global dynamic`))?.[1] ?? '';
}

function found(spec: string): readonly { readonly code: string; readonly message: string; readonly hint: string }[] {
  return (
    JSON.parse(must(lab.netctl(['plan', '-o', 'json'], { spec })).out) as {
      readonly conflicts: ReturnType<typeof found>;
    }
  ).conflicts;
}

test('it is said beforehand, it is as it is said, and the command that is named ends it', async () => {
  expect(found(SPEC)).toMatchObject([
    {
      code: 'autoconfigured',
      message: expect.stringContaining(`eth1 has ${given('eth1')} for a limited time`) as string,
      hint: 'when it is done: sysctl -w net.ipv6.conf.eth1.disable_ipv6=1',
    },
  ]);
  must(lab.netctl(['apply', '--yes']));
  await vi.waitFor(() => {
    expect(given('br0')).toMatch(/^2001:db8::/);
  }, PATIENCE);
  const [finding] = found(SPEC);
  expect(lab.pings(lab.host, FAR[0])).toBe(false);
  must(lab.in(lab.host, ['sh', '-ec', finding?.hint ?? 'false']));
  expect(lab.pings(lab.host, FAR[1])).toBe(true);
  expect(found(SPEC)).toEqual([]);
});

test('restored, it is configured again as soon as it may', async () => {
  must(lab.netctl(['destroy', '--yes']));
  expect(must(lab.in(lab.host, ['sysctl', '-n', 'net.ipv6.conf.eth1.disable_ipv6'])).out).toBe('0\n');
  await vi.waitFor(() => {
    expect(given('eth1')).toMatch(/^2001:db8::/);
  }, PATIENCE);
  expect(lab.pings(lab.host, FAR[2])).toBe(true);
});
