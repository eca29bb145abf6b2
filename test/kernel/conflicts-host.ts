// test/kernel/conflicts-host.ts — a host on which others have rules, too: two guests of a flat network, one behind NAT
// with floating addresses, and what passes.
import { chmodSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { Lab, must } from './lab.ts';

export const FLOATING = '203.0.113.70';
/** Bound on eth2, where no default route goes. */
export const ELSEWHERE = '198.51.100.20';
export const WORLD = '203.0.113.1';
export const FAR = '192.0.2.99';

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export class ConflictsHost {
  readonly lab = new Lab();
  readonly guest = this.lab.namespace('g1');
  readonly plain = ['p1', 'p2'].map((name) => this.lab.namespace(name));

  constructor() {
    const { lab } = this;
    // The lock of iptables-legacy is one for all namespaces: other tests would wait for us.
    process.env['XTABLES_LOCKFILE'] = lab.path('xtables.lock');
    for (const words of ['address add 198.51.100.11/24 dev eth2', 'link add name virbr0 type bridge'])
      lab.ip(lab.host, words);
    lab.ip(lab.world, `address add ${FAR}/32 dev lo`);
    lab.ip(lab.world, 'address add 198.51.100.1/24 dev far2');
    // What bridged packets pass is not to depend on the machine that runs the test.
    must(lab.in(lab.host, ['sysctl', '-q', '-w', 'net.bridge.bridge-nf-call-iptables=1']));
  }

  /** `more`: another network, which changes what is there. */
  spec(more = ''): string {
    const veth = (name: string, netns: string): string => `device: { type: veth, name: v-${name}, netns: ${netns} }`;
    return `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 }
  plain: { mode: flat, interface: null, cidr: 192.168.52.0/24 }${more}
pools:
  public: { ranges: [203.0.113.64/27] }
  second: { ranges: [198.51.100.16/28], interface: eth2 }
instances:
  g1: { nics: [{ network: lab, address: 192.168.50.10, floating: [${FLOATING}, ${ELSEWHERE}], ${veth('g1', this.guest)} }] }
${this.plain.map((netns, i) => `  p${i + 1}: { nics: [{ network: plain, address: 192.168.52.1${i}, ${veth(`p${i + 1}`, netns)} }] }`).join('\n')}
`;
  }

  apply(more?: string): void {
    must(this.lab.netctl(['apply', '--yes'], { spec: this.spec(more) }));
  }

  /** Guests of the flat network are configured by what is injected into them. */
  inject(): void {
    for (const [i, guest] of this.plain.entries()) this.lab.ip(guest, `address replace 192.168.52.1${i}/24 dev eth0`);
  }

  found(): readonly Finding[] {
    const { code, out, err } = this.lab.netctl(['plan', '-o', 'json']);
    expect(code, err).toBe(0);
    return (JSON.parse(out) as { readonly conflicts: readonly Finding[] }).conflicts;
  }

  codes(): readonly string[] {
    return this.found().map(({ code }) => code);
  }

  /** As an operator pastes them into a shell. What this machine lacks is played by what it was seen to do. */
  mend(findings: readonly Finding[]): void {
    const bin = this.lab.path('bin');
    for (const hint of new Set(findings.map(({ hint }) => hint ?? '')))
      must(this.lab.in(this.lab.host, ['sh', '-ec', hint], { PATH: `${bin}:${process.env['PATH'] ?? ''}` }));
  }

  plays(tool: string, script: string): void {
    mkdirSync(this.lab.path('bin'), { recursive: true });
    chmodSync(this.lab.write(`bin/${tool}`, `#!/bin/sh -e\n${script}\n`), 0o755);
  }

  load(...names: readonly string[]): void {
    for (const name of names)
      this.do(name.endsWith('.nft') ? `nft -f ${ruleSet(name)}` : `iptables-restore --noflush ${ruleSet(name)}`);
  }

  do(script: string): void {
    must(this.lab.in(this.lab.host, ['sh', '-ec', script]));
  }

  /** A short patience: what is dropped is not answered. */
  reaches(from: string, to: string, source?: string): boolean {
    return (
      this.lab.in(from, ['ping', '-n', '-c', '1', '-W', '1', ...(source === undefined ? [] : ['-I', source]), to])
        .code === 0
    );
  }

  /** The way out, the way in, and over the bridge of the flat network. */
  traffic(): { readonly out: boolean; readonly in: boolean; readonly between: boolean } {
    const {
      lab,
      guest,
      plain: [one = ''],
    } = this;
    return {
      out: this.reaches(guest, WORLD),
      in: this.reaches(lab.world, FLOATING),
      between: this.reaches(one, '192.168.52.11'),
    };
  }

  /** All rules but netctl's. */
  theirs(): string {
    const { lab } = this;
    const tables = must(lab.in(lab.host, ['nft', 'list', 'tables']))
      .out.split('\n')
      .filter((line) => /^table \S+ (?!(raw|mangle|nat|filter|security)$)\S/.test(line));
    const nft = tables.map((table) => must(lab.in(lab.host, ['nft', '-s', 'list', ...table.split(' ')])).out);
    const rules = lab
      .rules()
      .filter((line) => !line.includes('netctl'))
      .map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
    return [
      ...rules.filter(
        (line, i) =>
          !line.startsWith('*') || rules[i + 1]?.startsWith('-A') === true || rules[i + 1]?.startsWith(':') === true,
      ),
      ...nft,
    ].join('\n');
  }
}

export const ruleSet = (name: string): string => resolve('test/conflicts/rule-sets', name);
