// features/index.ts — the list: one line per feature, in the order in which a host is built.
import type { Feature } from './feature.ts';
import { flat } from './flat/index.ts';
import { flatDhcp } from './flat-dhcp/index.ts';
import { floatingIp } from './floating-ip/index.ts';
import { host } from './host/index.ts';
import { metadata } from './metadata/index.ts';
import { outsideGateway } from './outside-gateway/index.ts';
import { port } from './port/index.ts';
import { snat } from './snat/index.ts';
import { vlan } from './vlan/index.ts';

export const features: readonly Feature[] = [
  host,
  flat,
  flatDhcp,
  vlan,
  snat,
  metadata,
  outsideGateway,
  port,
  floatingIp,
];
