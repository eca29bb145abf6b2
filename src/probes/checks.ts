// probes/checks.ts — probes that ask nothing, several things at once, what another asks already, or for a host
// that is not there.
import type { Diagnostic } from '../core/resource.ts';
import { listed } from '../specfile/checks/names.ts';
import type { Draft } from '../specfile/draft.ts';
import { either, wrong } from '../specfile/problem.ts';
import { didYouMean } from '../specfile/suggest.ts';
import { probes } from './keys.ts';
import type { AskedFor } from './model.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* probeClear(draft);
  yield* probeHosts(draft);
  yield* probeTwice(draft);
  yield* probesMany(draft);
}

const ASKS = ['ping', 'tcp', 'dns', 'http'] as const;
/** Keys that only one sort of probe has a use for. */
const BELONGS = [
  ['server', 'dns'],
  ['status', 'http'],
] as const;
/** All are asked at once. */
const MOST = 100;

/** Each asks one thing. */
function* probeClear({ spec, text, indexed }: Draft): Iterable<Diagnostic> {
  const { doubtful } = probes.of(spec);
  for (const [i, probe] of indexed(text.probes ?? [])) {
    const path = ['probes', i];
    const asks = ASKS.filter((key) => probe[key] !== undefined);
    if (asks.length === 0 && !doubtful.has(i))
      yield wrong(
        'probe-unclear',
        `probes[${i}] does not say what is asked`,
        [path],
        'write { ping: … }, { tcp: … }, { dns: … } or { http: … }',
      );
    if (asks.length > 1)
      yield wrong(
        'probe-unclear',
        `probes[${i}] asks ${asks.length} things at once`,
        asks.map((key) => [...path, key]).reverse(),
        'make a list entry of each',
      );
    for (const [key, of] of BELONGS) {
      if (probe[key] !== undefined && asks.length > 0 && probe[of] === undefined)
        yield wrong(
          'no-effect',
          `${key} has no effect beside ${either(asks)}`,
          [[...path, key]],
          `leave it out: it is for ${of}`,
        );
    }
  }
}

function* probeHosts({ spec, known }: Draft): Iterable<Diagnostic> {
  if (!known.whole) return;
  for (const { host, path } of probes.of(spec).asked) {
    if (host !== undefined && !known.hosts.has(host))
      yield wrong(
        'unknown-host',
        `no host is named ${host === '' ? "''" : host}`,
        [[...path, 'host']],
        didYouMean(host, known.hosts, listed('hosts', known.hosts)),
      );
  }
}

function* probeTwice({ spec }: Draft): Iterable<Diagnostic> {
  const before = new Map<string, AskedFor[]>();
  for (const probe of probes.of(spec).asked) {
    const key = JSON.stringify(probe.target);
    const same = before.get(key) ?? [];
    before.set(key, [...same, probe]);
    const other = same.find(({ host }) => host === undefined || probe.host === undefined || host === probe.host);
    if (other !== undefined)
      yield wrong('probe-twice', 'the same is asked twice', [probe.path, other.path], 'keep one of them');
  }
}

/** Per host. */
function* probesMany({ spec, known }: Draft): Iterable<Diagnostic> {
  for (const name of known.hosts) {
    const its = probes.of(spec).asked.filter(({ host }) => host === undefined || host === name);
    const first = its[MOST];
    if (first === undefined) continue;
    yield wrong(
      'too-many-probes',
      `${its.length} probes for ${name} are more than ${MOST}, and they are all asked at once`,
      [first.path],
      'keep those that tell most',
    );
    return;
  }
}
