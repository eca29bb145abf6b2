// bench/disruption-edits.ts — a change that is measured: what becomes of a spec, and who talks meanwhile.
import type { Edit, Guest, Pair } from '../test/kernel/busy-host.ts';

export interface ChangeUnderTraffic {
  /** What happens from the first spec to the second; `back`: from there to the first again. */
  readonly name: string;
  readonly back?: string;
  readonly from: Edit;
  readonly to: Edit;
  /** Somebody else's doing just before the change, as a script in the host's namespace. */
  readonly befalls?: string;
  /** Nobody confirms it: it is rolled back. */
  readonly unconfirmed?: true;
  /** That alone interrupts what the change mends: what is lost is not the change's doing. */
  readonly harm?: true;
  /** Whom it concerns, and who only shares the host; on the way back, if it is another. */
  readonly concerned?: Pair;
  readonly concernedBack?: Pair | 'nobody';
  readonly bystander: Pair;
  readonly bystanderBack?: Pair;
}

export const out = (guest: Guest): Pair => ({ talk: 'out', guest });
export const wire = (guest: Guest): Pair => ({ talk: 'wire', guest });
export const bridged = (guest: Guest, other: Guest): Pair => ({ talk: 'bridged', guest, other });
export const floating = (guest: Guest, address = FIRST): Pair => ({ talk: 'floating', guest, address });
export const host: Pair = { talk: 'host' };
export const [FIRST, SECOND] = ['198.51.100.17', '198.51.100.30'];
export const same: Edit = () => undefined;
export const network =
  (name: string, more: Readonly<Record<string, unknown>>): Edit =>
  (spec) => {
    spec.networks[name] = { ...spec.networks[name], ...more };
  };
export const nic =
  (guest: string, more: Readonly<Record<string, unknown>>): Edit =>
  (spec) => {
    spec.instances[guest] = { nics: [{ ...spec.instances[guest]?.nics[0], ...more }] };
  };
export const float = (guest: string, address = FIRST): Edit => nic(guest, { floating: [address] });
export const without =
  (...guests: readonly string[]): Edit =>
  (spec) => {
    for (const guest of guests) Reflect.deleteProperty(spec.instances, guest);
  };
export const all =
  (...edits: readonly Edit[]): Edit =>
  (spec) => {
    for (const edit of edits) edit(spec);
  };
export const noOffice: Edit = all(without('vm-5', 'vm-6'), (spec) => {
  Reflect.deleteProperty(spec.networks, 'office');
});
export const noSide: Edit = all(without('vm-3', 'vm-4'), (spec) => {
  Reflect.deleteProperty(spec.networks, 'side');
});
