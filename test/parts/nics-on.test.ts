// test/parts/nics-on.test.ts — each network has its own NICs, in the order of the spec.
import { expect, test } from 'vitest';
import { l3DeviceOf, uplinkOf } from '../../src/parts/uplink-mapping.ts';
import { nicsOn } from '../../src/parts/nics-on.ts';
import { readSpec } from '../specfile/read-spec.ts';

const networks = Array.from(
  { length: 40 },
  (_, i) => `  n${i}: { mode: flat-dhcp, cidr: 10.0.${i}.0/24, interface: ${i % 3 === 0 ? 'null' : `eth${i}`} }\n`,
);
const instances = Array.from(
  { length: 100 },
  (_, i) => `  vm-${i}: { host: h${i % 2}, nics: [{ network: n${i % 40} }, { network: n${(i * 7) % 40} }] }\n`,
);
const read = readSpec([
  {
    file: 'spec.yaml',
    text: `apiVersion: netctl/v1\nhosts: { h0: { flatInterface: eth1 }, h1: {} }\nnetworks:\n${networks.join('')}instances:\n${instances.join('')}`,
  },
]);

test('as whoever looks through all of them finds them', () => {
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { spec } = read;
  for (const network of [...spec.networks, { name: 'none' }])
    expect(nicsOn(network, spec)).toEqual(
      spec.instances.flatMap((instance) =>
        instance.nics.filter((nic) => nic.network === network.name).map((nic) => ({ instance, nic })),
      ),
    );
});

test('an interface is carried by the first network that has it as uplink, on each host', () => {
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { spec } = read;
  for (const self of spec.hosts)
    for (const name of Array.from({ length: 41 }, (_, i) => `eth${i}`))
      expect(l3DeviceOf(name, { spec, self })).toBe(
        spec.networks.find((network) => uplinkOf(network, self) === name)?.bridge ?? name,
      );
});
