// test/monitors/netns-numbers.test.ts — what happens in a network namespace of netctl's own is told by its name.
import { expect, test } from 'vitest';
import { IpEvents } from '../../src/monitors/ip.ts';
import { numbersIn } from '../../src/monitors/netns-numbers.ts';

const LIST = '[{"name":"g1","id":0},{"name":"netctl-r1","id":3},{"name":"netctl-r2"}]';

test('numbers of ours, as ip lists them', () => expect([...numbersIn(LIST, 'netctl-')]).toEqual([['3', 'netctl-r1']]));

const names = numbersIn(LIST, 'netctl-');
for (const [what, line, hints] of [
  ['an address', '[nsid 3][ADDR]Deleted 2: qr-0    inet 10.0.0.1/24 scope global qr-0', ['in-namespaces netctl-r1']],
  ['a route', '[nsid 3][ROUTE]Deleted 10.9.0.0/16 via 10.0.0.7 dev qr-0 proto 117', ['in-namespaces netctl-r1']],
  ['a setting', '[nsid 3][NETCONF]inet qr-0 forwarding off', ['in-namespaces netctl-r1']],
  ["a guest's own", '[nsid 0][ADDR]Deleted 2: eth0    inet 10.0.0.1/24 scope global eth0', []],
  [
    'the far end of a wire, by its near end as well',
    '[nsid 3][LINK]2: qr-0@if7: <UP> mtu 1500 \\    link/ether',
    ['in-namespaces netctl-r1', 'links vr-1'],
  ],
] as const)
  test(what, () => {
    const events = new IpEvents((number) => names.get(number));
    events.learn('7: vr-1@if2: <UP> mtu 1500');
    expect(events.take([line]).map(({ subsystem, name }) => `${subsystem} ${name ?? ''}`.trim())).toEqual(hints);
  });
