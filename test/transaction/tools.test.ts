// test/transaction/tools.test.ts — what a plan needs, and what the way back from it needs, is looked for before the
// first step.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/commands/apply/run.ts';
import { destroy } from '../../src/commands/destroy/run.ts';
import { plan } from '../../src/commands/plan/run.ts';
import type { World } from '../../src/pipeline/world.ts';
import { missingTools } from '../../src/driver/missing-tool.ts';
import type { Op } from '../../src/core/resource.ts';
import { Scene } from '../cases/scene.ts';
import { applied, ended, tried, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const hostOf = (example: string): string => read(`test/cases/example-${example}/host.txt`);

/** A host on which only these tools are not installed. */
function without(scene: Scene, spec: string, gone: readonly string[]): TestWorld {
  const missing = (ops: readonly Op[]): readonly string[] =>
    missingTools(ops, '/nowhere').flatMap(({ tool, message }) => (gone.includes(tool) ? [message] : []));
  return worldOf({ driver: scene.whole.host, spec: { 'spec.yaml': spec }, host: 'h1' }, { missingTools: missing });
}

describe('what only the way back needs', () => {
  for (const [name, example, tool, debianPackage] of [
    ['the connections of a floating address', 'floating-ip', 'conntrack', 'conntrack'],
    ['a lease', 'flat-dhcp', 'dhcp_release', 'dnsmasq-utils'],
  ] as const) {
    test(`${name}: an apply says what is missing, and changes nothing`, async () => {
      const scene = new Scene(hostOf(example));
      const before = scene.snapshot();
      const world = without(scene, read(`examples/${example}.yaml`), [tool]);
      expect(await applied(world)).toBe(69);
      expect(scene.snapshot()).toBe(before);
      for (const how of [{ atomic: true }, { confirm: 60 }]) expect(await tried(world, how)).toBe(69);
      expect(scene.snapshot()).toBe(before);
      expect(missingTools([{ op: 'run', argv: [tool] }], '/nowhere').map((one) => one.debianPackage)).toEqual([
        debianPackage,
      ]);
    });
  }
  test('is no matter once it is there: what is right needs nothing, and what is changed needs its own', async () => {
    const scene = new Scene(hostOf('floating-ip'));
    const spec = read('examples/floating-ip.yaml');
    expect(await applied(without(scene, spec, []))).toBe(0);
    expect(await applied(without(scene, spec, ['conntrack']))).toBe(0);
  });
  test('is not asked of a destroy, which nobody rolls back', async () => {
    const scene = new Scene(hostOf('flat-dhcp'));
    expect(await applied(without(scene, read('examples/flat-dhcp.yaml'), []))).toBe(0);
    // Nothing of it starts a daemon.
    expect(await ended(() => destroy(without(scene, '', ['dnsmasq']), { yes: true }))).toBe(0);
  });
});

describe('a plan', () => {
  const planned = async (
    scene: Scene,
    example: string,
    gone: readonly string[],
    more: Partial<World> = {},
  ): Promise<readonly [number, string, string]> => {
    const world: TestWorld = { ...without(scene, read(`examples/${example}.yaml`), gone), ...more };
    return [
      await ended(() => plan(world, { detailedExitcode: true, commands: false, netns: undefined })),
      world.said.out,
      world.said.err,
    ];
  };
  for (const [name, example, tool, words] of [
    [
      'its steps need',
      'flat-dhcp',
      'dnsmasq',
      'dnsmasq is not installed, or not in PATH (Debian package dnsmasq-base)',
    ],
    [
      'only the way back needs',
      'floating-ip',
      'conntrack',
      'conntrack is not installed, or not in PATH (Debian package conntrack); without it what this plan makes could not be removed',
    ],
    [
      'probes are asked with',
      'probes',
      'ping',
      'ping is not installed, or not in PATH (Debian package iputils-ping); without it nobody could tell whether what replies now replies afterwards',
    ],
  ] as const) {
    test(`says what ${name} and is missing, as an apply would, and ends as that does`, async () => {
      const scene = new Scene(hostOf(example));
      const [code, out, err] = await planned(scene, example, [tool]);
      expect([code, err]).toEqual([69, expect.stringMatching(/^error: .*\[tool-missing\]\n$/s) as string]);
      expect(err).toContain(words);
      expect(out).toMatch(/^h1: \d+ to add/);
      const world = without(scene, read(`examples/${example}.yaml`), [tool]);
      await expect(apply(world, { yes: true, prune: true, allowMassDelete: false })).rejects.toMatchObject({
        code: 69,
        message: expect.stringContaining(words) as string,
      });
    });
  }
  test('with -o json it is one document of what is wrong', async () => {
    const [code, out, err] = await planned(new Scene(hostOf('probes')), 'probes', ['ping'], { output: 'json' });
    expect([code, err, JSON.parse(out)]).toMatchObject([
      69,
      '',
      { kind: 'Diagnostics', diagnostics: [{ code: 'tool-missing' }] },
    ]);
  });
  test('needs nothing where nothing is to be done, or all is there', async () => {
    const scene = new Scene(hostOf('floating-ip'));
    expect((await planned(scene, 'floating-ip', []))[0]).toBe(2);
    expect(await applied(without(scene, read('examples/floating-ip.yaml'), []))).toBe(0);
    expect((await planned(scene, 'floating-ip', ['conntrack', 'dnsmasq', 'ping']))[0]).toBe(0);
  });
  test('that something else stands against as well says both', async () => {
    const scene = new Scene(hostOf('flat-dhcp').replace(/eth1/g, 'eth9'));
    const [code, , err] = await planned(scene, 'flat-dhcp', ['dnsmasq']);
    expect([code, err]).toEqual([1, expect.stringContaining('[tool-missing]') as string]);
    expect(err).toContain('[device-missing]');
  });
});

describe('what probes are asked with', () => {
  const spec = read('examples/probes.yaml');
  test('is looked for before anything is done, where something is to be done', async () => {
    const scene = new Scene(hostOf('probes'));
    const before = scene.snapshot();
    const lacking = without(scene, spec, ['ping']);
    await expect(apply(lacking, { yes: true, prune: true, allowMassDelete: false })).rejects.toMatchObject({
      code: 69,
      message: expect.stringMatching(
        /ping is not installed, or not in PATH \(Debian package iputils-ping\); without it/,
      ) as string,
    });
    expect(scene.snapshot()).toBe(before);
    expect(await applied(without(scene, spec, []))).toBe(0);
    expect(await applied(without(scene, spec, ['ping']))).toBe(0);
  });
  test('is none where nothing is asked, or netctl asks by itself', async () => {
    const scene = new Scene(hostOf('probes').replace(/^.*default.*$/gm, ''));
    expect(await applied(without(scene, spec.replaceAll(/^ {2}- .*ping:.*$/gm, ''), ['ping', 'ss']))).toBe(0);
  });
});

test('what a shell or perl starts is looked for too', () => {
  const gone = (op: Op): readonly string[] => missingTools([op], '/nowhere').map(({ tool }) => tool);
  expect(gone({ op: 'run', argv: ['sh', '-c', 'modprobe x'], calls: ['modprobe', 'sysctl'] })).toEqual([
    'sh',
    'modprobe',
    'sysctl',
  ]);
});

describe('whatever a plan of an example needs on its way, there and back,', () => {
  for (const example of readdirSync('examples').map((file) => file.slice(0, -'.yaml'.length))) {
    test(`${example}: has a Debian package that is named`, async () => {
      const scene = new Scene(hostOf(example));
      const asked: Op[] = [];
      const world = worldOf(
        { driver: scene.whole.host, spec: { 'spec.yaml': read(`examples/${example}.yaml`) }, host: 'h1' },
        { missingTools: (ops) => (asked.push(...ops), []) },
      );
      expect(await applied(world)).toBe(0);
      expect(missingTools(asked, '/nowhere').filter(({ debianPackage }) => debianPackage === undefined)).toEqual([]);
      expect(asked.length).toBeGreaterThan(0);
    });
  }
});
