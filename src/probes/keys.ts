// probes/keys.ts — `probes:` in a spec: whom they ask, and what for.
import type { Path } from '../core/resource.ts';
import type { ProbeText } from '../specfile/generated/types.ts';
import { defined, type Reader } from '../specfile/reader.ts';
import { keys } from '../specfile/extension.ts';
import * as form from './forms.ts';
import type { AskedFor, Target } from './model.ts';

interface Probes {
  readonly asked: readonly AskedFor[];
  /** Those of which some part could not be read: what they ask is not known. */
  readonly doubtful: ReadonlySet<number>;
}

/** Milliseconds. */
const TIMEOUT = 2_000;

export const probes = keys<Probes>({ asked: [], doubtful: new Set() }, ({ text }, reader) => {
  const written = reader.indexed(text.probes ?? []);
  return {
    asked: written.flatMap(([i, probe]): AskedFor[] => {
      const path = ['probes', i];
      const target = targetIn(probe, path, reader);
      const timeout = reader.read(form.timeout, probe.timeout, [...path, 'timeout']) ?? TIMEOUT;
      return target === undefined ? [] : [{ path, target, timeout, ...defined('host', probe.host) }];
    }),
    doubtful: new Set(written.flatMap(([i, probe]) => (reader.isCut(probe) ? [i] : []))),
  };
});

/** Where a probe says several, or none, a check says so. */
function targetIn(text: ProbeText, path: Path, reader: Reader): Target | undefined {
  const host = reader.read(form.host, text.ping, [...path, 'ping']);
  const endpoint = reader.read(form.endpoint, text.tcp, [...path, 'tcp']);
  const name = reader.read(form.name, text.dns, [...path, 'dns']);
  const server = reader.read(form.server, text.server, [...path, 'server']);
  const url = reader.read(form.url, text.http, [...path, 'http']);
  if (host !== undefined) return { kind: 'ping', host };
  if (endpoint !== undefined) return { kind: 'tcp', ...endpoint };
  if (name !== undefined) return { kind: 'dns', name, ...defined('server', server) };
  return url === undefined ? undefined : { kind: 'http', url, ...defined('status', text.status) };
}
