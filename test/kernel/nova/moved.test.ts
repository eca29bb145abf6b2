// test/kernel/nova/moved.test.ts — a floating address moves between two instances under 500 datagrams and 500 pings a
// second: what goes wrong, and for how long.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from './site.ts';

const RATE = 500;
const F = '203.0.113.65';
const ADDRESSES: Readonly<Record<string, string>> = { b1: '10.0.0.3', b2: '10.0.0.4', r1: '10.0.1.3' };

let site: Site;
const spec = (floating: Readonly<Record<string, string>>): string => `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11 }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
${Object.entries(ADDRESSES)
  .map(
    ([name, address]) =>
      `  ${name}: { nics: [{ network: ${name.startsWith('b') ? 'blue' : 'red'}, address: ${address}, floating: [${floating[name] ?? ''}], device: { type: veth, netns: ${name} } }] }\n`,
  )
  .join('')}`;

beforeAll(async () => {
  const guest = (name: string, network: string) => ({
    bridge: `br-${network}`,
    address: `${ADDRESSES[name] ?? ''}/24`,
    via: network === 'blue' ? '10.0.0.1' : '10.0.1.1',
  });
  site = new Site({ world: [], guests: { b1: guest('b1', 'blue'), b2: guest('b2', 'blue'), r1: guest('r1', 'red') } });
  site.apply(spec({ b1: F }));
  await site.open();
});
afterAll(() => {
  site.close();
});

interface Lost {
  readonly datagrams: number;
  readonly pings: number;
}

/** Moves F while both sorts of packets are sent to it from the world. */
async function move(from: string, to: string, others: Readonly<Record<string, string>> = {}): Promise<Lost> {
  const stop = site.pinging('world', F, RATE);
  const got = (name: string): readonly number[] => [
    site.counted(name, ['Udp', 'InDatagrams']),
    site.counted(name, ['Icmp', 'InEchos']),
  ];
  const flood = await site.flooding('world', F, RATE, async () => {
    await sleep(700);
    site.apply(spec({ ...others, [to]: F }));
    const [old, young] = [got(from), got(to)];
    await sleep(500);
    expect(got(from), 'what the old one has got after the move').toEqual(old);
    for (const [i, count] of got(to).entries())
      expect(count, 'what the new one has got after it').toBeGreaterThan((young[i] ?? NaN) + RATE / 10);
  });
  const [old, young] = [from, to].map((name) => flood.answers.find(({ who }) => who === ADDRESSES[name]));
  expect(old?.first).toBeLessThan(RATE / 10);
  expect(young?.last).toBeGreaterThan(flood.sent - RATE / 10);
  expect(young?.first, 'no moment with both').toBeGreaterThan(old?.last ?? NaN);
  expect(flood.answers).toHaveLength(2);
  return {
    datagrams: flood.sent - flood.answers.reduce((sum, { count }) => sum + count, 0),
    pings: (await stop()).lost,
  };
}

describe('under 500 datagrams a second that are one connection, and as many pings', () => {
  test('few are lost, none comes to the old instance afterwards, and there is no moment with both', async () => {
    const lost: Lost[] = [];
    for (const [from, to] of [
      ['b1', 'b2'],
      ['b2', 'b1'],
      ['b1', 'r1'],
      ['r1', 'b2'],
      ['b2', 'b1'],
    ] as const)
      lost.push(await move(from, to));
    const median = (way: keyof Lost): number => lost.map((one) => one[way]).toSorted((a, b) => a - b)[2] ?? NaN;
    console.info(
      `lost of a move, median of 5: ${median('datagrams')} datagrams, ${median('pings')} pings (${lost.map(({ datagrams, pings }) => `${datagrams}/${pings}`).join(' ')})`,
    );
    // A twentieth of a second.
    expect(median('datagrams')).toBeLessThanOrEqual(RATE / 20);
    expect(median('pings')).toBeLessThanOrEqual(RATE / 20);
  });

  test('another address of the host loses none meanwhile', async () => {
    site.apply(spec({ b1: F, r1: '203.0.113.68' }));
    const flood = await site.flooding('world', '203.0.113.68', RATE, async () => {
      await sleep(300);
      site.apply(spec({ b2: F, r1: '203.0.113.68' }));
      await sleep(300);
    });
    expect(flood.answers).toEqual([{ who: '10.0.1.3', first: 0, last: flood.sent - 1, count: flood.sent }]);
  });
});
