// test/kernel/confirm.test.ts — what could only be recreated stays until somebody has said that the rest is wanted.
import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { begin } from './begun.ts';
import { Lab, must } from './lab.ts';

const spec = (...guests: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 192.168.60.0/24 }
instances:
${guests.map((name) => `  ${name}: { nics: [{ network: ${name.startsWith('b') ? 'more' : 'lab'}, device: { type: tap, name: tap-${name} } }] }\n`).join('')}`;
const WITHOUT_MORE = spec('a1').replace(/^ {2}more: .*\n/m, '');

let lab: Lab;
afterEach(() => {
  lab.close();
});

test('guests’ devices that leave the spec, and their bridge, stay as they are until the apply is confirmed', async () => {
  lab = new Lab();
  must(lab.netctl(['apply', '--yes'], { spec: spec('a1', 'a2', 'b1') }));
  const [before, devices] = [lab.snapshot(), numbers()];
  const applied = begin(lab, ['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '15s'], {
    spec: WITHOUT_MORE,
  });
  await applied.says('link tap-a2');
  expect(numbers()).toEqual(devices);
  expect(lab.rules().join('\n')).not.toContain('br-more');
  expect(await applied.ended).toBe(5);
  expect(lab.snapshot()).toBe(before);
  expect(numbers()).toEqual(devices);

  const again = begin(lab, ['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '30s'], {
    spec: WITHOUT_MORE,
  });
  await again.says('is in place');
  must(lab.netctl(['confirm']));
  expect(await again.ended).toBe(0);
  expect(Object.keys(numbers())).toEqual(['br-lab', 'tap-a1']);
  expect(must(lab.netctl(['plan'])).out).toContain('nothing to do');
});

test('an uplink that came up for it is as it was when it is down again, whatever queue the kernel gave it', () => {
  lab = new Lab();
  lab.ip(lab.host, 'tuntap add dev up0 mode tap');
  must(
    lab.netctl(['apply', '--yes', '--no-wait', '--confirm-timeout', '60s'], {
      spec: spec('a1').replace('eth1', 'up0'),
    }),
  );
  expect(lab.netctl(['rollback'])).toMatchObject({
    code: 0,
    err: expect.stringContaining('The host is as it was before') as string,
  });
});

/** Of our devices by name: another number is another device. */
function numbers(): Readonly<Record<string, number>> {
  const links = JSON.parse(lab.ip(lab.host, '-j link show')) as readonly {
    readonly ifname: string;
    readonly ifindex: number;
  }[];
  return Object.fromEntries(
    links
      .filter(({ ifname }) => /^(br|tap)-/.test(ifname))
      .toSorted((a, b) => (a.ifname < b.ifname ? -1 : 1))
      .map(({ ifname, ifindex }) => [ifname, ifindex]),
  );
}

test('what somebody had put on a bridge of one that nobody confirmed is said by show, and destroy leaves nothing of it behind', () => {
  lab = new Lab();
  must(lab.netctl(['apply', '--yes', '--no-wait', '--confirm-timeout', '10s'], { spec: spec('b1') }));
  lab.ip(lab.host, 'address add 10.77.0.1/24 dev br-more');
  const history = (): string => must(lab.netctl(['history'], { spec: null })).out;
  for (let tries = 0; tries < 400 && !history().includes('not confirmed in time'); tries++)
    must(lab.in(lab.host, ['sleep', '0.1']));
  expect(history()).toContain('rolled back: not confirmed in time');
  expect(must(lab.netctl(['show', '1'], { spec: null })).out).toMatch(
    /^generation 1 of .*\n\nits guard rolled it back, and said:\n {2}warning: the address 10\.77\.0\.1\/24 on br-more is not netctl's, [^]*hint: ip address add 10\.77\.0\.1\/24[^]*\n\n/,
  );
  must(lab.netctl(['apply', '--yes'], { spec: spec('b1') }));
  expect(must(lab.netctl(['show', '2'], { spec: null })).out).not.toContain('nobody was there');
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(existsSync(lab.path('state'))).toBe(false);
});
