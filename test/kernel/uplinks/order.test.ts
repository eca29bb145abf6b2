// test/kernel/uplinks/order.test.ts — another device in the network of an uplink: the kernel sends by the first of the
// two, on the bridge and on the interface again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }\n';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 198.51.100.7/25 metric 50 dev eth1');
  lab.ip(lab.host, 'address add 203.0.113.14/24 brd + dev eth2');
  lab.ip(lab.host, 'address add 198.51.100.8/25 metric 50 dev eth2');
});
afterEach(() => {
  lab.close();
});

/** In the kernel's order, without carriers, which come and go. */
function shown(): string {
  return lab.ip(lab.host, '-d -4 route show table all').replaceAll(' linkdown', '');
}

function isFirst(link: string): void {
  for (const to of ['203.0.113.0/24', '198.51.100.0/25'])
    expect(lab.ip(lab.host, `route show ${to}`)).toMatch(new RegExp(`^${to} dev ${link} .*\n${to} dev eth2 `));
  expect(lab.ip(lab.host, 'route show table local 203.0.113.255')).toMatch(
    new RegExp(`^broadcast 203.0.113.255 dev ${link} .*\nbroadcast 203.0.113.255 dev eth2 `),
  );
  expect(lab.ip(lab.host, 'route get 203.0.113.99')).toContain(`dev ${link} src 203.0.113.11`);
}

describe('the first one stays the first', () => {
  test('on the bridge, when that is repaired, on the next one, and by destroy', () => {
    const before = shown();
    isFirst('eth1');
    const applied = must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    expect(applied.err).not.toContain('uplink-order');
    isFirst('br-lab');
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    lab.ip(lab.host, 'link del br-lab');
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    isFirst('br-lab');
    must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: SPEC.replace('br-lab', 'br-new') }));
    isFirst('br-new');
    expect(must(lab.netctl(['destroy', '--yes'], { spec: null })).err).not.toContain('comes behind');
    expect(shown()).toBe(before);
  });

  test('where nobody confirms, and by a rollback', () => {
    const before = shown();
    expect(lab.netctl(['apply', '--yes', '--confirm-timeout', '1s'], { spec: SPEC })).toMatchObject({
      code: 5,
      err: expect.stringContaining('The host is as it was before') as string,
    });
    expect(shown()).toBe(before);
    must(lab.netctl(['apply', '--yes', '--no-wait', '--confirm-timeout', '300s'], { spec: SPEC }));
    expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({ code: 0 });
    expect(shown()).toBe(before);
  });

  test('when the bridge of another apply is not confirmed', () => {
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    expect(
      lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '1s'], {
        spec: SPEC.replace('br-lab', 'br-new'),
      }),
    ).toMatchObject({ code: 5 });
    isFirst('br-lab');
  });

  test('of an interface that somebody has set down meanwhile, and on which he has put an address', () => {
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    lab.ip(lab.host, 'address add 203.0.113.77/24 dev eth1');
    lab.ip(lab.host, 'link set eth1 down');
    lab.netctl(['destroy', '--yes'], { spec: null });
    expect(lab.ip(lab.host, 'route show 203.0.113.0/24')).toMatch(
      /^203\.0\.113\.0\/24 dev eth1 .*src 203\.0\.113\.11 *\n/,
    );
    expect(lab.ip(lab.host, 'route get 203.0.113.99')).toContain('dev eth1 src 203.0.113.11');
  });
});

test('one that comes behind another stays there', () => {
  for (const verb of ['del', 'append'])
    lab.ip(lab.host, `route ${verb} 203.0.113.0/24 dev eth1 proto kernel scope link src 203.0.113.11`);
  const before = shown();
  expect(must(lab.netctl(['apply', '--yes'], { spec: SPEC })).err).not.toContain('uplink-order');
  expect(lab.ip(lab.host, 'route show 203.0.113.0/24')).toMatch(/dev eth2 .*\n.*dev br-lab /);
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(shown()).toBe(before);
});

/** What cannot be put back is said with what does it. */
function mended(err: string): void {
  const [, commands = ''] = /comes behind [^\n]*, and came before: ([^\n]*)/.exec(err) ?? [];
  expect(commands).toMatch(/^ip (-6 )?route del .* && ip (-6 )?route append /);
  must(lab.in(lab.host, ['sh', '-e', '-c', commands.replaceAll(' && ', '\n')]));
}

describe('nothing can be put between two others, nor before one of IPv6', () => {
  const between = (): void => {
    lab.ip(lab.host, 'link add eth3 type veth peer name far3');
    lab.ip(lab.host, 'link set eth3 up');
    lab.ip(lab.host, 'address add 203.0.113.15/24 dev eth3');
    for (const verb of ['del', 'prepend'])
      lab.ip(lab.host, `route ${verb} 203.0.113.0/24 dev eth3 proto kernel scope link src 203.0.113.15`);
  };
  const six = (): void => {
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
    lab.ip(lab.host, 'address add 2001:db8::14/64 dev eth2 nodad');
  };
  const ways = (): string =>
    lab.ip(lab.host, 'route show 203.0.113.0/24') + lab.ip(lab.host, '-6 route show 2001:db8::/64');
  for (const [name, prepare] of [
    ['between two', between],
    ['of IPv6', six],
  ] as const) {
    test(`${name}: plan asks, destroy ends with 1, a rollback with 4, each with the commands`, () => {
      prepare();
      const before = ways();
      const applied = lab.netctl(['apply', '--yes'], { spec: SPEC });
      expect(applied).toMatchObject({ code: 0, err: expect.stringContaining('[uplink-order]') as string });
      const destroyed = lab.netctl(['destroy', '--yes'], { spec: null });
      expect(destroyed.code).toBe(1);
      mended(destroyed.err);
      expect(ways()).toBe(before);
      const back = lab.netctl(['apply', '--yes', '--confirm-timeout', '1s'], { spec: SPEC });
      expect(back).toMatchObject({
        code: 4,
        err: expect.not.stringContaining('The host is as it was before') as string,
      });
      mended(back.err);
      expect(ways()).toBe(before);
    });
  }
});
