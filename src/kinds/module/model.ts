// kinds/module/model.ts — a part of the kernel that has to be loaded. Never unloaded: others may use it too by then.
import type { Resource } from '../../core/resource.ts';

export interface Module extends Resource {
  readonly kind: 'module';
  readonly name: 'br_netfilter';
}
