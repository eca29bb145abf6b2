// test/kinds/route/routes.ts — routes that the tests of this kind speak of, as wanted and as the kernel has them.
import type { Route } from '../../../src/kinds/route/model.ts';

export const moved: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'br-lab',
  metric: 100,
  protocol: '117',
  movedFrom: 'eth1',
};
export const back: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'eth1',
  metric: 100,
  protocol: '16',
  borrowed: true,
};
export const there: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'eth1',
  metric: 100,
  protocol: '16',
};
