// test/contracts/ip.ts — what `ip` does with what netctl says to it: the same on the fake and on a kernel.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseLinks, READ_LINKS } from '../../src/iproute2/links.ts';
import { KERNEL } from '../../src/iproute2/routes.ts';
import { BRIDGE, UP0, VETH } from './ip/script.ts';
import type { Bench, Script } from './ip/script.ts';
import { addressScripts } from './ip/addresses.ts';
import { linkScripts } from './ip/links.ts';
import { look, routes } from './ip/there.ts';

/** What an older kernel, 6.1 say, answers instead. */
const older: Readonly<Record<string, string>> = {
  'Error: ipv4: Address already assigned.': 'RTNETLINK answers: File exists',
  'Error: ipv4: Address not found.': 'RTNETLINK answers: Cannot assign requested address',
};

/** Runs scripts on a bench that is recreated for each test; says which it is. */
export function keeps(scripts: Readonly<Record<string, Script>>, makeBench: () => Promise<Bench>): () => Bench {
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(async () => {
    await bench.close();
  });
  for (const [name, { lines, refused, there }] of Object.entries(scripts)) {
    test(name, async () => {
      const { exitCode, stderr } = await bench.batch(lines.map((line) => line.replace('GUEST', bench.guest)));
      // What `ip` itself finds wrong ends it without a word about the line; what the kernel refuses is said with its
      // number.
      const byIp = refused?.startsWith('Error: argument') === true;
      const numbered =
        refused === undefined || byIp || refused === 'Unterminated quoted string'
          ? []
          : [`Command failed -:${lines.length}`];
      const said = stderr
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (refused !== undefined && line === older[refused] ? refused : line));
      expect(said).toEqual(refused === undefined ? [] : [refused, ...numbered]);
      expect(exitCode).toBe(refused === undefined ? 0 : byIp ? 255 : 1);
      expect(await look(bench)).toEqual(there);
    });
  }
  return () => bench;
}

export function ipContract(makeBench: () => Promise<Bench>): void {
  describe('ip does with', () => {
    const bench = keeps({ ...linkScripts, ...addressScripts }, makeBench);

    test('secondaries of a link that promotes them, and with them their routes', async () => {
      expect(await bench().sysctl(['sysctl', '-q', '-w', 'net/ipv4/conf/up0/promote_secondaries=1'])).toBe(0);
      await bench().batch([
        UP0,
        'address replace 10.0.0.6/24 dev up0',
        'address replace 10.1.0.1/24 dev up0',
        'address replace 10.0.0.7/24 dev up0',
        'route add default via 10.0.0.1 dev up0 proto 117 src 10.0.0.6',
        'address del 10.0.0.5/24 dev up0',
      ]);
      expect(await look(bench())).toEqual([
        'up0 10.1.0.1/24',
        'up0 10.0.0.6/24',
        'up0 10.0.0.7/24 secondary',
        'default via 10.0.0.1 up0 117',
      ]);
    });

    test('a setting of a link that is not there', async () => {
      expect(await bench().sysctl(['sysctl', '-q', '-w', 'net/ipv4/conf/br9/promote_secondaries=1'])).toBe(1);
    });

    test('a line in a guest’s namespace', async () => {
      await bench().batch([VETH.replace('GUEST', bench().guest)]);
      await bench().batch(['link set dev eth0 address 02:00:00:00:00:0a mtu 1300 up'], bench().guest);
      expect(await look(bench())).toEqual([
        'guest eth0 up 1300 mac 02:00:00:00:00:0a of v0',
        'v0 veth down 1400 group 117',
      ]);
    });

    test('a connected route that is put before another’s to the same', async () => {
      await bench().batch([
        ...BRIDGE,
        'link set dev br0 up',
        'address replace 10.0.0.5/24 dev up0',
        'address replace 10.0.0.6/24 dev br0',
        'address replace 10.0.0.7/24 dev br0',
      ]);
      const ways = async (): Promise<readonly unknown[]> =>
        (await routes(bench()))
          .filter(({ to }) => to === '10.0.0.0/24')
          .map(({ link, source, protocol, scope }) => [link, source, protocol, scope]);
      const [up, br] = [
        ['up0', '10.0.0.5', KERNEL, '253'],
        ['br0', '10.0.0.6', KERNEL, '253'],
      ];
      const lines = [
        'route flush exact 10.0.0.0/24 dev br0 table 254 proto 2 src 10.0.0.6',
        'route prepend 10.0.0.0/24 dev br0 proto 2 scope 253 src 10.0.0.6',
      ];
      expect(await ways()).toEqual([up, br]);
      await bench().batch(lines);
      expect(await ways()).toEqual([br, up]);
      // What is not there is no reason to stop, what is there cannot be put there twice.
      await bench().batch([lines[0] ?? '', ...lines]);
      expect((await bench().batch(lines.slice(1))).stderr).toContain('RTNETLINK answers: File exists');
      expect(await ways()).toEqual([br, up]);
    });

    test('connected routes and link-local addresses, which are the kernel’s', async () => {
      await bench().batch([
        'address replace 10.0.0.5/24 metric 117 dev up0',
        'address replace 10.0.0.6/32 dev up0',
        'address replace fd00::5/64 dev up0 nodad',
      ]);
      expect(
        (await routes(bench()))
          .filter((route) => route.protocol === KERNEL && !route.to.startsWith('fe80'))
          .map((route) => [route.to, route.metric, route.source]),
      ).toEqual([
        ['10.0.0.0/24', 117, '10.0.0.5'],
        ['fd00::/64', 256, undefined],
      ]);
      expect(
        parseLinks(await bench().read(READ_LINKS))
          .find((link) => link.name === 'up0')
          ?.addresses.filter((address) => address.scope === 'link')
          .map((address) => address.ip.slice(0, 4)),
      ).toEqual(['fe80']);
    });
  });
}
