// specfile/resolve/probes.ts — whom the probes of a spec ask, and what for.
import type { Path } from '../../core/resource.ts';
import type { ProbeText } from '../generated/types.ts';
import type { AskedFor, Target } from '../model.ts';
import * as form from '../probe-forms.ts';
import { defined, type Reader } from '../reader.ts';

/** Milliseconds. */
const TIMEOUT = 2_000;

export function probesIn(texts: readonly ProbeText[] | undefined, reader: Reader): readonly AskedFor[] {
  return reader.indexed(texts ?? []).flatMap(([i, text]): AskedFor[] => {
    const path = ['probes', i];
    const target = targetIn(text, path, reader);
    const timeout = reader.read(form.timeout, text.timeout, [...path, 'timeout']) ?? TIMEOUT;
    return target === undefined ? [] : [{ path, target, timeout, ...defined('host', text.host) }];
  });
}

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
