// test/kernel/nova/compare.ts — one table of flows, asked of a host that is configured as nova-network does it and of
// one that netctl has configured.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from './site.ts';
import type { Call, Surroundings } from './site.ts';
import type { Nova } from './rules.ts';

/**
 * What the other end sees, `SOURCE → DESTINATION`, and that its answer comes back; `answers` to a ping, or `another
 * answers`; `refused`; `silence`.
 */
export type Flow = readonly [name: string, call: Call, sees: string, better?: Better];
/** Where netctl means to do better than nova-network. */
export interface Better {
  readonly netctl: string;
  readonly because: string;
}

interface Hosts {
  readonly nova: Nova;
  readonly netctl: string;
}

/** Who configures the host, and how. */
const WHO: readonly (readonly [who: string, configure: (site: Site, hosts: Hosts) => void])[] = [
  [
    'nova-network',
    (site, { nova }) => {
      site.configure(nova);
    },
  ],
  [
    'netctl',
    (site, { netctl }) => {
      site.apply(netctl);
    },
  ],
];

export function compare(surroundings: Surroundings, hosts: Hosts, flows: readonly Flow[]): void {
  describe.each(WHO)('%s', (who, configure) => {
    let site: Site;
    let answers: ReadonlyMap<Call, string>;
    beforeAll(async () => {
      site = new Site(surroundings);
      configure(site, hosts);
      await site.open();
      answers = await site.ask(flows.map(([, call]) => call));
    });
    afterAll(() => {
      site.close();
    });

    for (const [name, call, sees, better] of flows) {
      const [expected, why] =
        who === 'netctl' && better !== undefined ? [better.netctl, `, because ${better.because}`] : [sees, ''];
      test(`${name}: ${call}: ${expected}${why}`, () => expect(answers.get(call)).toBe(expected));
    }
  });
}
