// test/kernel/uplinks/by-now-unconfirmed.test.ts — what somebody else settles of a borrowed interface while an apply
// waits to be confirmed.
import { describe, expect, test } from 'vitest';
import { must } from '../lab.ts';
import { ADDRESSES, applied, destroyed, found, given, lab, SPEC } from './by-now-scene.ts';

describe('while an apply waits to be confirmed', () => {
  const OUT = SPEC.replace('interface: eth1', 'interface: null');
  const waits = (spec: string): void => {
    const { code, err } = lab.netctl(
      ['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'],
      { spec },
    );
    expect([code, err]).toEqual([0, expect.any(String)]);
  };
  const rolledBack = (): string => {
    const { code, err } = lab.netctl(['rollback', '--yes'], { spec: null });
    expect([code, err]).toEqual([0, expect.stringMatching(/ was rolled back: rolled back by /)]);
    return err;
  };
  const VIP = 'ip address add 203.0.113.100/32 dev eth1';

  test('an address that is removed from the bridge does not come back, and its log says it', () => {
    given(
      VIP,
      'ip address add 203.0.113.101/32 dev eth1',
      'ip route add 10.9.0.0/16 via 203.0.113.2 src 203.0.113.100',
    );
    must(lab.netctl(['apply', '--yes', '--confirm-timeout', '10s', '--no-wait'], { spec: SPEC }));
    given('ip address del 203.0.113.100/32 dev br-lab');
    // The outcome is written last, when the host was looked at once more.
    const history = (): string => lab.netctl(['history'], { spec: null }).out;
    for (let i = 0; i < 60 && !history().includes('rolled back: not confirmed in time\n'); i++) given('sleep 0.5');
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(
      /^eth1\S* +UP +203\.0\.113\.11\/24 203\.0\.113\.101\/32 fe80\S+ *\n$/,
    );
    expect(lab.ip(lab.host, 'route show')).not.toContain('10.9.0.0/16');
    expect(history()).toMatch(/rolled back: not confirmed in time\n/);
    expect(lab.netctl(['show', '1'], { spec: null }).out).toContain(
      '203.0.113.100/32, which came with eth1, is on br-lab no more',
    );
    applied();
    destroyed();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).not.toContain('203.0.113.100');
  });

  test('nor does a default route in whose place another is', () => {
    waits(SPEC);
    given('ip address add 198.51.100.2/24 dev eth2', 'ip route replace default via 198.51.100.1 dev eth2');
    rolledBack();
    expect(lab.ip(lab.host, 'route show default')).toBe('default via 198.51.100.1 dev eth2 \n');
  });

  test('an address that is removed from an interface that goes back into its bridge stays away, and is not lent any more', () => {
    given(VIP, 'ip address add 203.0.113.101/32 dev eth1');
    applied();
    waits(OUT);
    given('ip address del 203.0.113.100/32 dev eth1');
    expect(rolledBack()).toContain(
      '203.0.113.100/32 is on eth1 no more: it is not put on the bridge that eth1 goes back into',
    );
    expect(lab.ip(lab.host, `${ADDRESSES} br-lab`)).toMatch(/203\.0\.113\.11\/24 203\.0\.113\.101\/32/);
    expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
    destroyed();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(
      /^eth1\S* +UP +203\.0\.113\.11\/24 203\.0\.113\.101\/32 fe80\S+ *\n$/,
    );
  });

  test('what is put on an interface that goes back into its bridge goes along, and comes back with it', () => {
    applied();
    waits(OUT);
    given(
      VIP,
      'ip -6 address add 2001:db8:1::99/64 dev eth1 nodad',
      'ip route add 10.9.0.0/16 via 203.0.113.2',
      'ip route replace default via 203.0.113.2',
      'ip -6 route add 2001:db8:2::/64 via 2001:db8:1::1',
    );
    const before = [
      lab.ip(lab.host, `${ADDRESSES} eth1`),
      lab.ip(lab.host, 'route show dev eth1'),
      lab.ip(lab.host, '-6 route show dev eth1'),
    ];
    rolledBack();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(/^eth1\S* +UP +fe80\S+ *\n$/);
    expect(lab.ip(lab.host, `${ADDRESSES} br-lab`)).toMatch(
      /203\.0\.113\.11\/24 203\.0\.113\.100\/32 2001:db8:1::99\/64/,
    );
    expect(lab.ip(lab.host, 'route show')).toMatch(
      /^default via 203\.0\.113\.2 dev br-lab .*\n10\.9\.0\.0\/16 via 203\.0\.113\.2 dev br-lab /,
    );
    expect(lab.ip(lab.host, '-6 route show dev br-lab')).toContain('2001:db8:2::/64 via 2001:db8:1::1');
    expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
    destroyed();
    expect([
      lab.ip(lab.host, `${ADDRESSES} eth1`),
      lab.ip(lab.host, 'route show dev eth1'),
      lab.ip(lab.host, '-6 route show dev eth1'),
    ]).toEqual(before);
  });

  test('what is lost as the bridge goes down is there again', () => {
    given(VIP);
    const before = found('eth1');
    waits(SPEC);
    given('ip address flush dev br-lab');
    rolledBack();
    expect(found('eth1')).toEqual(before);
  });

  test('a host that is renumbered on the bridge is as it was: what it has there goes with that', () => {
    const before = found('eth1');
    waits(SPEC);
    given(
      'ip address add 203.0.113.33/24 dev br-lab',
      'sysctl -qw net.ipv4.conf.br-lab.promote_secondaries=1',
      'ip address del 203.0.113.11/24 dev br-lab',
      'ip route replace default via 203.0.113.1 dev br-lab metric 50',
    );
    expect(rolledBack()).toMatch(/203\.0\.113\.33\/24 on br-lab is not netctl's, and is deleted with the bridge/);
    expect(found('eth1')).toEqual(before);
  });
});
