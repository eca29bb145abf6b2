// test/monitors/nft.test.ts — lines of `nft monitor` as they were recorded, and the hints they are.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Hint } from '../../src/core/hint.ts';
import { NftEvents } from '../../src/monitors/nft.ts';

afterEach(() => vi.useRealTimers());

function listen(...own: readonly number[]): { readonly events: NftEvents; readonly hints: Hint[]; lost: number } {
  const hints: Hint[] = [];
  const heard = {
    hints,
    lost: 0,
    events: new NftEvents({
      isOwn: (pid) => own.includes(pid),
      onHints: (more) => hints.push(...more),
      onLost: () => heard.lost++,
    }),
  };
  return heard;
}

const END = '# new generation 7 by process 4711 (iptables)';
const by = 'iptables, process 4711';

describe('one transaction', () => {
  for (const [lines, hints] of [
    [
      [
        'add rule ip nat netctl-x meta l4proto tcp ip saddr 1.2.3.4  tcp dport 80 counter packets 0 bytes 0 dnat to 10.0.0.1',
      ],
      [{ subsystem: 'rules', name: 'nat/netctl-x', by }],
    ],
    [['delete rule ip filter FORWARD handle 9'], [{ subsystem: 'rules', name: 'filter/FORWARD', by }]],
    [
      ['insert rule ip filter FORWARD counter packets 0 bytes 0 accept', 'delete rule ip filter FORWARD handle 2'],
      [{ subsystem: 'rules', name: 'filter/FORWARD', by }],
    ],
    [
      ['add table ip filter', 'add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }'],
      [{ subsystem: 'rules', name: 'filter/FORWARD', by }],
    ],
    [['create chain ip nat netctl-x'], [{ subsystem: 'rules', name: 'nat/netctl-x', by }]],
    [['delete chain ip mangle netctl-x'], [{ subsystem: 'rules', name: 'mangle/netctl-x', by }]],
    [['delete rule ip raw A handle 2', 'delete chain ip raw A', 'delete table ip raw'], [{ subsystem: 'rules', by }]],
    [
      ['add rule bridge nat PREROUTING counter packets 0 bytes 0 accept'],
      [{ subsystem: 'bridge-rules', name: 'PREROUTING', by }],
    ],
    [
      [
        'add rule ip netctl-nat netctl-snat accept',
        'delete element ip netctl-nat netctl-dnat { 203.0.113.1 : 10.0.0.1 }',
      ],
      [
        { subsystem: 'rules', name: 'nat/netctl-snat', by },
        { subsystem: 'rules', name: 'nat/netctl-dnat', by },
      ],
    ],
    [['delete element ip nat x { 203.0.113.1 : 10.0.0.1 }', 'add rule bridge netctl-nat B accept'], []],
    [['delete table bridge nat'], [{ subsystem: 'bridge-rules', by }]],
    [
      ['add rule ip nat A accept', 'add rule bridge nat B accept'],
      [
        { subsystem: 'rules', name: 'nat/A', by },
        { subsystem: 'bridge-rules', name: 'B', by },
      ],
    ],
    [
      ['delete rule ip6 filter FORWARD handle 9', 'add rule ip filter FORWARD accept', 'delete table ip6 nat'],
      [
        { subsystem: 'rules6', by },
        { subsystem: 'rules', name: 'filter/FORWARD', by },
      ],
    ],
    [['add rule ip6 nat netctl-x accept'], [{ subsystem: 'rules6', name: 'nat/netctl-x', by }]],
    [['add table ip filter'], []],
    [['add rule bridge filter FORWARD accept', 'delete table bridge filter'], []],
    [
      [
        'add rule inet t c accept',
        'add rule netdev t c accept',
        'add rule arp filter INPUT accept',
        'add rule ip docker c accept',
      ],
      [],
    ],
    [['add set ip t2 s { type ipv4_addr; } ', 'add element ip t2 s { 1.2.3.4 }', '', 'add', 'add rule'], []],
    [Array.from({ length: 33 }, (_, i) => `delete rule ip nat C${i} handle ${i}`), [{ subsystem: 'rules', by }]],
  ] as const)
    test(lines.slice(0, 2).join('; ').slice(0, 90), () => {
      const { events, hints: told } = listen();
      events.take(lines);
      expect(told).toEqual([]);
      events.take([END]);
      expect(told).toEqual(hints);
    });
});

test('what our own tools changed is no news; what others changed before and after is', () => {
  const { events, hints } = listen(12);
  const change = (chain: string, pid: number, tool: string): readonly string[] => [
    `add rule ip nat ${chain} accept`,
    `# new generation 1 by process ${pid} (${tool})`,
  ];
  events.take([
    ...change('A', 11, 'iptables-restor'),
    ...change('B', 12, 'iptables'),
    ...change('C', 13, 'odd (name)'),
  ]);
  expect(hints).toEqual([
    { subsystem: 'rules', name: 'nat/A', by: 'iptables-restor, process 11' },
    { subsystem: 'rules', name: 'nat/C', by: 'odd (name), process 13' },
  ]);
});

test('a transaction whose end is not told is told all the same, once', () => {
  vi.useFakeTimers();
  const { events, hints } = listen();
  events.take(['add rule ip nat A accept']);
  vi.advanceTimersByTime(200);
  events.take(['add rule ip nat B accept']);
  vi.advanceTimersByTime(200);
  expect(hints).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(hints).toEqual([
    { subsystem: 'rules', name: 'nat/A' },
    { subsystem: 'rules', name: 'nat/B' },
  ]);
  events.take([END]);
  vi.advanceTimersByTime(1_000);
  expect(hints).toHaveLength(2);
});

test('closed, it says nothing any more', () => {
  vi.useFakeTimers();
  const { events, hints } = listen();
  events.take(['add rule ip nat A accept']);
  events.close();
  vi.advanceTimersByTime(1_000);
  expect([hints, vi.getTimerCount()]).toEqual([[], 0]);
});

test('events that the kernel threw away are said to be lost', () => {
  const heard = listen();
  heard.events.take(['# ERROR: We lost some netlink events!']);
  expect(heard.lost).toBe(1);
});
