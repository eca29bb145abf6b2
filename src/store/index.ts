// store/index.ts — the store of a host, with the register that an address names.
import type { Register } from '../core/register.ts';
import type { Store } from '../core/stored.ts';
import { createFileRegister } from './file/index.ts';
import { createHostState } from './host-state.ts';
import type { StoreOptions } from './own-file.ts';
import { createStore } from './store.ts';

/** Who opens a register: the host, as the spec calls it, and where it keeps files. */
export interface Opening {
  readonly host: string;
  readonly options: StoreOptions;
}

/** How the address of a register begins, before its first colon → what opens it. */
export type Registers = Readonly<Record<string, (address: string, opening: Opening) => Register>>;

/** What there is; README's "A store more". */
export const registers: Registers = {
  file: (_address, { options }) => createFileRegister(options),
};

/** The register of a host that shares nothing. */
export const ALONE = 'file:';

/** Undefined where the address begins as none that there is. */
export function openStore(address: string, opening: Opening, all: Registers = registers): Store | undefined {
  const scheme = address.split(':', 1)[0] ?? '';
  const open = Object.hasOwn(all, scheme) ? all[scheme] : undefined;
  return open === undefined ? undefined : createStore(open(address, opening), createHostState(opening.options));
}

export function createFileStore(options: StoreOptions): Store {
  return createStore(createFileRegister(options), createHostState(options));
}
