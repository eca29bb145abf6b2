// test/rehearsal/shown-devices.ts — devices as `ip -j -d address show` prints them, and the lines that make them again.
import { devicesOf } from '../../src/rehearsal/device.ts';

export interface Shown {
  readonly [name: string]: unknown;
}
let index = 1;
export const device = (ifname: string, rest: Shown = {}): Shown => ({
  ifindex: index++,
  ifname,
  flags: ['BROADCAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  group: 'default',
  link_type: 'ether',
  address: '02:00:00:00:00:01',
  addr_info: [],
  ...rest,
});
export const read = (...devices: readonly Shown[]): ReturnType<typeof devicesOf> => devicesOf(JSON.stringify(devices));
