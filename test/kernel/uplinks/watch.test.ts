// test/kernel/uplinks/watch.test.ts — under a watch: an interface that comes back is about to be borrowed again, and is
// judged again.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { RunningWatch } from '../watch/running.ts';

let lab: Lab;
let watch: RunningWatch | undefined;
beforeEach(() => {
  lab = new Lab();
});
afterEach(async () => {
  await watch?.end();
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat, bridge: br-lab, interface: eth2, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }
  back: { mode: flat-dhcp, bridge: br-back, interface: null, cidr: 10.20.0.0/24 }
instances: { vm-1: { nics: [{ network: back, device: { type: tap, name: tap-1 } }] } }
`;

function masterOf(link: string): string | undefined {
  const [shown] = JSON.parse(must(lab.in(lab.host, ['ip', '-j', 'link', 'show', 'dev', link])).out) as readonly {
    readonly master?: string;
  }[];
  return shown?.master;
}

test('replugged into another bridge, it stays where it is, and everything else is looked after', async () => {
  lab.write('spec.yaml', SPEC);
  watch = new RunningWatch(lab);
  await watch.says('ready');
  expect(masterOf('eth2')).toBe('br-lab');
  must(lab.in(lab.world, ['ip', 'link', 'del', 'dev', 'far2']));
  // It is there before it has its name.
  lab.ip(lab.host, `link add name new2 type veth peer name far2 netns ${lab.world}`);
  for (const words of [
    'link add name br9 type bridge',
    'link set dev new2 master br9',
    'link set dev new2 name eth2',
    'link set dev eth2 up',
  ])
    lab.ip(lab.host, words);
  await watch.says('failed', { having: ({ message }) => message.includes('eth2 is a port of the bridge br9') });
  lab.ip(lab.host, 'link del dev tap-1');
  await watch.until(
    () => lab.in(lab.host, ['ip', 'link', 'show', 'dev', 'tap-1']).code === 0,
    'the tap is there again',
  );
  expect(masterOf('eth2')).toBe('br9');
  lab.ip(lab.host, 'link set dev eth2 nomaster');
  watch.signal('SIGHUP');
  await watch.until(() => masterOf('eth2') === 'br-lab', 'it is in its bridge');
});

test('what others have put on a bridge that goes is logged, and goes: there is nobody to ask', async () => {
  const spec = lab.write('spec.yaml', SPEC);
  watch = new RunningWatch(lab);
  await watch.says('ready');
  must(
    lab.in(lab.host, [
      'ip',
      'neigh',
      'add',
      '203.0.113.9',
      'lladdr',
      '02:00:00:00:00:99',
      'dev',
      'br-lab',
      'nud',
      'permanent',
    ]),
  );
  writeFileSync(spec, SPEC.replace(/^ {2}lab: .*\n/m, ''));
  const said = await watch.says('monitor', { having: ({ message }) => message.includes('the neighbour 203.0.113.9') });
  expect(said.message).toMatch(
    /^plan: the neighbour 203\.0\.113\.9 .* on br-lab is not netctl's, and is deleted with the bridge.*\n *hint: ip neigh replace 203\.0\.113\.9 .* dev eth2/,
  );
  await watch.until(() => masterOf('eth2') === undefined, 'the uplink is restored');
});

test('an address that somebody removes from the bridge, since another host has it, stays away, and is said once', async () => {
  lab.write('spec.yaml', SPEC.replace('interface: eth2', 'interface: eth1'));
  lab.ip(lab.host, 'address add 203.0.113.100/32 dev eth1');
  watch = new RunningWatch(lab);
  await watch.says('ready');
  lab.ip(lab.host, 'address del 203.0.113.100/32 dev br-lab');
  const said = await watch.says('monitor', { having: ({ message }) => message.includes('203.0.113.100/32') });
  expect(said.message).toContain(
    '203.0.113.100/32, which came with eth1, is on br-lab no more: it is not put there again',
  );
  // It goes on looking after the rest.
  lab.ip(lab.host, 'link del dev tap-1');
  await watch.until(
    () => lab.in(lab.host, ['ip', 'link', 'show', 'dev', 'tap-1']).code === 0,
    'the tap is there again',
  );
  expect(lab.ip(lab.host, '-4 -br address show dev br-lab')).not.toContain('203.0.113.100');
  await watch.end();
  watch = undefined;
  expect(lab.netctl(['apply', '--yes']).err).not.toContain('203.0.113.100');
});

test('a permanent neighbour that somebody replaces on the bridge stays as he made it', async () => {
  lab.write('spec.yaml', SPEC.replace('interface: eth2', 'interface: eth1'));
  const neighbour = (mac: string, link: string): string =>
    `neigh replace 203.0.113.9 lladdr ${mac} dev ${link} nud permanent`;
  lab.ip(lab.host, neighbour('02:00:00:00:00:0a', 'eth1'));
  watch = new RunningWatch(lab);
  await watch.says('ready');
  lab.ip(lab.host, neighbour('02:00:00:00:00:0b', 'br-lab'));
  lab.ip(lab.host, 'link del dev tap-1');
  await watch.until(
    () => lab.in(lab.host, ['ip', 'link', 'show', 'dev', 'tap-1']).code === 0,
    'the tap is there again',
  );
  watch.signal('SIGHUP');
  await watch.says('monitor', {
    having: ({ message }) =>
      message.includes(
        '203.0.113.9, which came with eth1 at 02:00:00:00:00:0a, is at 02:00:00:00:00:0b on br-lab by now',
      ),
  });
  expect(lab.ip(lab.host, 'neigh show nud permanent dev br-lab')).toContain('203.0.113.9 lladdr 02:00:00:00:00:0b');
});
