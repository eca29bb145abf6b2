// test/kernel/exported.ts — what export prints of a spec, held against the tools whose words it uses: `ip` takes the
// batch, and iptables-save says the very rules.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Lab, must } from './lab.ts';

interface Named {
  readonly hosts?: Readonly<Record<string, object | null>>;
  readonly instances?: Readonly<
    Record<
      string,
      {
        readonly nics?: readonly {
          readonly device?: { readonly type: string; readonly name?: string; readonly netns?: string };
        }[];
      } | null
    >
  >;
}

let lab: Lab;
afterEach(() => {
  lab.close();
});

export function exported(files: readonly string[], backends: readonly ('nft' | 'legacy')[] = ['nft', 'legacy']): void {
  for (const file of files) {
    test(`${file}: ip takes the whole batch`, () => {
      const { text, host } = prepared(file);
      const batch = must(lab.netctl(['export', '--as', 'ip-batch', ...host], { spec: text })).out;
      expect(batch.split('\n').length).toBeGreaterThan(2);
      expect(lab.in(lab.host, ['ip', '-batch', lab.write('batch', batch)])).toEqual({ code: 0, out: '', err: '' });
    });

    for (const backend of backends) {
      test(`${file}: iptables-${backend}-save says the very rules after an apply`, () => {
        const { text, host } = prepared(file);
        mkdirSync(lab.path('tools'));
        for (const tool of ['save', 'restore'])
          chmodSync(lab.write(`tools/iptables-${tool}`, `#!/bin/sh\nexec iptables-${backend}-${tool} "$@"\n`), 0o755);
        const env = { PATH: `${lab.path('tools')}:${process.env['PATH'] ?? ''}` };
        must(lab.netctl(['apply', '--yes', ...host], { spec: text, env }));
        const held = must(lab.in(lab.host, [`iptables-${backend}-save`]))
          .out.replaceAll(/^#.*\n/gm, '')
          .replaceAll(/\[\d+:\d+\]/g, '[0:0]');
        const said = must(lab.netctl(['export', '--as', 'iptables-save', ...host], { spec: text })).out;
        // Which table comes first the legacy kernel says by when it came to know them.
        const tables = (all: string): readonly string[] => all.split(/^(?=\*)/m).sort();
        if (backend === 'nft') expect(said).toBe(held);
        else expect(tables(said)).toEqual(tables(held));
      });
    }
  }
}

/**
 * A host with whatever the spec expects of others, in namespaces of the lab, and with no address of its own, of which
 * an export could not know.
 */
function prepared(file: string): { readonly text: string; readonly host: readonly string[] } {
  lab = new Lab();
  const asIs = readFileSync(file, 'utf8');
  const spec = parse(asIs) as Named;
  for (const link of ['eth1', 'eth2']) lab.ip(lab.host, `address flush dev ${link}`);
  const devices = Object.values(spec.instances ?? {}).flatMap((instance) =>
    (instance?.nics ?? []).flatMap(({ device }) => device ?? []),
  );
  for (const name of new Set(devices.flatMap((device) => (device.type === 'external' ? (device.name ?? []) : []))))
    lab.ip(lab.host, `tuntap add dev ${name} mode tap`);
  const names = new Map(
    [...new Set(devices.flatMap(({ netns }) => netns ?? []))].map((name) => [name, lab.namespace(name)]),
  );
  const text = asIs.replaceAll(/\bnetns: ([\w-]+)/g, (all, name: string) => `netns: ${names.get(name) ?? all}`);
  const [first] = Object.keys(spec.hosts ?? {});
  return { text, host: first === undefined ? [] : ['--host', first] };
}
