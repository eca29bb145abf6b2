// features/metadata/checks.ts — where no metadata service can be.
import type { Diagnostic } from '../../core/resource.ts';
import { toNumber, type Ip } from '../../net/ip.ts';
import { METADATA } from '../../parts/metadata.ts';
import { unusableIn } from '../../specfile/checks/networks.ts';
import type { Draft } from '../../specfile/draft.ts';
import { noEffect } from '../../specfile/no-effect.ts';
import { wrong } from '../../specfile/problem.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* noEffect(draft, ['flat'], ['metadata']);
  for (const { name, metadata } of draft.spec.hosts) {
    const asked = draft.text.hosts?.[name]?.metadata?.address;
    if (metadata === undefined || asked === undefined || !isNowhere(metadata.address)) continue;
    yield wrong(
      'metadata-unusable',
      `no metadata service can be at ${metadata.address}`,
      [['hosts', name, 'metadata', 'address']],
      'write 127.0.0.1 for one on this host, or the address that it listens on',
    );
  }
}

/** On the loopback it can be; where guests ask for it, it would be sent in circles. */
function isNowhere(address: Ip<4>): boolean {
  const unusable = unusableIn({ first: toNumber(address), last: toNumber(address) });
  return address === METADATA || (unusable !== undefined && unusable.cidr !== '127.0.0.0/8');
}
