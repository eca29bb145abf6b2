// test/kernel/watch/service.test.ts — a watch as a service: what systemd hears of it, and what Prometheus reads.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab } from '../lab.ts';
import { Notified } from '../notified.ts';
import { monitorsOf } from './enemy.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let watch: RunningWatch;
let systemd: Notified;

beforeEach(async () => {
  lab = new Lab();
  systemd = new Notified(lab.path('notify'));
  await systemd.listening();
});
afterEach(async () => {
  await watch.end();
  systemd.close();
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;
const GOOD = 'STATUS=the host is in sync with the spec';

function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): void {
  lab.write('spec.yaml', SPEC);
  watch = new RunningWatch(lab, args, { ...systemd.env, ...env });
}

async function told(words: string, times = 1, patience?: number): Promise<void> {
  await watch.until(
    () => systemd.having(words).length >= times,
    `systemd is told ${words}; it was told ${systemd.told.map((one) => one.text).join(' | ')}`,
    patience,
  );
}

describe('what systemd hears', () => {
  test('ready: when all is done, not while something still fails; and then it is said once', async () => {
    // A dnsmasq that does not start while there is a file.
    mkdirSync(lab.path('bin'));
    chmodSync(
      lab.write(
        'bin/dnsmasq',
        `#!/bin/sh\n[ -e ${lab.path('broken')} ] || exec /usr/sbin/dnsmasq "$@"\necho "out of order" >&2\nexit 1\n`,
      ),
      0o755,
    );
    lab.write('broken', '');
    start([], { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` });
    expect((await watch.says('failed')).message).toContain('out of order');
    await told('STATUS=1 thing differs from the spec');
    await watch.says('failed', { times: 2 });
    expect(systemd.having('READY=1')).toEqual([]);
    rmSync(lab.path('broken'));
    await watch.says('ready');
    await told(`READY=1 ${GOOD}`);
    lab.ip(lab.host, 'link del dev br-lab');
    await watch.until(
      () =>
        watch.said.some(({ event, cause, settled }) => event === 'applied' && cause === 'drift' && settled === true),
      'it repairs',
    );
    expect(systemd.having('READY=1')).toHaveLength(1);
    expect(systemd.told.every((one) => one.text.startsWith(`MAINPID=${watch.pid} `))).toBe(true);
  });

  test('that it is alive: more often than it has to, and not while it hangs', async () => {
    const limit = 2_000;
    start([], { WATCHDOG_USEC: String(limit * 1000) });
    await told('WATCHDOG=1', 6);
    const instants = systemd.having('WATCHDOG=1').map(({ at }) => at);
    expect(Math.max(...instants.slice(1).map((at, i) => at - (instants[i] ?? NaN)))).toBeLessThan(limit);
    watch.signal('SIGSTOP');
    // What was on its way.
    await sleep(300);
    const before = systemd.told.length;
    await sleep(2 * limit);
    const after = systemd.told.length;
    watch.signal('SIGCONT');
    expect(after).toBe(before);
    await watch.until(() => systemd.told.length > before, 'it is heard of again');
  });

  test('what came of a spec, at once; that it reloads, and is ready again with the same monitors; that it stops', async () => {
    start();
    await told(`READY=1 ${GOOD}`);
    const before = monitorsOf(watch.pid);
    expect(before).toHaveLength(2);
    lab.write('spec.yaml', `${SPEC}nonsense: true\n`);
    // Not when the next look has ended.
    await told(`${GOOD}; a newer spec is refused`, 1, 5_000);
    lab.write('spec.yaml', SPEC);
    await watch.until(() => systemd.told.at(-1)?.text.endsWith(GOOD), 'the status is as it was');
    watch.signal('SIGHUP');
    await told('READY=1', 2);
    expect(
      systemd.told.map((one) => /RELOADING=1|READY=1/.exec(one.text)?.[0]).filter((word) => word !== undefined),
    ).toEqual(['READY=1', 'RELOADING=1', 'READY=1']);
    await watch.says('checked', { having: ({ cause, whole }) => cause === 'reload' && whole === true });
    expect(monitorsOf(watch.pid)).toEqual(before);
    expect(await watch.end()).toBe(143);
    expect(systemd.told.at(-1)?.text).toBe(`MAINPID=${watch.pid} STOPPING=1`);
    expect(lab.ip(lab.host, 'link show dev br-lab')).toContain('br-lab');
    expect(lab.processes().map(({ command }) => command.split(' ', 1)[0])).toEqual(['dnsmasq']);
  });

  test('a reload before it is ready does not make it so', async () => {
    lab.write('spec.yaml', 'nonsense: true\n');
    watch = new RunningWatch(lab, [], systemd.env);
    await watch.says('spec-refused');
    await told('STATUS=no good spec yet');
    watch.signal('SIGHUP');
    await watch.says('reload');
    lab.write('spec.yaml', SPEC);
    await told(`READY=1 ${GOOD}`);
    expect(
      systemd.told.map((one) => /RELOADING=1|READY=1/.exec(one.text)?.[0]).filter((word) => word !== undefined),
    ).toEqual(['READY=1']);
  });
});

describe('what Prometheus reads', () => {
  async function page(path: string): Promise<{ readonly code: number | undefined; readonly text: string }> {
    return await new Promise((resolve, reject) => {
      request({ socketPath: lab.path('metrics'), path, timeout: 10_000 }, (response) => {
        text(response).then((body) => {
          resolve({ code: response.statusCode, text: body });
        }, reject);
      })
        .on('error', reject)
        .end();
    });
  }
  const number = (metrics: string, name: string): number =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1) ?? NaN,
    );

  test('counts what is repaired while it runs, and says that it is well', async () => {
    start(['--metrics-listen', `unix:${lab.path('metrics')}`]);
    await watch.says('ready');
    expect(await page('/healthz')).toEqual({ code: 200, text: 'ok: the host is in sync with the spec\n' });
    const before = (await page('/metrics')).text;
    expect([number(before, 'netctl_drift_repaired_total{kind="link"}'), number(before, 'netctl_settled')]).toEqual([
      NaN,
      1,
    ]);
    for (const [times, kind] of [
      [1, 'link'],
      [2, 'link'],
    ] as const) {
      lab.ip(lab.host, 'link del dev tap-vm-1');
      await watch.until(
        () => watch.said.filter(({ event, cause }) => event === 'applied' && cause === 'drift').length === times,
        'it repairs',
      );
      expect(number((await page('/metrics')).text, `netctl_drift_repaired_total{kind="${kind}"}`)).toBe(times);
    }
    expect(number((await page('/metrics')).text, 'netctl_applies_total{cause="drift",settled="true"}')).toBe(2);
  });
});
