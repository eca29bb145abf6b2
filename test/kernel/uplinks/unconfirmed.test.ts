// test/kernel/uplinks/unconfirmed.test.ts — an apply that removes a bridge and is rolled back: the bridge has all
// settings again that it had, and its neighbours.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, gateway: null }\n';
const NEXT = [
  ['with another name of the bridge', SPEC.replace('br-lab', 'br-new')],
  ['with another name and another uplink', SPEC.replace('br-lab', 'br-new').replace('eth1', 'eth2')],
  ['without the network', 'apiVersion: netctl/v1\nnetworks: {}\n'],
] as const;

function set(link: string, ...settings: readonly string[]): void {
  must(lab.in(lab.host, ['sysctl', '-qw', ...settings.map((one) => `net.${one.replace('LINK', link)}`)]));
}

function settings(): string {
  return must(lab.in(lab.host, ['sysctl', '-a', '-r', '^net\\.ipv[46]\\.(conf|neigh)\\.br-lab\\.'])).out;
}

describe('what came along from the uplink, and what somebody has set on the bridge', () => {
  beforeEach(() => {
    set(
      'eth1',
      'ipv4.conf.LINK.arp_ignore=1',
      'ipv4.conf.LINK.arp_announce=2',
      'ipv4.conf.LINK.send_redirects=0',
      'ipv4.conf.LINK.src_valid_mark=1',
      'ipv6.conf.LINK.accept_redirects=0',
      'ipv6.conf.LINK.proxy_ndp=1',
      'ipv4.neigh.LINK.gc_stale_time=120',
      'ipv6.neigh.LINK.mcast_solicit=5',
    );
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    set('br-lab', 'ipv4.conf.LINK.log_martians=1', 'ipv6.conf.LINK.use_tempaddr=2', 'ipv4.neigh.LINK.ucast_solicit=7');
  });

  for (const [name, spec] of NEXT)
    test(`is there again where an apply ${name} is not confirmed`, () => {
      const before = settings();
      expect(before).toMatch(/arp_ignore = 1\n[^]*log_martians = 1\n[^]*gc_stale_time = 120\n/);
      expect(lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '1s'], { spec })).toMatchObject({
        code: 5,
        err: expect.stringContaining('The host is as it was before') as string,
      });
      expect(settings()).toBe(before);
      expect(lab.netctl(['status'], { spec: SPEC }).code).toBe(0);
    });

  test('that cannot be set again is said, and the host is not said to be as before', () => {
    must(
      lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'], {
        spec: NEXT[0][1],
      }),
    );
    const path = lab.path('bin');
    must(
      lab.in(lab.host, [
        'sh',
        '-e',
        '-c',
        `mkdir ${path}; printf '#!/bin/sh\\ncase "$*" in *br-lab.log_martians=*) exit 1;; esac\\nexec %s "$@"\\n' "$(command -v sysctl)" >${path}/sysctl; chmod 755 ${path}/sysctl`,
      ]),
    );
    const back = lab.netctl(['rollback', '--yes'], {
      spec: null,
      env: { PATH: `${path}:${process.env['PATH'] ?? ''}` },
    });
    expect(back).toMatchObject({
      code: 4,
      err: expect.stringContaining(
        'update sysctl net.ipv4.conf.br-lab.log_martians would still be to be done',
      ) as string,
    });
    expect(back.err).not.toContain('The host is as it was before');
  });
});

describe('options that somebody has set of the bridge', () => {
  for (const [name, spec] of NEXT)
    test(`are said, and are there again where an apply ${name} is rolled back`, () => {
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      const fresh = lab.ip(lab.host, '-d link show br-lab');
      lab.ip(
        lab.host,
        'link set br-lab txqueuelen 500 type bridge ageing_time 60000 mcast_snooping 0 priority 4096 group_fwd_mask 8 mcast_router 2 mcast_querier 1 nf_call_ip6tables 1 mcast_query_interval 6000 mcast_startup_query_count 3 group_address 01:80:c2:00:00:04',
      );
      // Without its clocks and counters.
      const shown = (): string =>
        lab
          .ip(lab.host, '-d link show br-lab')
          .replaceAll(/ \w*timer +\S+| (bridge|designated_root|root)\w* \S+|state \w+/g, '');
      const before = shown();
      expect(before).not.toBe(fresh);
      expect(lab.netctl(['status'], { spec: SPEC }).code).toBe(0);
      const went = lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'], {
        spec,
      });
      expect(went).toMatchObject({
        code: 0,
        err: expect.stringMatching(/ageing_time 60000.*\[bridge-setting\]/) as string,
      });
      expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
        code: 0,
        err: expect.stringContaining('The host is as it was before') as string,
      });
      expect(shown()).toBe(before);
    });
});

describe('neighbours that somebody has put on the bridge', () => {
  for (const [name, spec] of NEXT)
    test(`are there again where an apply ${name} is rolled back`, () => {
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      for (const words of ['203.0.113.77 lladdr 02:00:00:00:00:77 nud permanent', 'proxy 203.0.113.78'])
        lab.ip(lab.host, `neigh add ${words} dev br-lab`);
      const shown = (): string => lab.ip(lab.host, 'neigh show nud permanent') + lab.ip(lab.host, 'neigh show proxy');
      const before = shown();
      expect(before).toMatch(/203\.0\.113\.77 dev br-lab .*\n203\.0\.113\.78 dev br-lab /);
      must(lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'], { spec }));
      expect(shown()).not.toContain('br-lab');
      expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
        code: 0,
        err: expect.stringContaining('The host is as it was before') as string,
      });
      expect(shown()).toBe(before);
    });
});

test('neighbours and proxies that an apply restored to the interface are there no more when it is not confirmed', () => {
  must(
    lab.in(lab.host, [
      'sh',
      '-e',
      '-c',
      `ip address add 2001:db8::11/64 dev eth1
       ip neigh add 203.0.113.50 lladdr 02:00:00:00:00:50 dev eth1 nud permanent
       ip neigh add 2001:db8::99 lladdr 02:00:00:00:00:98 dev eth1 nud permanent
       ip neigh add proxy 2001:db8::55 dev eth1`,
    ]),
  );
  const neighbours = (): string =>
    ['neigh show nud permanent', 'neigh show proxy', '-6 neigh show proxy']
      .map((words) => lab.ip(lab.host, words))
      .join('');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  const before = neighbours();
  expect(before).toMatch(/2001:db8::99 dev br-lab [^]*2001:db8::55 dev br-lab proxy/);
  const spec = SPEC.replace('interface: eth1', 'interface: null');
  expect(lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '1s'], { spec }).code).toBe(5);
  expect(neighbours()).toBe(before);
  expect(lab.netctl(['plan', '--detailed-exitcode'], { spec: SPEC }).code).toBe(0);
});
