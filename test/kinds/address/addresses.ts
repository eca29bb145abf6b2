// test/kinds/address/addresses.ts — addresses that the tests of this kind speak of.
import type { Address } from '../../../src/kinds/address/model.ts';

export const gateway: Address = {
  kind: 'address',
  link: 'br-lab',
  cidr: '10.0.0.1/24',
  broadcast: '10.0.0.255',
  first: true,
};
export const moved: Address = { kind: 'address', link: 'br-lab', cidr: '192.0.2.5/24', movedFrom: 'eth1' };
export const service: Address = { kind: 'address', link: 'lo', cidr: '169.254.169.254/32', scope: 'link' };
export const back: Address = { kind: 'address', link: 'eth1', cidr: '192.0.2.5/24', borrowed: true, label: 'eth1:0' };
