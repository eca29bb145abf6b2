// store/holdings.ts — who holds what, as a value: which claims and releases lead from one to another, and what comes of
// them.
import type { Release } from '../core/register.ts';
import { NOTHING } from '../core/stored.ts';
import type { Allocations, Claim, Holdings, Quarantine, Quarantined } from '../core/stored.ts';
import { isRecord } from './own-file.ts';

export interface Claims {
  readonly claims: readonly Claim[];
  readonly releases: readonly Release[];
}

/** What leads from one to the other. */
export function claimsTo(target: Holdings, from: Holdings = NOTHING): Claims {
  const claims = claimsIn(target.allocations).filter(
    ({ pool, value, holder }) => from.allocations[pool]?.[holder] !== value,
  );
  const left = claimsIn(from.allocations).filter(
    ({ pool, value, holder }) => target.allocations[pool]?.[holder] !== value,
  );
  const isQuarantined = ({ pool, value, holder }: Claim, { quarantined }: Holdings): boolean =>
    quarantined[pool]?.[value]?.holder === holder;
  const begun = quarantinesIn(target.quarantined).filter(
    (one) => !isQuarantined(one, from) || from.quarantined[one.pool]?.[one.value]?.until !== one.until,
  );
  const over = quarantinesIn(from.quarantined).filter((one) => !isQuarantined(one, target));
  const free = [...left, ...over]
    .filter((one) => !isQuarantined(one, target))
    .map(({ pool, value, holder }): Release => ({ pool, value, holder }));
  return { claims, releases: [...free, ...begun] };
}

/**
 * What comes of them, releases first. Who releases what he does not hold changes nothing of who does; nor is anything
 * quarantined that is held.
 */
export function withClaims({ allocations, quarantined }: Holdings, { claims, releases }: Claims): Holdings {
  const held = tablesOf(allocations);
  const kept = tablesOf(quarantined);
  for (const { pool, value, holder, until } of releases) {
    if (held.get(pool)?.get(holder) === value) held.get(pool)?.delete(holder);
    if (kept.get(pool)?.get(value)?.holder === holder) kept.get(pool)?.delete(value);
    if (until !== undefined) tableIn(kept, pool).set(value, { holder, until });
  }
  for (const { pool, value, holder } of claims) tableIn(held, pool).set(holder, value);
  for (const [pool, values] of kept) for (const value of held.get(pool)?.values() ?? []) values.delete(value);
  return { allocations: recordsOf(held), quarantined: recordsOf<Quarantine>(kept) };
}

/** What of these claims another holds, once the releases are done: with who that is. */
export function takenOf({ allocations }: Holdings, { claims, releases }: Claims): readonly Claim[] {
  const left = withClaims({ allocations, quarantined: {} }, { claims: [], releases }).allocations;
  const holders = new Map(
    [...new Set(claims.map(({ pool }) => pool))].map((pool) => [
      pool,
      new Map(Object.entries(left[pool] ?? {}).map(([holder, value]) => [value, holder])),
    ]),
  );
  return claims.flatMap(({ pool, value, holder }) => {
    const by = holders.get(pool)?.get(value);
    return by === undefined || by === holder ? [] : [{ pool, value, holder: by }];
  });
}

/** What several hosts hold between them, of whom none holds what another does. */
export function merged(a: Holdings, b: Holdings): Holdings {
  return {
    allocations: mergedRecords(a.allocations, b.allocations),
    quarantined: mergedRecords(a.quarantined, b.quarantined),
  };
}

/** Who holds what is not guessed: an address that is none would be given anew. */
export function isHoldings(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Holdings {
  const { allocations, quarantined } = value;
  const isHeld = ([pool, of]: [string, unknown]): boolean =>
    isRecord(of) &&
    Object.values(of).every(
      (text) =>
        typeof text === 'string' && (pool === 'mac' ? MAC : /^(network|pool) /.test(pool) ? IPV4 : /./).test(text),
    );
  const isQuarantine = (of: unknown): boolean =>
    isRecord(of) && typeof of['holder'] === 'string' && typeof of['until'] === 'number';
  return (
    isRecord(allocations) &&
    Object.entries(allocations).every(isHeld) &&
    isRecord(quarantined) &&
    Object.values(quarantined).every((pool) => isRecord(pool) && Object.values(pool).every(isQuarantine))
  );
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function claimsIn(allocations: Allocations): readonly Claim[] {
  return Object.entries(allocations).flatMap(([pool, holders]) =>
    Object.entries(holders).map(([holder, value]) => ({ pool, value, holder })),
  );
}

function quarantinesIn(quarantined: Quarantined): readonly (Claim & Quarantine)[] {
  return Object.entries(quarantined).flatMap(([pool, values]) =>
    Object.entries(values).map(([value, { holder, until }]) => ({ pool, value, holder, until })),
  );
}

type Records<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;
type Tables<T> = Map<string, Map<string, T>>;

function mergedRecords<T>(a: Records<T>, b: Records<T>): Records<T> {
  return { ...a, ...Object.fromEntries(Object.entries(b).map(([pool, of]) => [pool, { ...a[pool], ...of }])) };
}

function tablesOf<T>(records: Records<T>): Tables<T> {
  return new Map(Object.entries(records).map(([name, record]) => [name, new Map(Object.entries(record))]));
}

function tableIn<T>(tables: Tables<T>, name: string): Map<string, T> {
  const table = tables.get(name) ?? new Map<string, T>();
  tables.set(name, table);
  return table;
}

/** Without those that are empty. */
function recordsOf<T>(tables: Tables<T>): Records<T> {
  return Object.fromEntries(
    [...tables].flatMap(([name, table]) => (table.size === 0 ? [] : [[name, Object.fromEntries(table)] as const])),
  );
}
