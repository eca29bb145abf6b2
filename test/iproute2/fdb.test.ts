// test/iproute2/fdb.test.ts — what a bridge has heard, from what `bridge -j fdb show` prints.
import { expect, test } from 'vitest';
import { parseFdb } from '../../src/iproute2/fdb.ts';

test('only what was heard, by its port', () => {
  expect(
    parseFdb(
      JSON.stringify([
        { mac: '52:54:00:00:00:0A', ifname: 'd1', flags: [], master: 'br0', state: '' },
        { mac: '52:54:00:00:00:0b', ifname: 'd1', vlan: 7, flags: [], master: 'br0', state: '' },
        { mac: '52:54:00:00:00:0b', ifname: 'd1', flags: [], master: 'br0' },
        { mac: '52:54:00:00:00:0c', ifname: 'd2', flags: [], master: 'br0', state: '' },
        { mac: 'fe:54:00:00:00:0a', ifname: 'd1', flags: [], master: 'br0', state: 'permanent' },
        { mac: '02:00:00:00:00:01', ifname: 'd1', flags: [], master: 'br0', state: 'static' },
        { mac: '33:33:00:00:00:01', ifname: 'd1', flags: ['self'], state: 'permanent' },
        { mac: '02:00:00:00:00:02', ifname: 'vx', dst: '192.0.2.1', flags: ['self'], state: '' },
      ]),
    ),
  ).toEqual(
    new Map([
      ['br0 d1', new Set(['52:54:00:00:00:0a', '52:54:00:00:00:0b'])],
      ['br0 d2', new Set(['52:54:00:00:00:0c'])],
    ]),
  );
});

test('nothing', () => {
  expect(parseFdb('')).toEqual(new Map());
  expect(parseFdb('[]\n')).toEqual(new Map());
});
