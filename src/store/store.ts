// store/store.ts — the store of a host: what it holds of a register, and its own state.
import { isSame, StoreError, Taken } from '../core/stored.ts';
import type { Holdings, HostState, Kept, Store } from '../core/stored.ts';
import type { Register } from '../core/register.ts';
import { claimsTo } from './holdings.ts';
import type { HostStateStore } from './host-state.ts';
import { inOrder } from './state-text.ts';

/** Times that is claimed what somebody else has changed meanwhile. */
const TRIES = 10;

export function createStore(register: Register, host: HostStateStore): Store {
  return {
    load: async (pools = []) => {
      const { others, ...held } = await register.read(pools);
      const state = await host.load();
      return { holdings: held.value, state: state.value, others, revision: { register: held, host: state } };
    },
    // Claimed first: who is refused has changed nothing.
    save: async (stored, revision) => {
      const { allocations, quarantined } = stored;
      const held = await claim(register, { allocations, quarantined }, revision.register);
      return { register: held, host: await remember(host, stored, revision.host) };
    },
    remember: async (state, { register: held, host: kept }) => ({
      register: held,
      host: await remember(host, state, kept),
    }),
    forget: async () => {
      await register.leave();
      await host.forget();
    },
    saving: (stored) => [
      ...register.byHand(stored === null ? null : stored),
      ...host.byHand(stored === null ? null : inOrder(stored)),
    ],
    close: () => register.close(),
  };
}

async function remember(host: HostStateStore, state: HostState, kept: Kept<HostState>): Promise<Kept<HostState>> {
  const own = inOrder(state);
  return !kept.isOutdated && isSame(kept.value, own) ? kept : await host.save(own, kept.at);
}

/** Until it is granted, or another has it. */
async function claim(register: Register, target: Holdings, read: Kept<Holdings>): Promise<Kept<Holdings>> {
  let from = read;
  for (let tries = 0; tries < TRIES; tries++) {
    const { claims, releases } = claimsTo(target, from.value);
    if (claims.length + releases.length === 0 && !from.isOutdated) return from;
    const claimed = await register.claim(claims, releases, from.at);
    if (claimed.granted) return { value: target, at: claimed.at, isOutdated: false };
    const [taken] = claimed.taken;
    if (taken !== undefined) throw new Taken(taken);
    from = await register.read(Object.keys(target.allocations));
  }
  throw new StoreError('the register', `changes too often: nothing could be claimed in ${TRIES} tries`);
}
