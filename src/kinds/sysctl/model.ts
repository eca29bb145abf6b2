// kinds/sysctl/model.ts — one kernel setting. Never ours: set, not swept, given back.
import type { Resource } from '../../core/resource.ts';

export interface Sysctl extends Resource {
  readonly kind: 'sysctl';
  readonly borrowed: true;
  /** `net.ipv4.ip_forward` */
  readonly name: string;
  readonly value: string;
}
