// test/monitors/nft.test.ts — lines of `nft monitor` as they were recorded, and the signs they are.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Sign } from '../../src/core/sign.ts';
import { NftEvents } from '../../src/monitors/nft.ts';

afterEach(() => vi.useRealTimers());

function listen(...own: readonly number[]): { readonly events: NftEvents; readonly signs: Sign[]; lost: number } {
  const signs: Sign[] = [];
  const heard = {
    signs,
    lost: 0,
    events: new NftEvents({
      isOwn: (pid) => own.includes(pid),
      onSigns: (more) => signs.push(...more),
      onLost: () => heard.lost++,
    }),
  };
  return heard;
}

const END = '# new generation 7 by process 4711 (iptables)';
const by = 'iptables, process 4711';

describe('one transaction', () => {
  for (const [lines, signs] of [
    [
      [
        'add rule ip nat netctl-x meta l4proto tcp ip saddr 1.2.3.4  tcp dport 80 counter packets 0 bytes 0 dnat to 10.0.0.1',
      ],
      [{ part: 'rules', name: 'nat/netctl-x', by }],
    ],
    [['delete rule ip filter FORWARD handle 9'], [{ part: 'rules', name: 'filter/FORWARD', by }]],
    [
      ['insert rule ip filter FORWARD counter packets 0 bytes 0 accept', 'delete rule ip filter FORWARD handle 2'],
      [{ part: 'rules', name: 'filter/FORWARD', by }],
    ],
    [
      ['add table ip filter', 'add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }'],
      [{ part: 'rules', name: 'filter/FORWARD', by }],
    ],
    [['create chain ip nat netctl-x'], [{ part: 'rules', name: 'nat/netctl-x', by }]],
    [['delete chain ip mangle netctl-x'], [{ part: 'rules', name: 'mangle/netctl-x', by }]],
    [['delete rule ip raw A handle 2', 'delete chain ip raw A', 'delete table ip raw'], [{ part: 'rules', by }]],
    [
      ['add rule bridge nat PREROUTING counter packets 0 bytes 0 accept'],
      [{ part: 'bridge-rules', name: 'PREROUTING', by }],
    ],
    [['delete table bridge nat'], [{ part: 'bridge-rules', by }]],
    [
      ['add rule ip nat A accept', 'add rule bridge nat B accept'],
      [
        { part: 'rules', name: 'nat/A', by },
        { part: 'bridge-rules', name: 'B', by },
      ],
    ],
    [['add table ip filter'], []],
    [['add rule bridge filter FORWARD accept', 'delete table bridge filter'], []],
    [
      [
        'add rule ip6 filter FORWARD accept',
        'add rule inet t c accept',
        'add rule netdev t c accept',
        'add rule arp filter INPUT accept',
        'add rule ip docker c accept',
      ],
      [],
    ],
    [['add set ip t2 s { type ipv4_addr; } ', 'add element ip t2 s { 1.2.3.4 }', '', 'add', 'add rule'], []],
    [Array.from({ length: 33 }, (_, i) => `delete rule ip nat C${i} handle ${i}`), [{ part: 'rules', by }]],
  ] as const)
    test(lines.slice(0, 2).join('; ').slice(0, 90), () => {
      const { events, signs: told } = listen();
      events.take(lines);
      expect(told).toEqual([]);
      events.take([END]);
      expect(told).toEqual(signs);
    });
});

test('what our own tools changed is no news; what others changed before and after is', () => {
  const { events, signs } = listen(12);
  const change = (chain: string, pid: number, tool: string): readonly string[] => [
    `add rule ip nat ${chain} accept`,
    `# new generation 1 by process ${pid} (${tool})`,
  ];
  events.take([
    ...change('A', 11, 'iptables-restor'),
    ...change('B', 12, 'iptables'),
    ...change('C', 13, 'odd (name)'),
  ]);
  expect(signs).toEqual([
    { part: 'rules', name: 'nat/A', by: 'iptables-restor, process 11' },
    { part: 'rules', name: 'nat/C', by: 'odd (name), process 13' },
  ]);
});

test('a transaction whose end is not told is told all the same, once', () => {
  vi.useFakeTimers();
  const { events, signs } = listen();
  events.take(['add rule ip nat A accept']);
  vi.advanceTimersByTime(200);
  events.take(['add rule ip nat B accept']);
  vi.advanceTimersByTime(200);
  expect(signs).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(signs).toEqual([
    { part: 'rules', name: 'nat/A' },
    { part: 'rules', name: 'nat/B' },
  ]);
  events.take([END]);
  vi.advanceTimersByTime(1_000);
  expect(signs).toHaveLength(2);
});

test('closed, it says nothing any more', () => {
  vi.useFakeTimers();
  const { events, signs } = listen();
  events.take(['add rule ip nat A accept']);
  events.close();
  vi.advanceTimersByTime(1_000);
  expect([signs, vi.getTimerCount()]).toEqual([[], 0]);
});

test('events that the kernel threw away are said to be lost', () => {
  const heard = listen();
  heard.events.take(['# ERROR: We lost some netlink events!']);
  expect(heard.lost).toBe(1);
});
