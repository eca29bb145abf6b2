// test/kernel/store-damages.test.ts — what netctl keeps is damaged in every way: each command says so in words, and
// overwrites nothing.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isNightly } from '../nightly.ts';
import { damages, expectWords, ofGeneration, ofHoldings, ofRecord, ofState, portrait } from './damaged-files.ts';
import { Lab, must, spawn } from './lab.ts';
import { RunningWatch } from './watch/running.ts';

const spec = (...names: readonly string[]): string => `apiVersion: netctl/v1
networks: { lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 } }
instances:
${names.map((name) => `  ${name}: { nics: [{ network: lab }] }\n`).join('')}`;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1') }));
  must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') }));
  cpSync(lab.state(''), lab.path('kept'), { recursive: true });
});
afterEach(() => {
  restored();
});
afterAll(() => {
  lab.close();
});

/** As it was before the damage. */
function restored(): void {
  rmSync(lab.state(''), { recursive: true });
  cpSync(lab.path('kept'), lab.state(''), { recursive: true });
}

const text = (name: string): string => readFileSync(`${lab.path('kept')}/${name}`, 'utf8');

/**
 * All commands in the night; else one of each group, in turn: each damage is done to each file, and each command meets
 * each file under a third of the damages at least.
 */
function asked(turn: number, ...groups: readonly (readonly (readonly string[])[])[]): readonly (readonly string[])[] {
  return groups.flatMap((group) => (isNightly ? group : group.slice(turn % group.length).slice(0, 1)));
}

describe.each([
  ['allocations.json', ofHoldings, 0],
  ['host.json', ofState, 1],
] as const)('%s', (file, own, offset) => {
  for (const [i, [name, damage]] of [...damages, ...own].entries()) {
    const reading = [['plan'], ['status'], ['ip', 'used', 'lab']];
    // Of a damage, one with the one file and one with the other.
    const commands = asked(i + offset, reading, [
      ['apply', '--yes'],
      ['destroy', '--yes'],
    ]);
    test(`${name}: ${commands.map(([verb]) => verb).join(' and ')} say so, and how to go on`, () => {
      const path = lab.state(file);
      damage(path, text(file));
      const before = portrait(path);
      for (const args of commands) {
        const ended = lab.netctl(args, { spec: spec('vm-1', 'vm-2', 'vm-3') });
        expect(ended, args.join(' ')).toMatchObject({ code: 1, err: expect.stringContaining(path) as string });
        expect(ended.err).toMatch(/left as it is\. Mend it, or move it away/);
        expectWords(ended, args.join(' '));
        expect(portrait(path), args.join(' ')).toBe(before);
      }
      restored();
      expect(must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') })).out).toContain('nothing to do');
    });
  }

  test('a watch says so, and heals again once it is mended', async () => {
    lab.write('spec.yaml', spec('vm-1', 'vm-2'));
    const watch = new RunningWatch(lab);
    try {
      await watch.says('ready');
      writeFileSync(lab.state(file), '{');
      lab.ip(lab.host, 'link del dev tap-vm-1');
      await watch.says('obstacle', { having: ({ message }) => message.includes(`${file} is damaged`) });
      restored();
      await watch.until(() => lab.ip(lab.host, '-o link show').includes('tap-vm-1'), 'it is healed');
    } finally {
      expect(await watch.end()).toBe(143);
    }
  });
});

describe('past applies', () => {
  for (const [file, own] of [
    ['generation.json', ofGeneration],
    ['record.json', ofRecord],
  ] as const) {
    for (const [i, [name, damage]] of [...damages, ...own].entries()) {
      test(`${file} is ${name}: history, show and rollback say so; apply goes on`, () => {
        const path = lab.state(`generations/2/${file}`);
        damage(path, text(`generations/2/${file}`));
        const before = portrait(path);
        const history = lab.netctl(['history'], { spec: null });
        expect(history.code).toBe(file === 'generation.json' ? 1 : 0);
        expect(history.out).toMatch(/^ +1 /m);
        if (file === 'generation.json') expect(history.err).toContain(path);
        const ends = [history];
        const telling = [['show', '2']];
        const going = [
          ['rollback', '--yes'],
          ['rollback', '--to', '2', '--yes'],
        ];
        for (const args of file === 'record.json' ? telling : asked(i, [...telling, ...going])) {
          const ended = lab.netctl(args, { spec: null });
          expect(ended, args.join(' ')).toMatchObject({ code: 1, err: expect.stringContaining(path) as string });
          ends.push(ended);
        }
        for (const ended of ends) expectWords(ended, name);
        expect(must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') })).out).toContain('nothing to do');
        expect(portrait(path)).toBe(before);
        restored();
      });
    }
  }

  for (const [name, damage] of [
    [
      'a link to elsewhere',
      (path: string) => {
        symlinkSync(lab.path('kept/generations'), path);
      },
    ],
    [
      'a file',
      (path: string) => {
        writeFileSync(path, '');
      },
    ],
    [
      'a pipe',
      (path: string) => {
        must(spawn(['mkfifo', path]));
      },
    ],
    [
      'a link to itself',
      (path: string) => {
        symlinkSync(path, path);
      },
    ],
  ] as const) {
    test(`all of them are ${name}: it is said, and nothing is changed through it`, () => {
      const path = lab.state('generations');
      rmSync(path, { recursive: true });
      damage(path);
      const there = lab.snapshot();
      for (const args of [
        ['history'],
        ['show', '1'],
        ['rollback', '--yes'],
        ['apply', '--yes'],
        ['status'],
        ['plan'],
        ['destroy', '--yes'],
      ]) {
        const ended = lab.netctl(args, {
          spec:
            args[0] === 'apply'
              ? spec('vm-1', 'vm-2', 'vm-3')
              : ['status', 'plan'].includes(args[0] ?? '')
                ? spec('vm-1', 'vm-2')
                : null,
        });
        expect(ended, args.join(' ')).toMatchObject({ code: 1, err: expect.stringContaining(path) as string });
        expect(ended.err, args.join(' ')).toContain('Move it away: it tells nothing of past applies');
        expectWords(ended, args.join(' '));
      }
      expect(lab.snapshot()).toBe(there);
      restored();
      expect(
        must(lab.netctl(['history'], { spec: null }))
          .out.trim()
          .split('\n'),
      ).toHaveLength(2);
    });
  }
});

describe('an apply that waits', () => {
  for (const [i, [name, damage]] of damages.entries()) {
    test(`is ${name}: status and apply go on, or say why not`, () => {
      const path = lab.state('pending.json');
      writeFileSync(path, '{}');
      damage(path, '{"version":1,"generation":2,"phase":"waiting","start":"x","pid":1,"began":"1"}');
      for (const args of asked(i, [['status'], ['plan']], [['apply', '--yes'], ['confirm'], ['apply', '--yes']])) {
        const ended = lab.netctl(args, args[0] === 'confirm' ? { spec: null } : { spec: spec('vm-1', 'vm-2') });
        expect(
          args[0] === 'confirm' || ended.code === 0 || ended.err.includes('pending.json'),
          `${args.join(' ')}: ${ended.err}`,
        ).toBe(true);
        expectWords(ended, args.join(' '));
      }
      restored();
    });
  }
});

describe('links in its own directories', () => {
  for (const [name, lay] of [
    ['the directory of a network', 'networks/lab'],
    ['all networks', 'networks'],
    ['a file of a network', 'networks/lab/hosts'],
  ] as const) {
    test(`${name}: nothing is written or removed through it`, () => {
      const there = lab.path('theirs');
      rmSync(there, { recursive: true, force: true });
      cpSync(lab.path(`kept/${lay}`), there, { recursive: true });
      if (!lay.endsWith('hosts'))
        for (const extra of ['', ...(lay === 'networks' ? ['lab/'] : [])])
          writeFileSync(`${there}/${extra}mine`, 'mine');
      const before = execFileSync('find', [there, '-printf', '%p %s %i\n'], { encoding: 'utf8' });
      rmSync(lab.state(lay), { recursive: true });
      symlinkSync(there, lab.state(lay));
      for (const args of [
        ['apply', '--yes'],
        ['destroy', '--yes'],
      ]) {
        const ended = lab.netctl(args, { spec: spec('vm-1', 'vm-2', 'vm-3') });
        if (args[0] === 'apply' || lay === 'networks')
          expect(ended, args.join(' ')).toMatchObject({
            code: 1,
            err: expect.stringContaining('is a symbolic link: netctl follows none in its own directories') as string,
          });
        expectWords(ended, args.join(' '));
        expect(execFileSync('find', [there, '-printf', '%p %s %i\n'], { encoding: 'utf8' })).toBe(before);
        expect(lstatSync(lab.state(lay)).isSymbolicLink()).toBe(true);
      }
      restored();
      must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') }));
      rmSync(lab.path('kept'), { recursive: true });
      cpSync(lab.state(''), lab.path('kept'), { recursive: true });
    });
  }

  test('the lock', () => {
    const lock = lab.run('lock');
    rmSync(lock);
    writeFileSync(lab.path('precious'), 'precious');
    symlinkSync(lab.path('precious'), lock);
    expect(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') })).toMatchObject({
      code: 1,
      err: expect.stringContaining('it is a symbolic link') as string,
    });
    expect(readFileSync(lab.path('precious'), 'utf8')).toBe('precious');
    rmSync(lock);
  });
});

test('files that netctl did not write stay, whatever it does, and their directories with them', () => {
  const theirs = [
    'networks/lab/notes',
    'networks/mine/hosts.bak',
    'guests/vm-1/user-data',
    'generations/1/notes',
    'notes',
  ].map((name) => lab.state(name));
  const inRun = ['mine.pid', 'mine.loaded', 'notes'].map((name) => lab.run(name));
  for (const path of [...theirs, ...inRun]) {
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, 'mine');
    chmodSync(path, 0o640);
  }
  expect(must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') })).out).toContain('nothing to do');
  must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: 'apiVersion: netctl/v1\n' }));
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  for (const path of [...theirs, ...inRun]) expect(readFileSync(path, 'utf8')).toBe('mine');
});

test('enormous files among those that netctl has written, and beside them, stop nothing', () => {
  const foreign = lab.state('networks/lab/foreign');
  for (const path of [
    foreign,
    lab.state('networks/lab/hosts'),
    lab.run('dnsmasq-lab.loaded'),
    lab.run('dnsmasq-lab.pid'),
  ]) {
    truncateSync(path === foreign ? lab.write('big', '') : path, 2e9);
    if (path === foreign) renameSync(lab.path('big'), foreign);
    must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') }));
    expect([path, lab.netctl(['status']).code]).toEqual([path, 0]);
  }
  rmSync(foreign);
});
