// allocate/allocate.ts — who gets which address and MAC: who holds one keeps it, what is asked for exactly comes first,
// the rest is the lowest free.
import type { Checked, Diagnostic, Path } from '../core/resource.ts';
import { NOTHING } from '../core/stored.ts';
import type { Holdings, Quarantined, Stored } from '../core/stored.ts';

/** A set of values of which each has one holder at most. */
export interface Pool {
  readonly name: string;
  /** Seconds after a value was released in which nobody else gets it. */
  readonly quarantineSeconds: number;
  /** Whether one who has it may keep it. */
  keeps(value: string): boolean;
  /** What may be given out, best first. */
  candidates(holder: string): Iterable<string>;
  /** What the operator can widen when nothing is free: `allocate`. */
  readonly widen: string;
  /**
   * Whether all holders are offered the same candidates in the same order: then a refused one need not be tried again.
   */
  readonly common: boolean;
}
export interface Request {
  readonly pool: Pool;
  readonly holder: string;
  readonly exactly?: string;
  readonly because: Path;
}
export type Granted = Pick<Stored, 'allocations' | 'quarantined' | 'quarantineSeconds'>;

/** Grants every request or says which it cannot. `now` in milliseconds of the epoch. What others hold is not free. */
export function allocate(
  requests: readonly Request[],
  previous: Granted,
  now: number,
  others: Holdings = NOTHING,
): Checked<Granted> {
  const pools = byPool(requests);
  const problems: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const allocations: Record<string, Record<string, string>> = {};
  const quarantined: Record<string, Quarantined[string]> = {};
  const quarantineSeconds: Record<string, number> = {};
  for (const name of new Set([
    ...pools.keys(),
    ...Object.keys(previous.allocations),
    ...Object.keys(previous.quarantined),
  ])) {
    const own = pools.get(name) ?? [];
    const before = previous.allocations[name] ?? {};
    const still = stillQuarantined(previous.quarantined[name] ?? {}, now);
    const seconds = own[0]?.pool.quarantineSeconds ?? previous.quarantineSeconds[name] ?? 0;
    const until = now + seconds * 1000;
    const theirs = new Set([
      ...Object.values(others.allocations[name] ?? {}),
      ...Object.keys(stillQuarantined(others.quarantined[name] ?? {}, now)),
    ]);
    const granted = grant({ requests: own, before, quarantined: still, theirs, until }, problems, warnings);
    if (granted.size > 0) allocations[name] = Object.fromEntries(granted);
    const kept = quarantinedAfter(before, still, granted, until, seconds > 0);
    if (Object.keys(kept).length > 0) quarantined[name] = kept;
    if ((granted.size > 0 || Object.keys(kept).length > 0) && seconds > 0) quarantineSeconds[name] = seconds;
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { allocations, quarantined, quarantineSeconds }, warnings };
}

function byPool(requests: readonly Request[]): ReadonlyMap<string, readonly Request[]> {
  const pools = new Map<string, Request[]>();
  for (const request of requests) {
    const own = pools.get(request.pool.name);
    if (own === undefined) pools.set(request.pool.name, [request]);
    else own.push(request);
  }
  return pools;
}

/** Holder → value. */
type Values = Readonly<Record<string, string>>;

interface Round {
  readonly requests: readonly Request[];
  readonly before: Values;
  readonly quarantined: Quarantined[string];
  /** What other hosts hold. */
  readonly theirs: ReadonlySet<string>;
  /** Of what is released in this round. */
  readonly until: number;
}

function grant(
  { requests, before, quarantined: still, theirs, until }: Round,
  problems: Diagnostic[],
  warnings: Diagnostic[],
): ReadonlyMap<string, string> {
  const granted = new Map<string, string>();
  const taken = new Set<string>(theirs);
  const give = (request: Request, value: string): void => {
    granted.set(request.holder, value);
    taken.add(value);
  };
  for (const request of requests) if (request.exactly !== undefined) give(request, request.exactly);
  const open = requests.filter((request) => request.exactly === undefined);
  for (const request of open) {
    const held = before[request.holder];
    if (held === undefined || !request.pool.keeps(held)) continue;
    if (taken.has(held)) warnings.push(moved(request, held));
    else give(request, held);
  }
  // What is released in this very round is quarantined as well: its holder may use it until its device is gone.
  const quarantined = quarantinedAfter(
    before,
    still,
    granted,
    until,
    requests.some(({ pool }) => pool.quarantineSeconds > 0),
  );
  const offers = new Map<string, Iterator<string>>();
  const valueOf = new Map(Object.entries(quarantined).map(([value, { holder }]) => [holder, value]));
  for (const request of open) {
    if (granted.has(request.holder)) continue;
    const value =
      itsOwn(request, valueOf.get(request.holder), taken) ??
      nextFree(offerTo(request, offers), request.holder, quarantined, taken);
    if (value === undefined) problems.push(full(request, taken.size, quarantined));
    else give(request, value);
  }
  return granted;
}

/** A quarantined value is granted at once to the one who had it. */
function itsOwn(request: Request, value: string | undefined, taken: ReadonlySet<string>): string | undefined {
  return value !== undefined && !taken.has(value) && request.pool.keeps(value) ? value : undefined;
}

function offerTo(request: Request, offers: Map<string, Iterator<string>>): Iterator<string> {
  if (!request.pool.common) return request.pool.candidates(request.holder)[Symbol.iterator]();
  const offer = offers.get(request.pool.name) ?? request.pool.candidates(request.holder)[Symbol.iterator]();
  offers.set(request.pool.name, offer);
  return offer;
}

function nextFree(
  offer: Iterator<string>,
  holder: string,
  quarantined: Quarantined[string],
  taken: ReadonlySet<string>,
): string | undefined {
  for (let next = offer.next(); next.done !== true; next = offer.next()) {
    const had = quarantined[next.value];
    if (!taken.has(next.value) && (had === undefined || had.holder === holder)) return next.value;
  }
  return undefined;
}

function stillQuarantined(quarantined: Quarantined[string], now: number): Quarantined[string] {
  return Object.fromEntries(Object.entries(quarantined).filter(([, { until }]) => until > now));
}

function quarantinedAfter(
  before: Values,
  quarantined: Quarantined[string],
  granted: ReadonlyMap<string, string>,
  until: number,
  withQuarantine: boolean,
): Quarantined[string] {
  if (!withQuarantine && Object.keys(quarantined).length === 0) return {};
  const taken = new Set(granted.values());
  const released = Object.entries(before).filter(([holder, value]) => withQuarantine && granted.get(holder) !== value);
  const all = [
    ...Object.entries(quarantined),
    ...released.map(([holder, value]) => [value, { holder, until }] as const),
  ];
  return Object.fromEntries(all.filter(([value]) => !taken.has(value)));
}

function moved(request: Request, value: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'address-moved',
    message: `${request.holder} held ${value}, which is now given to another by name; it gets another one`,
    at: [request.because],
    hint: 'give it an address of its own in the spec, to say which',
  };
}

function full(
  { pool: { name, quarantineSeconds, widen }, holder, because }: Request,
  used: number,
  quarantined: Quarantined[string],
): Diagnostic {
  const many = Object.keys(quarantined).length;
  const [of = name] = name.split(' ');
  return {
    severity: 'error',
    code: `${of}-full`,
    message: `nothing is free in ${name} for ${holder}: ${used} used${quarantineSeconds > 0 ? `, ${many} quarantined` : ''}`,
    at: [because],
    hint:
      many > 0 ? `wait for the lease time to pass, or widen ${widen}` : `widen ${widen}, or release what is not needed`,
  };
}
