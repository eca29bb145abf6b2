// test/kernel/rehearsal/corpus/case.ts — one plan that a host refuses: what is on the host, what is asked for, and
// whether a rehearsal knows.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, must, spawn } from '../../lab.ts';
import type { Ended } from '../../lab.ts';

export interface Case {
  readonly name: string;
  readonly spec: string | ((lab: Lab) => string);
  /** Applied before, on a host that refuses nothing. */
  readonly first?: string | ((lab: Lab) => string);
  /** What else is on the host. What it returns is undone at the end. */
  readonly host?: ((lab: Lab) => (() => void) | undefined) | undefined;
  readonly env?: (lab: Lab) => Readonly<Record<string, string>>;
  /** Mounts that netctl runs under, in a namespace of its own: lines of a shell. */
  readonly under?: (lab: Lab) => string;
  /** The code with which a plan refuses it without any rehearsal. */
  readonly known?: string;
  /** The words with which a plan refuses it without any rehearsal, since the host cannot even be read. */
  readonly unread?: string;
  /** The kernel would not make again what is there either: nothing leads back, and an apply says so. */
  readonly oneWay?: true;
  /** Why no rehearsal can know. Absent: it does. */
  readonly unknowable?: string;
}

interface Timed extends Ended {
  readonly seconds: number;
}

/** What has not been asked is not there. */
export interface Ran<Planned = Timed | undefined, Rehearsed = Timed | undefined> {
  readonly planned: Planned;
  readonly rehearsed: Rehearsed;
  readonly applied: Ended;
  /** By what was planned and rehearsed. */
  readonly untouched: boolean;
}

const GUESTS = ['vm-1', 'vm-2'] as const;

/** Plans, rehearses, and then does it: on a host of its own. */
export function run(one: Case, asks: { readonly plan: true; readonly rehearse: true }): Ran<Timed, Timed>;
export function run(one: Case, asks: { readonly plan: boolean; readonly rehearse: boolean }): Ran;
export function run(
  { spec, first, host, env, under, name }: Case,
  asks: { readonly plan: boolean; readonly rehearse: boolean },
): Ran {
  const lab = new Lab();
  let undo: (() => void) | undefined;
  try {
    const text = (given: string | ((of: Lab) => string)): string => (typeof given === 'string' ? given : given(lab));
    for (const guest of GUESTS) lab.namespace(guest);
    if (first !== undefined) must(lab.netctl(['apply', '--yes'], { spec: text(first) }));
    undo = host?.(lab);
    const file = lab.write('spec.yaml', text(spec));
    const netctl = (...args: readonly string[]): Ended => {
      const words = [...args, '-f', file];
      const options = { env: env?.(lab) ?? {} };
      if (under === undefined) return lab.netctl(words, options);
      const argv = [...lab.command(), ...lab.argumentsFor(words)];
      return spawn(['unshare', '-m', 'sh', '-e', '-c', `${under(lab)}\nexec "$@"`, 'sh', ...argv], options);
    };
    const timed = (...args: readonly string[]): Timed => {
      const began = performance.now();
      const ended = netctl(...args);
      return { ...ended, seconds: (performance.now() - began) / 1000 };
    };
    const before = lab.snapshot();
    const planned = asks.plan ? timed('plan') : undefined;
    const rehearsed = asks.rehearse ? timed('plan', '--rehearse') : undefined;
    const untouched = before === lab.snapshot();
    const applied = netctl('apply', '--yes', '--allow-mass-delete');
    return { planned, rehearsed, applied, untouched };
  } catch (error) {
    throw new Error(`${name}: ${String(error)}`, { cause: error });
  } finally {
    undo?.();
    lab.close();
  }
}

/** What a rehearsal says it knows. */
export function foreseen({ rehearsed }: Ran): readonly string[] {
  return [...(rehearsed?.err ?? '').matchAll(/^ {2}((?:fails|differs afterwards): .*(?:\n {4}.*)*)$/gm)].map(
    ([, said = '']) => said,
  );
}

/** Whether netctl itself has nothing against the plan, but that somebody has to allow what it removes. */
export function isPlanned({ planned, rehearsed }: Ran): boolean {
  const said = (planned ?? rehearsed)?.err ?? '';
  const errors = said.match(/^(?:\S+: )?error: /gm)?.length ?? 0;
  return (errors === 0 && planned?.code !== 1) || (errors === 1 && said.includes('[mass-delete]'));
}

/** A host with one network on its uplink, and one inside it; `more` are keys of the networks. */
export function specOf({
  networks = 'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }',
  nic = '{ network: lab }',
  host = 'publicInterface: eth1',
  more = '',
}: { readonly networks?: string; readonly nic?: string; readonly host?: string; readonly more?: string } = {}): string {
  return `apiVersion: netctl/v1\nhosts: { h1: { ${host} } }\nnetworks:\n  ${networks.replaceAll('\n', '\n  ')}\n${nic === '' ? '' : `instances:\n  vm-1: { nics: [${nic}] }\n`}${more}`;
}

export const PLAIN = specOf();
export const NOTHING = 'apiVersion: netctl/v1\nhosts: { h1: {} }\n';
export const FLOATING = specOf({
  nic: '{ network: lab, floating: [203.0.113.70] }',
  more: 'pools: { public: { ranges: [203.0.113.64/28] } }\n',
});
export const OUTSIDE = specOf({
  networks:
    'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: 192.168.50.1, dhcp: { server: 192.168.50.9 }, snatTo: [192.0.2.0/24] }',
  host: 'publicInterface: eth1, sourceAddress: 203.0.113.11',
});

/** A guest in a namespace of the lab. */
export function inNamespace(lab: Lab, guest = 'vm-1', rest = ''): string {
  return specOf({
    nic: `{ network: lab, device: { type: veth, name: v-1, netns: ${lab.host.replace(/host$/, guest)}${rest} } }`,
  });
}

/** Runs commands of ip on the host. */
export function ip(...lines: readonly string[]): (lab: Lab) => undefined {
  return (lab) => {
    for (const line of lines) lab.ip(lab.host, line);
    return undefined;
  };
}

/** Runs something on the host. */
export function on(...argvs: readonly (readonly string[])[]): (lab: Lab) => undefined {
  return (lab) => {
    for (const argv of argvs) must(lab.in(lab.host, argv));
    return undefined;
  };
}

/** A tool in front of the real one. */
export function instead(tool: string, script: string): (lab: Lab) => Readonly<Record<string, string>> {
  return (lab) => {
    mkdirSync(lab.path('bin'), { recursive: true });
    writeFileSync(lab.path(`bin/${tool}`), `#!/bin/sh\n${script}\n`);
    chmodSync(lab.path(`bin/${tool}`), 0o755);
    return { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` };
  };
}

/** A host whose iptables lacks an extension. */
export function lacking(...extensions: readonly string[]): (lab: Lab) => Readonly<Record<string, string>> {
  return (lab) => {
    const directory = lab.path('xtables');
    must(spawn(['sh', '-c', 'mkdir -p "$1" && cp -d /usr/lib/*/xtables/*.so "$1"', 'sh', directory]));
    for (const extension of extensions) must(spawn(['rm', join(directory, `lib${extension}.so`)]));
    return { XTABLES_LIBDIR: directory };
  };
}

/** Files of netctl's own that are not as it left them. */
export function files(
  make: (state: (name: string) => string, run: (name: string) => string, lab: Lab) => void,
): (lab: Lab) => undefined {
  return (lab) => {
    make(
      (name) => lab.state(name),
      (name) => lab.run(name),
      lab,
    );
    return undefined;
  };
}

export { mkdirSync as makeDirectory, symlinkSync as link, writeFileSync as write };
