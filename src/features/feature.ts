// features/feature.ts — what a feature is: it reads the part of the spec that it understands, and wants things. It does
// nothing.
import type { Request } from '../allocate/allocate.ts';
import type { Facts } from '../core/facts.ts';
import type { Want, Waiting } from '../core/resource.ts';
import type { Context } from '../parts/context.ts';
import type { Spec } from '../specfile/model.ts';
import type { SpecExtension } from '../specfile/extension.ts';

export interface Feature extends SpecExtension {
  /** What this host should hold for it. Pure. */
  want(context: Context): Iterable<Want | Waiting>;
  /**
   * What it needs allotted, for all hosts, and who is to hold it: whoever requests something is known as its holder,
   * where addresses are listed, and where a store that was lost is gathered from the host.
   */
  requests?(spec: Spec, facts: Facts): Iterable<Request>;
}
