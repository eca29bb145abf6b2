// test/pipeline/preflight/taken-peers.test.ts — a name that the other end of a veth is to have, and that somebody has
// in the guest's namespace.
import { describe, expect, test } from 'vitest';
import { Bench } from '../../commands/bench.ts';

const specOf = (device: string): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: ${device} }] }
`;
const first = specOf('{ type: veth, name: v-1, netns: g1 }');

describe('another has it', () => {
  for (const [peer, device] of [
    ['eth0', '{ type: veth, name: v-1, netns: g1 }'],
    ['eth9', '{ type: veth, name: v-1, netns: g1, peer: eth9 }'],
  ] as const) {
    test(`${peer}: an error of plan, status and apply, at its line, and nothing is done`, async () => {
      const bench = new Bench(`netns add g1\nlink add name other type veth peer name ${peer} netns g1\n`);
      const { effects } = bench.scene.whole.host;
      const said = expect.stringMatching(
        new RegExp(
          `^spec\\.yaml:5:\\d+: error: the other end of v-1 is to be ${peer} in namespace g1.*\\[peer-taken\\][^]*hint: .*ip -n g1 link del dev ${peer}`,
          'm',
        ),
      ) as string;
      for (const ended of [
        await bench.plan(specOf(device)),
        await bench.status(specOf(device)),
        await bench.apply(specOf(device)),
      ])
        expect(ended).toMatchObject({ code: 1, err: said });
      expect(bench.scene.whole.host.effects).toBe(effects);
    });
  }
});

describe('netctl has it', () => {
  for (const [name, next] of [
    ['and it stays', first],
    ['and its near end gets another name', specOf('{ type: veth, name: v-2, netns: g1 }')],
    ['and another instance gets it', first.replace('vm-1', 'vm-2')],
    ['and it moves to another namespace', specOf('{ type: veth, name: v-1, netns: g2 }')],
    ['and it gets another name itself', specOf('{ type: veth, name: v-1, netns: g1, peer: eth9 }')],
  ] as const) {
    test(name, async () => {
      const bench = new Bench('netns add g1\nnetns add g2\n');
      expect(await bench.apply(first)).toMatchObject({ code: 0, err: '' });
      expect(await bench.plan(next)).toMatchObject({ code: 0, err: '' });
    });
  }
});
