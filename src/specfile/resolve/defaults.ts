// specfile/resolve/defaults.ts — what every network and instance inherits.
import * as form from '../forms.ts';
import type { SpecFile } from '../generated/types.ts';
import type { RoutedNetwork } from '../model.ts';
import { defined, type Reader } from '../reader.ts';

export type Defaults = Pick<RoutedNetwork, 'domain' | 'dns' | 'mtu' | 'noSnat'> & {
  readonly leaseTime: number;
  readonly macPrefix: string;
  readonly floatingPool?: string;
};

export function defaultsIn({ defaults = {} }: SpecFile, reader: Reader): Defaults {
  return {
    domain: reader.read(form.domain, defaults.domain, ['defaults', 'domain']) ?? 'novalocal',
    dns: reader.each(form.address, defaults.dns, ['defaults', 'dns']) ?? [],
    leaseTime: reader.read(form.leaseTime, defaults.leaseTime, ['defaults', 'leaseTime']) ?? 120,
    mtu: defaults.mtu ?? 1500,
    noSnat: reader.each(form.cidr, defaults.noSnat, ['defaults', 'noSnat']) ?? [],
    ...defined('floatingPool', defaults.floatingPool),
    macPrefix: reader.read(form.macPrefix, defaults.macPrefix, ['defaults', 'macPrefix']) ?? 'fa:16:3e',
  };
}
