// test/commands/status.test.ts — what is wanted, what is there, and what differs.
import { describe, expect, test } from 'vitest';
import { Bench, specOf } from './bench.ts';

const THREE_DEVICES = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
  vm-2: { nics: [{ network: lab, device: { type: veth, name: v2, netns: g2 } }] }
  vm-3: { nics: [{ network: lab, device: { type: external, name: lv-d3 } }] }
`;

const SOMEBODYS = THREE_DEVICES.replace('lv-d3', 'ext3');

describe('as text', () => {
  test('as the spec says: 0', async () => {
    const bench = new Bench();
    await bench.apply(specOf('vm-1'));
    expect(await bench.status(specOf('vm-1'))).toEqual({
      code: 0,
      err: '',
      out: `h1: in sync with the spec

networks
  lab  flat-dhcp  br100  10.0.0.0/24  ok

instances
  vm-1/lab  10.0.0.2  fa:16:3e:a6:8f:58  tap tap-vm-1  ok
`,
    });
  });

  test('what only others can bring is named as missing, and is no difference', async () => {
    const bench = new Bench();
    await bench.apply(THREE_DEVICES);
    expect(await bench.status(THREE_DEVICES)).toEqual({
      code: 0,
      err: '',
      out: `h1: in sync with the spec; 2 waiting: link v2, link lv-d3

networks
  lab  flat-dhcp  br100  10.0.0.0/24  ok

instances
  vm-1/lab  10.0.0.2  fa:16:3e:a6:8f:58  tap tap-vm-1    ok
  vm-2/lab  10.0.0.3  fa:16:3e:77:da:ed  veth v2         missing: the namespace g2 is not there yet
  vm-3/lab  10.0.0.4  fa:16:3e:cd:bc:6c  external lv-d3  missing: the external device lv-d3 is not there yet
`,
    });
  });

  test('when it has come, it differs until the next apply', async () => {
    const bench = new Bench();
    await bench.apply(THREE_DEVICES);
    bench.scene.befall('tuntap add dev lv-d3 mode tap\n');
    const { code, out } = await bench.status(THREE_DEVICES);
    expect(code).toBe(2);
    expect(out).toContain('h1: 1 thing differs from the spec; 1 waiting: link v2\n');
    expect(out).toMatch(/^ {2}vm-3\/lab .* differs$/m);
    expect(out).toContain(
      '\ndiffers\n  differs  link  lv-d3 into br100, hairpin  spec.yaml:7 instances.vm-3.nics[0].device\n',
    );
  });

  describe('of a device that somebody else makes', () => {
    const settled = async (): Promise<Bench> => {
      const bench = new Bench();
      bench.scene.befall('tuntap add dev ext3 mode tap\nnetns add g2\n');
      await bench.apply(SOMEBODYS);
      return bench;
    };
    const OWN = 'fa:16:3e:cd:bc:6c';
    for (const [name, heard, code] of [
      ['nobody was heard', [], 0],
      ['its own guest was heard', [`br100 ext3 ${OWN}`], 0],
      ['its own guest and one within that', [`br100 ext3 52:54:00:00:00:01`, `br100 ext3 ${OWN}`], 0],
      ['others were heard behind other devices', ['br100 tap-vm-1 52:54:00:00:00:01', 'br9 ext3 52:54:00:00:00:01'], 0],
      ['another guest was heard', ['br100 ext3 52:54:00:00:00:01'], 2],
    ] as const) {
      test(`${name}: ${code}`, async () => {
        const bench = await settled();
        bench.scene.whole.bridge.heard = heard;
        const { code: is, out, err } = await bench.status(SOMEBODYS);
        expect({ is, err }).toEqual({ is: code, err: '' });
        expect(out).toMatch(code === 0 ? /^h1: in sync with the spec\n/ : /^h1: 1 thing differs from the spec\n/);
        expect(/^ {2}vm-3\/lab .* external ext3 {2}(.*)$/m.exec(out)?.[1]).toBe(
          code === 0 ? 'ok' : 'differs: 52:54:00:00:00:01 is seen behind it',
        );
        expect(
          out.includes(
            `\ndiffers\n  differs  mac  behind ext3 is 52:54:00:00:00:01, not ${OWN}: give the instance that one, or the spec the instance's  spec.yaml:7 instances.vm-3.nics[0]\n`,
          ),
        ).toBe(code === 2);
        const data = JSON.parse((await bench.status(SOMEBODYS, { output: 'json' })).out) as {
          readonly settled: boolean;
        };
        expect(data.settled).toBe(code === 0);
        expect((await bench.apply(SOMEBODYS)).code).toBe(0);
      });
    }
    test('that it could not be asked is said, and nothing else', async () => {
      const bench = await settled();
      bench.scene.whole.bridge.refuses = 'RTNETLINK answers: Operation not supported';
      expect(await bench.status(SOMEBODYS)).toMatchObject({
        code: 0,
        err: expect.stringMatching(
          /^whose MAC is behind external devices could not be looked at: .*not supported/,
        ) as string,
      });
    });
    test('where there is none, nobody is asked', async () => {
      const bench = new Bench();
      await bench.apply(specOf('vm-1'));
      bench.scene.whole.bridge.refuses = 'not to be asked';
      expect(await bench.status(specOf('vm-1'))).toMatchObject({ code: 0, err: '' });
    });
  });

  test('what somebody did to the host is named at its network and its instance: 2', async () => {
    const bench = new Bench();
    await bench.apply(specOf('vm-1', 'vm-2'));
    bench.scene.befall('link del dev tap-vm-2\nlink set dev br100 down\n');
    expect(await bench.status(specOf('vm-1', 'vm-2'))).toEqual({
      code: 2,
      err: '',
      out: expect.stringMatching(/^h1: \d things? differs? from the spec\n/) as string,
    });
    const { out } = await bench.status(specOf('vm-1', 'vm-2'));
    expect(out).toMatch(/^ {2}lab .* differs$/m);
    expect(out).toMatch(/^ {2}vm-1\/lab .* ok$/m);
    expect(out).toMatch(/^ {2}vm-2\/lab .* differs$/m);
    expect(out).toMatch(/^ {2}differs +link +br100 bridge \(down\) +spec\.yaml:3 networks\.lab\.bridge$/m);
    expect(out).toMatch(/^ {2}missing +link +tap-vm-2 tap in br100 +spec\.yaml:6 instances\.vm-2\.nics\[0\]\.device$/m);
  });

  test('what nobody wants any more, also when it is most of what there is', async () => {
    const bench = new Bench();
    await bench.apply(specOf('vm-1'));
    const { code, out, err } = await bench.status('apiVersion: netctl/v1\n');
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).toMatch(/^ {2}not in spec +link +tap-vm-1 tap in br100$/m);
  });

  test('what is in the way of the spec is an error: 1', async () => {
    const { code, err } = await new Bench('link add name br100 type bridge\n').status(specOf('vm-1'));
    expect(code).toBe(1);
    expect(err).toContain('[link-foreign]');
  });
});

test('it changes nothing and saves nothing', async () => {
  const bench = new Bench();
  const before = bench.scene.snapshot();
  await bench.status(specOf('vm-1'));
  expect({ held: bench.scene.snapshot(), saves: bench.saves, ops: bench.scene.whole.host.ops }).toEqual({
    held: before,
    saves: 0,
    ops: 0,
  });
});

test('as data', async () => {
  const bench = new Bench();
  await bench.apply(THREE_DEVICES);
  bench.scene.befall('link del dev tap-vm-1\n');
  const { code, out, err } = await bench.status(THREE_DEVICES, { output: 'json' });
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    apiVersion: 'netctl/v1',
    kind: 'Status',
    host: 'h1',
    settled: false,
    changes: [
      {
        verb: 'create',
        ref: 'link tap-vm-1',
        because: [{ path: 'instances.vm-1.nics[0].device', file: 'spec.yaml', line: 5 }],
      },
    ],
    networks: [{ name: 'lab', mode: 'flat-dhcp', bridge: 'br100', cidr: '10.0.0.0/24', state: 'ok' }],
    nics: [
      {
        name: 'vm-1/lab',
        instance: 'vm-1',
        network: 'lab',
        address: '10.0.0.2',
        device: { type: 'tap', name: 'tap-vm-1' },
        state: 'differs',
      },
      {
        name: 'vm-2/lab',
        device: { type: 'veth', name: 'v2', netns: 'g2' },
        state: 'missing',
        why: 'the namespace g2 is not there yet',
      },
      { name: 'vm-3/lab', device: { type: 'external', name: 'lv-d3' }, state: 'missing' },
    ],
  });
});
