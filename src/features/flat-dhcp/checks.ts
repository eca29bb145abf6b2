// features/flat-dhcp/checks.ts — DHCP options of a network beside each other and its lease time: what dnsmasq would
// leave out.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { lineOf } from '../../specfile/dhcp-options.ts';
import type { Line } from '../../specfile/dhcp-options.ts';
import { secondsOf } from '../../specfile/dhcp-values.ts';
import type { Draft } from '../../specfile/draft.ts';
import { noEffect } from '../../specfile/no-effect.ts';
import { wrong } from '../../specfile/problem.ts';

/** Also for networks of mode vlan: they are served alike. */
export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* noEffect(draft, ['flat'], ['dhcp']);
  yield* dhcpOptionTwice(draft);
  yield* dhcpOptionsLarge(draft);
  yield* renewalTimes(draft);
}

const [T1, T2] = [58, 59];

/** Of two lines for the same clients, the last holds. */
function* dhcpOptionTwice({ text, indexed }: Draft): Iterable<Diagnostic> {
  for (const [name, { dhcp }] of Object.entries(text.networks ?? {})) {
    const before = new Map<string, Path>();
    for (const { at, code, tags } of linesOf(name, indexed(dhcp?.options ?? []))) {
      const key = JSON.stringify([code, [...new Set(tags)].sort()]);
      const other = before.get(key);
      before.set(key, at);
      if (other === undefined) continue;
      yield wrong(
        'dhcp-option-twice',
        `${name} says DHCP option ${code} twice, and dnsmasq would send the last`,
        [at, other],
        'keep one; several values stand in one line, with commas between them',
      );
    }
  }
}

/**
 * Both within the lease, and the first before the second, which dnsmasq puts at 7/8 of it: it takes its own for one
 * that is not.
 */
function* renewalTimes({ spec, text, doubtful, indexed }: Draft): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    if (network.mode === 'flat' || doubtful.networks.has(network.name)) continue;
    const {
      dhcp: { leaseTime },
      name,
    } = network;
    const times = linesOf(name, indexed(text.networks?.[name]?.dhcp?.options ?? [])).flatMap(
      ({ value = '', ...line }) =>
        line.code === T1 || line.code === T2 ? [{ ...line, seconds: secondsOf(value) ?? 0 }] : [],
    );
    const bad = times.filter(({ seconds }) => seconds <= 2 || seconds >= leaseTime);
    for (const { at, code, seconds } of bad) {
      yield wrong(
        'renewal-outside-lease',
        `${name}: T${code - T1 + 1} of ${seconds} s does not lie within a lease of ${leaseTime} s, and dnsmasq would send its own`,
        [at],
        `write 3 to ${leaseTime - 1} seconds, or another dhcp.leaseTime`,
      );
    }
    const [first, second] = [T1, T2].map((code) => times.find((line) => line.code === code && line.tags.length === 0));
    const t2 = second?.seconds ?? Math.floor((leaseTime * 7) / 8);
    if (bad.length > 0 || first === undefined || first.seconds < t2) continue;
    yield wrong(
      'renewal-after-rebinding',
      `${name}: T1 of ${first.seconds} s is not before T2 of ${t2} s, and dnsmasq would send another`,
      [first.at, ...(second === undefined ? [] : [second.at])],
      'write both: T1 is when a client asks its server to renew, T2 when it asks any',
    );
  }
}

/**
 * What of a message of 576 bytes (RFC 2131, section 2) is left for options of the operator's, beside the headers, those
 * that dnsmasq sends of itself, and names: what does not fit it leaves out without a word.
 */
const ROOM = 200;

/** Most clients announce that they take more. */
function* dhcpOptionsLarge({ text, indexed }: Draft): Iterable<Diagnostic> {
  for (const [name, { dhcp }] of Object.entries(text.networks ?? {})) {
    const lines = linesOf(name, indexed(dhcp?.options ?? [])).filter(({ tags }) => tags.length === 0);
    const bytes = lines.reduce((sum, line) => sum + line.bytes, 0);
    if (bytes <= ROOM) continue;
    yield {
      severity: 'warning',
      code: 'dhcp-options-large',
      at: [['networks', name, 'dhcp', 'options']],
      message: `${name}: its DHCP options have ${bytes} bytes, and dnsmasq leaves some of them out for clients that do not announce that they take messages of more than 576 bytes (option 57)`,
      hint: `what all clients are to get has to fit into about ${ROOM} bytes; with tags each gets its own`,
    };
  }
}

/** All clients of the network have its name for a tag. */
function linesOf(
  network: string,
  options: readonly (readonly [number, string])[],
): readonly (Line & { readonly at: Path })[] {
  return options.flatMap(([i, option]) => {
    const line = lineOf(option);
    return line === undefined
      ? []
      : [
          {
            ...line,
            tags: line.tags.filter((tag) => tag !== network),
            at: ['networks', network, 'dhcp', 'options', i],
          },
        ];
  });
}
