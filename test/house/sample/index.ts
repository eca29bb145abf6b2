// test/house/sample/index.ts — a feature as anyone would add it: keys, a check, a port for each instance, and a rule.
import type { Pool } from '../../../src/allocate/allocate.ts';
import type { Feature } from '../../../src/features/feature.ts';
import { chain } from '../../../src/kinds/chain/model.ts';
import { hooked } from '../../../src/parts/hook.ts';
import { rank } from '../../../src/parts/rank.ts';
import { check } from './checks.ts';
import { consoles } from './keys.ts';

export const sample: Feature = {
  name: 'sample',
  keys: consoles,
  check,
  *want({ spec, self, allocations }) {
    for (const { instance, host, from, path } of consoles.of(spec)) {
      if (host !== self.name || from === undefined) continue;
      const rule = {
        rank: rank.open,
        match: [
          { match: 'source', cidr: from } as const,
          {
            match: 'protocol',
            protocol: 'tcp',
            destinationPort: Number(allocations[PORTS.name]?.[instance]),
          } as const,
        ],
        then: { target: 'accept' } as const,
        why: `instances.${instance}.console`,
      };
      yield* hooked('filter', 'INPUT', [path]);
      yield { resource: chain('filter', 'netctl-INPUT', [rule]), because: [path] };
    }
  },
  *requests(spec) {
    for (const { instance, path } of consoles.of(spec)) yield { pool: PORTS, holder: instance, because: path };
  },
};

const PORTS: Pool = {
  name: 'console port',
  quarantineSeconds: 0,
  widen: 'the range of ports',
  common: true,
  keeps: (value) => /^59\d\d$/.test(value),
  *candidates() {
    for (let port = 5900; port < 6000; port++) yield String(port);
  },
};
