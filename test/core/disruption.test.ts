// test/core/disruption.test.ts — what the changes of one plan do together: what a kind does not say, and what is new.
import { describe, expect, test } from 'vitest';
import { disruptionsOf, sparesFlows } from '../../src/core/disruption.ts';
import type { Change, Disruption, Kind, Resource } from '../../src/core/resource.ts';
import { brick, named } from './bricks.ts';

interface Link extends Resource {
  readonly kind: 'link';
  readonly says: Disruption;
}
const link: Kind<Link> = {
  kind: 'link',
  key: () => '',
  needs: () => [],
  watches: [],
  observe: () => Promise.resolve([]),
  steps: () => [],
  describe: () => '',
  disrupts: (change) => (change.verb === 'delete' ? change.before.says : change.after.says),
};
const of = (...changes: readonly Change[]): readonly Disruption[] =>
  disruptionsOf(changes, [brick, link]).map(([, disruption]) => disruption);
const makes = (name: string): Change => ({
  verb: 'create',
  ref: `link ${name}`,
  after: { kind: 'link', says: { class: 'none', makes: name } } as Link,
});
const says = (disruption: Disruption): Change => ({
  verb: 'update',
  ref: 'link x',
  before: { kind: 'link', says: disruption } as Link,
  after: { kind: 'link', says: disruption } as Link,
});

describe('what a kind does not say', () => {
  const a = named('a');
  for (const [name, change, disruption] of [
    ['ours made', { verb: 'create', ref: 'brick a', after: a }, { class: 'none' }],
    [
      "another's made",
      { verb: 'create', ref: 'brick a', after: { ...a, borrowed: true } },
      { class: 'flows', of: ['a'] },
    ],
    ['changed', { verb: 'update', ref: 'brick a', before: a, after: a }, { class: 'flows', of: ['a'] }],
    ['removed', { verb: 'delete', ref: 'brick a', before: a }, { class: 'flows', of: ['a'] }],
  ] as const)
    test(name, () => expect(of(change)).toEqual([disruption]));
});

describe('what the plan itself makes', () => {
  for (const [name, said, left] of [
    ['has carried nothing', { class: 'link', link: 'br0' }, { class: 'none' }],
    ['nor its flows', { class: 'flows', of: ['br0'] }, { class: 'none' }],
    ['others have', { class: 'flows', of: ['br0', 'br1'] }, { class: 'flows', of: ['br1'] }],
    ['another link has', { class: 'link', link: 'br1' }, { class: 'link', link: 'br1' }],
    ['new connections are not its own', { class: 'new-connections' }, { class: 'new-connections' }],
  ] as const)
    test(name, () => expect(of(makes('br0'), says(said))[1]).toEqual(left));
});

describe('established flows', () => {
  for (const [disruption, spared] of [
    [{ class: 'none' }, true],
    [{ class: 'new-connections' }, true],
    [{ class: 'flows', of: ['a'] }, false],
    [{ class: 'link', link: 'a' }, false],
  ] as const)
    test(disruption.class, () => expect(sparesFlows(disruption)).toBe(spared));
});
