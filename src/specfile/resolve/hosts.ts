// specfile/resolve/hosts.ts — the hosts of a spec; one that names none is for whichever host reads it.
import type { Ip } from '../../net/ip.ts';
import * as form from '../forms.ts';
import type { SpecFile } from '../generated/types.ts';
import type { Host } from '../model.ts';
import { defined, type Reader } from '../reader.ts';

/** The host of a spec that names none. */
export const ONLY_HOST = 'localhost';
const LOOPBACK = '127.0.0.1' as Ip<4>;
/** nova's metadata_port. */
const METADATA_PORT = 8775;

export function hostsIn(text: SpecFile, reader: Reader): readonly Host[] {
  const hosts = Object.entries(text.hosts ?? {}).map(([name, host]): Host => {
    const at = ['hosts', name];
    return {
      name,
      ...defined('publicInterface', reader.read(form.interfaceName, host.publicInterface, [...at, 'publicInterface'])),
      ...defined('vlanInterface', reader.read(form.interfaceName, host.vlanInterface, [...at, 'vlanInterface'])),
      ...defined('flatInterface', reader.read(form.interfaceName, host.flatInterface, [...at, 'flatInterface'])),
      ...defined('sourceAddress', reader.read(form.address, host.sourceAddress, [...at, 'sourceAddress'])),
      ...defined(
        'metadata',
        host.metadata === undefined
          ? undefined
          : {
              address: reader.read(form.address, host.metadata.address, [...at, 'metadata', 'address']) ?? LOOPBACK,
              port: host.metadata.port ?? METADATA_PORT,
            },
      ),
    };
  });
  return hosts.length > 0 ? hosts : [{ name: ONLY_HOST, implied: true }];
}
