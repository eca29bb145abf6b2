// test/kernel/uplinks/restarted.test.ts — what a start of the host with another configuration has settled of a borrowed
// interface.
import { describe, expect, test } from 'vitest';
import { applied, destroyed, ELSEWHERE, found, given, lab } from './by-now-scene.ts';

describe('restarted', () => {
  for (const [name, before, since] of [
    ['as it was', [], []],
    [
      'with another address',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.22/24 brd + dev eth1',
        'ip route add default via 203.0.113.1',
      ],
    ],
    ['with another gateway', [], ['ip route replace default via 203.0.113.254 onlink dev eth1']],
    [
      'with another network',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 198.51.100.22/24 dev eth1',
        'ip route add default via 198.51.100.1',
      ],
    ],
    [
      'with another length',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.11/25 brd + dev eth1',
        'ip route add default via 203.0.113.1',
      ],
    ],
    [
      'with less',
      [
        'ip address add 203.0.113.12/32 dev eth1',
        'ip -6 address add 2001:db8::11/64 dev eth1',
        'ip -6 route add default via 2001:db8::1',
        'ip route add 10.9.0.0/16 via 203.0.113.2 table 100',
        'ip neigh add 203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
      ],
      [],
    ],
    [
      'with another IPv6 address',
      ['ip -6 address add 2001:db8::11/64 dev eth1', 'ip -6 route add default via 2001:db8::1'],
      ['ip -6 address add 2001:db8:5::11/64 dev eth1', 'ip -6 route add default via 2001:db8:5::1'],
    ],
    [
      'with another MTU and other settings',
      ['ip link set eth1 mtu 9000', 'sysctl -qw net.ipv4.conf.eth1.rp_filter=1 net.ipv4.conf.eth1.proxy_arp=1'],
      ['sysctl -qw net.ipv4.conf.eth1.rp_filter=2'],
    ],
    ['with forwarding', [], ['sysctl -qw net.ipv4.ip_forward=1']],
    [
      'with the way out by another interface',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.22/24 brd + dev eth1',
        'ip address add 198.51.100.2/24 dev eth2',
        'ip route add default via 198.51.100.1',
      ],
    ],
  ] as const) {
    test(name, () => {
      given(...before);
      applied();
      lab.reboot({ processes: 'end' });
      given(...since);
      const as = found('eth1', 'eth2');
      applied();
      destroyed();
      expect(found('eth1', 'eth2')).toEqual(as);
    });
  }

  const readdressed = (): void => {
    given(
      'ip address flush dev eth1',
      'ip address add 203.0.113.22/24 brd + dev eth1',
      'ip route add default via 203.0.113.1',
    );
  };

  test('with another address, and then for another interface', () => {
    applied();
    lab.reboot({ processes: 'end' });
    readdressed();
    const as = [lab.ip(lab.host, 'address show dev eth1'), lab.ip(lab.host, 'route show dev eth1')];
    applied(ELSEWHERE);
    expect([lab.ip(lab.host, 'address show dev eth1'), lab.ip(lab.host, 'route show dev eth1')]).toEqual(as);
  });

  test('with another address, and then rolled back', () => {
    applied();
    lab.reboot({ processes: 'end' });
    readdressed();
    const as = found('eth1');
    const { code, err } = lab.netctl(['rollback', '--yes'], { spec: null });
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('and the host was rebooted since. The host is without anything of netctl'),
    ]);
    expect(found('eth1')).toEqual(as);
  });

  test('with nothing on it yet, it is as it was', () => {
    applied();
    lab.reboot({ processes: 'end' });
    given('ip address flush dev eth1');
    applied();
    expect(lab.ip(lab.host, '-4 -br address show dev br-lab')).toContain('203.0.113.11/24');
    expect(lab.ip(lab.host, 'route show default')).toContain('via 203.0.113.1 dev br-lab');
  });
});
