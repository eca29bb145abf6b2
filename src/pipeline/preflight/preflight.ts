// pipeline/preflight/preflight.ts — what on the host would have a step fail that is about to be done: asked for that
// alone, before anything is.
import type { HostReader, Ref, State } from '../../core/resource.ts';
import { locateAll } from '../../specfile/locate.ts';
import type { LocatedDiagnostic } from '../../specfile/model.ts';
import { unfitConfigs } from './own-configs.ts';
import type { Desired } from '../desired.ts';
import { takenAddresses } from './taken-addresses.ts';
import { takenPeers } from './taken-peers.ts';
import { takenPorts } from './taken-ports.ts';
import { tablesToStay } from './without-nft.ts';

/** `all`: also what stands against nothing while the host is as it is. What is to wait is not looked at. */
export async function preflight(
  { spec, locate, wanted: { because } }: Pick<Desired, 'spec' | 'locate' | 'wanted'>,
  host: HostReader,
  {
    wanted,
    observed,
    all,
    isHeld = () => false,
  }: {
    readonly wanted: State;
    readonly observed: State;
    readonly all: boolean;
    readonly isHeld?: (ref: Ref) => boolean;
  },
): Promise<readonly LocatedDiagnostic[]> {
  const begun = new Map([...wanted].filter(([ref]) => !isHeld(ref)));
  const found = await Promise.all([
    unfitConfigs(spec, host, begun, observed, all),
    takenPeers(host, begun, observed, because),
    takenPorts(host, begun, observed, because),
    takenAddresses(host, begun, observed, because),
    tablesToStay(host, begun, observed),
  ]);
  return locateAll(found.flat(), locate);
}

/** An error where the plan does it; else a warning: what runs goes on. */
export function standingAgainst(
  unready: readonly LocatedDiagnostic[],
  made: ReadonlySet<Ref>,
): readonly LocatedDiagnostic[] {
  return unready.map(({ against = [], ...one }) =>
    against.some((ref) => made.has(ref)) ? { ...one, against } : { ...one, severity: 'warning' },
  );
}
