// test/kernel/watch/spec.test.ts — the spec changes under a running watch: however it is replaced, however bad it is.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let watch: RunningWatch | undefined;

beforeEach(() => {
  lab = new Lab();
});
afterEach(async () => {
  await watch?.end();
  lab.close();
});

/** Networks n1 to n`count`, each with a bridge and nothing else. */
const spec = (count: number): string => `apiVersion: netctl/v1
networks:
${Array.from({ length: count }, (_, i) => `  n${i + 1}: { mode: flat, interface: null, cidr: 10.0.${i + 1}.0/24 }\n`).join('')}`;

const bridges = (): number => (JSON.parse(lab.ip(lab.host, '-j link show type bridge')) as readonly unknown[]).length;

async function started(...args: readonly string[]): Promise<RunningWatch> {
  watch = new RunningWatch(lab, args);
  await watch.says('ready');
  return watch;
}

describe('a spec that is replaced', () => {
  for (const [name, lay, replace] of [
    ['in place', (text: string) => lab.write('spec.yaml', text), (text: string) => lab.write('spec.yaml', text)],
    [
      'by another file in its place',
      (text: string) => lab.write('spec.yaml', text),
      (text: string) => {
        renameSync(lab.write('spec.new', text), lab.path('spec.yaml'));
      },
    ],
    [
      'by a link that leads elsewhere, where the old file stays',
      (text: string) => {
        version(1, text);
        symlinkSync('v1', lab.path('current'));
        symlinkSync('current/spec.yaml', lab.path('spec.yaml'));
      },
      (text: string) => {
        version(2, text);
        symlinkSync('v2', lab.path('current.new'));
        renameSync(lab.path('current.new'), lab.path('current'));
      },
    ],
  ] as const) {
    test(name, async () => {
      lay(spec(1));
      const running = await started();
      expect(bridges()).toBe(1);
      replace(spec(3));
      await running.says('applied', { times: 2 });
      expect(bridges()).toBe(3);
      expect(running.settled()).toBe(true);
    });
  }

  test('a directory of files, one of which comes, and goes', async () => {
    mkdirSync(lab.path('spec.d'));
    writeFileSync(lab.path('spec.d/10.yaml'), spec(2));
    const running = await started('-f', lab.path('spec.d'));
    writeFileSync(
      lab.path('spec.d/20.yaml'),
      'apiVersion: netctl/v1\nnetworks: { more: { mode: flat, interface: null, cidr: 10.9.0.0/24 } }\n',
    );
    await running.until(() => bridges() === 3, 'there are three');
    rmSync(lab.path('spec.d/20.yaml'));
    await running.until(() => bridges() === 2, 'there are two again');
  });

  test('many times in a burst: the last one counts, and few are applied', async () => {
    lab.write('spec.yaml', spec(1));
    const running = await started();
    for (let i = 2; i <= 40; i++) lab.write('spec.yaml', spec((i % 4) + 1));
    lab.write('spec.yaml', spec(7));
    await running.until(() => bridges() === 7, 'there are seven');
    expect(running.said.filter(({ event }) => event === 'spec-in-force').length).toBeLessThan(10);
  });
});

function version(number: number, text: string): void {
  mkdirSync(lab.path(`v${number}`));
  writeFileSync(lab.path(`v${number}/spec.yaml`), text);
}

describe('a spec that is not good', () => {
  test('tears nothing down: the last good one stays in force, is healed, and status says what is wrong with the new one', async () => {
    lab.write('spec.yaml', spec(2));
    const running = await started();
    const good = running.status().spec?.revision;
    lab.write('spec.yaml', spec(2).replace('10.0.2.0/24', '10.0.1.0/24'));
    const { level, message } = await running.says('spec-refused');
    expect(level).toBe('error');
    expect(message).toMatch(/spec\.yaml:4/);
    lab.ip(lab.host, 'link del dev br-n2');
    await running.until(() => bridges() === 2, 'the bridge is there again');
    await running.until(() => running.status().settled, 'it says so');
    expect(running.status()).toMatchObject({
      settled: true,
      spec: { revision: good },
      refused: { problems: [expect.stringMatching(/spec\.yaml:4/)] },
    });
    const told = lab.netctl(['status']);
    expect(told.code).toBe(1);
    expect(told.out).toMatch(/spec\.yaml:4/);
    lab.write('spec.yaml', spec(4));
    await running.until(() => bridges() === 4, 'the next good one is applied');
    expect(running.status().refused).toBeUndefined();
    expect(lab.netctl(['status']).code).toBe(0);
  });

  for (const [name, text] of [
    ['empty', ''],
    ['no YAML', '{{{'],
    ['without networks', 'apiVersion: netctl/v1\n'],
    ['of another version', 'apiVersion: netctl/v9\n'],
  ] as const) {
    test(`${name}: nothing goes`, async () => {
      lab.write('spec.yaml', spec(3));
      const running = await started();
      lab.write('spec.yaml', text);
      await running.says('spec-refused');
      expect(bridges()).toBe(3);
    });
  }

  test('that is removed: nothing goes, and when it is back all is well', async () => {
    lab.write('spec.yaml', spec(3));
    const running = await started();
    rmSync(lab.path('spec.yaml'));
    await running.says('spec-refused');
    expect(bridges()).toBe(3);
    lab.write('spec.yaml', spec(3));
    await running.until(() => running.status().refused === undefined, 'it is content again');
    expect(running.said.filter(({ event }) => event === 'applied')).toHaveLength(1);
  });

  test('found at start: the one that was in force before goes on, healed as ever', async () => {
    lab.write('spec.yaml', spec(2));
    const first = await started();
    const good = first.status().spec?.revision;
    expect(await first.end()).toBe(143);
    lab.write('spec.yaml', 'nonsense: true\n');
    lab.ip(lab.host, 'link del dev br-n2');
    const second = await started();
    expect(bridges()).toBe(2);
    expect(second.status()).toMatchObject({
      settled: true,
      spec: { revision: good },
      refused: { problems: [expect.stringContaining('nonsense')] },
    });
  });

  test('found at the very first start: it waits for a good one', async () => {
    lab.write('spec.yaml', 'nonsense: true\n');
    watch = new RunningWatch(lab);
    await watch.says('spec-refused');
    lab.write('spec.yaml', spec(2));
    await watch.says('ready');
    expect(bridges()).toBe(2);
  });

  test('that would remove most of what there is asks for a word, and with it does', async () => {
    lab.write('spec.yaml', spec(6));
    const running = await started();
    lab.write('spec.yaml', spec(1));
    expect((await running.says('spec-refused')).message).toContain('--allow-mass-delete');
    expect(bridges()).toBe(6);
    await running.end();
    await started('--allow-mass-delete');
    expect(bridges()).toBe(1);
  });

  test('for an interface that is not there yet: applied when it has come', async () => {
    lab.write('spec.yaml', spec(1));
    const running = await started();
    lab.write('spec.yaml', spec(1).replace('interface: null', 'interface: late0'));
    expect((await running.says('spec-refused')).message).toContain('late0');
    lab.ip(lab.host, 'link add name late0 type veth peer name late1');
    await running.until(
      () => lab.ip(lab.host, '-j link show dev late0').includes('"master":"br-n1"'),
      'it is in the bridge',
    );
  });
});

test('a netctl apply beside it waits for its turn, and what differs from the watched spec is changed back', async () => {
  lab.write('spec.yaml', spec(2));
  const running = await started();
  const other = lab.write('other.yaml', spec(3));
  const applied = must(lab.netctl(['apply', '--yes', '-f', other]));
  expect(applied.err).toContain('holds this host to');
  await running.until(() => bridges() === 2, 'the third bridge is gone again');
  expect(lab.netctl(['destroy', '--yes'])).toMatchObject({
    code: 75,
    err: expect.stringContaining(`process ${running.pid}`) as string,
  });
  expect(bridges()).toBe(2);
  expect(await running.end()).toBe(143);
  must(lab.netctl(['destroy', '--yes']));
  expect(bridges()).toBe(0);
});

describe('what no spec can be, among its files', () => {
  for (const [name, put, said] of [
    [
      'a pipe',
      (path: string) => {
        execFileSync('mkfifo', [path]);
      },
      'is a pipe',
    ],
    [
      'an enormous file',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 1e12);
      },
      'is too large',
    ],
    [
      'a device',
      (path: string) => {
        symlinkSync('/dev/zero', path);
      },
      'is a device',
    ],
    [
      'links in a circle',
      (path: string) => {
        symlinkSync('odd.yaml', path);
      },
      'lead in a circle',
    ],
    [
      'what steers a terminal',
      (path: string) => {
        writeFileSync(path.replace('odd', 'o\x1b[31m\u202e'), 'networks: 7\n');
      },
      'o\uFFFD[31m\uFFFD.yaml',
    ],
  ] as const) {
    test(`${name}: it is said, the host is healed meanwhile, and a TERM ends it`, async () => {
      mkdirSync(lab.path('spec.d'));
      writeFileSync(lab.path('spec.d/10.yaml'), spec(2));
      const running = await started('-f', lab.path('spec.d'));
      put(lab.path('spec.d/odd.yaml'));
      expect((await running.says('spec-refused')).message).toContain(said);
      lab.ip(lab.host, 'link del dev br-n1');
      await running.until(() => bridges() === 2, 'there are two again');
      expect(await running.end()).toBe(143);
    });
  }

  test('and it cannot be watched where nothing else is named', async () => {
    execFileSync('mkfifo', [lab.path('spec.yaml')]);
    watch = new RunningWatch(lab);
    expect((await watch.says('spec-refused')).message).toContain('is a pipe, which can be read only once');
    expect(await watch.end()).toBe(143);
  });
});

describe('a spec that is written slowly in place', () => {
  for (const [name, script] of [
    ['by one who has it open', 'while IFS= read -r line; do printf "%s\\n" "$line"; sleep 0.3; done < "$1" > "$2"'],
    [
      'by one who opens it for each line',
      ': > "$2"; while IFS= read -r line; do printf "%s\\n" "$line" >> "$2"; sleep 0.3; done < "$1"',
    ],
  ] as const) {
    test(`${name}: no half of it removes anything, and the whole is applied`, async () => {
      lab.write('spec.yaml', spec(6));
      const running = await started('--allow-mass-delete');
      const next = lab.write('next', spec(8).replace(/ {2}n2: .*\n/, ''));
      const numbers = (): readonly string[] =>
        (JSON.parse(lab.ip(lab.host, '-j link show type bridge')) as readonly { readonly ifname: string }[]).map(
          ({ ifname }) => ifname,
        );
      const writer = spawn('bash', ['-c', script, 'bash', next, lab.path('spec.yaml')], { stdio: 'ignore' });
      await running.until(() => writer.exitCode !== null, 'it is written');
      await running.until(() => numbers().length === 7 && numbers().includes('br-n8'), 'the whole is applied');
      await running.says('applied', { times: 2 });
      expect(running.said.filter(({ event }) => event === 'applied')).toHaveLength(2);
      expect(running.settled()).toBe(true);
    });
  }

  test('netctl apply waits for who writes it', async () => {
    lab.write('spec.yaml', spec(3));
    must(lab.netctl(['apply', '--yes']));
    const next = lab.write('next', spec(4));
    const writer = spawn(
      'bash',
      [
        '-c',
        'exec > "$2"; while IFS= read -r line; do printf "%s\\n" "$line"; sleep 0.2; done < "$1"',
        'bash',
        next,
        lab.path('spec.yaml'),
      ],
      { stdio: 'ignore' },
    );
    await new Promise((resolve) => {
      setTimeout(resolve, 700);
    });
    expect(must(lab.netctl(['apply', '--yes', '--allow-mass-delete'])).out).toMatch(
      /^vm: 3 to add, 0 to change, 0 to remove\n\n {4}KIND .*\n {2}\+ link {3}br-n4 bridge/,
    );
    expect(bridges()).toBe(4);
    writer.kill();
  });
});
