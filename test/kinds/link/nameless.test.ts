// test/kinds/link/nameless.test.ts — a veth whose far end is in a namespace that has lost its name may go at any
// moment.
import { expect, test } from 'vitest';
import { link } from '../../../src/kinds/link/index.ts';
import type { Veth } from '../../../src/kinds/link/model.ts';
import { DELETE_IF_THERE } from '../../../src/kinds/link/steps.ts';

const veth: Veth = {
  kind: 'link',
  type: 'veth',
  name: 'vr-a',
  master: 'br-a',
  mtu: 1500,
  alias: 'router a',
  peer: { name: 'qr-0', netns: 'netctl-a', mac: '02:00:00:00:00:01' },
};
const opsOfRemoving = (before: Veth): unknown => link.steps([{ verb: 'delete', ref: 'link vr-a', before }])[0]?.ops;

test('that it is gone already is no failure; of any other it is', () => {
  expect(opsOfRemoving({ ...veth, peer: { name: '', netns: '', mac: '' } })).toEqual([
    { op: 'run', argv: ['sh', '-c', DELETE_IF_THERE, 'sh', 'vr-a'], calls: ['ip'] },
  ]);
  expect(opsOfRemoving(veth)).toEqual([{ op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link del dev vr-a'] }]);
});

test('it needs the namespace of its far end, and brings that end', () => {
  expect(link.needs(veth)).toEqual(['link br-a', 'netns netctl-a']);
  expect(link.provides?.(veth)).toEqual(['netns/link netctl-a qr-0']);
});
