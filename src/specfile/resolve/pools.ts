// specfile/resolve/pools.ts — pools of floating addresses, and what of a range is given out.
import type { Path } from '../../core/resource.ts';
import { hostsOf, parseCidr } from '../../net/ip.ts';
import * as form from '../forms.ts';
import type { PoolText } from '../generated/types.ts';
import type { Pool, PoolRange } from '../model.ts';
import { defined, type Reader } from '../reader.ts';

export function poolIn(name: string, text: PoolText, reader: Reader): Pool {
  const path = ['pools', name];
  const ranges = reader.indexed(text.ranges).flatMap(([i, written]) => {
    const at = [...path, 'ranges', i];
    const range = usableIn(written, at, reader);
    return range === undefined ? [] : [{ path: at, ...range }];
  });
  return {
    name,
    path,
    ranges,
    ...defined('interface', reader.read(form.interfaceName, text.interface, [...path, 'interface'])),
  };
}

/** Of a network, all but its own and its broadcast address. */
export function usableIn(text: string, path: Path, reader: Reader): Omit<PoolRange, 'path'> | undefined {
  const written = reader.read(form.range, text, path);
  const network = parseCidr(text, 4);
  return written === undefined
    ? undefined
    : { written, usable: network === undefined ? written : hostsOf(network), ...defined('network', network) };
}
