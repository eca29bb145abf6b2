// test/store/register.ts — what every register does, whatever keeps it: a test file calls it with how one is made.
import { describe, expect, test } from 'vitest';
import type { Claimed, Register } from '../../src/core/register.ts';
import type { Claim } from '../../src/core/stored.ts';

const POOL = 'network lab';
const claim = (holder: string, value: string, pool = POOL): Claim => ({ pool, value, holder });
const A = claim('vm-1/lab', '192.168.50.2');
const B = claim('vm-2/lab', '192.168.50.3');
const MAC = claim('vm-1/lab', 'fa:16:3e:00:00:01', 'mac');

/** `make`: one that nobody has claimed anything of; called twice it gives another one. */
export function describeRegister(name: string, make: () => Register): void {
  describe(`register: ${name}`, () => {
    const held = async (register: Register): Promise<unknown> => (await register.read([POOL])).value?.allocations;
    const quarantined = async (register: Register): Promise<unknown> =>
      (await register.read([POOL])).value?.quarantined;
    const at = async (register: Register): Promise<string> => (await register.read([POOL])).at;
    const granted = (claimed: Claimed): string => {
      if (!claimed.granted) throw new Error(JSON.stringify(claimed));
      return claimed.at;
    };
    const having = async (...claims: readonly Claim[]): Promise<Register> => {
      const register = make();
      granted(await register.claim(claims, [], await at(register)));
      return register;
    };

    test('of which nothing was claimed, holds nothing, and is to be saved', async () => {
      expect(await make().read([POOL])).toMatchObject({ value: undefined, isOutdated: true });
    });
    test('holds what was claimed, also in pools that were not asked for', async () => {
      const register = await having(A, B, MAC);
      expect(await register.read([])).toMatchObject({
        value: {
          allocations: { [POOL]: { [A.holder]: A.value, [B.holder]: B.value }, mac: { [MAC.holder]: MAC.value } },
          quarantined: {},
        },
        isOutdated: false,
      });
    });
    test('says where it is by what it says when it is read', async () => {
      const register = make();
      const after = granted(await register.claim([A], [], await at(register)));
      expect(await at(register)).toBe(after);
      expect(granted(await register.claim([B], [], after))).not.toBe(after);
    });
    test('grants again what it has granted, also to whoever has not read since', async () => {
      const register = make();
      const before = await at(register);
      granted(await register.claim([A, B], [], before));
      granted(await register.claim([A, B], [], before));
      expect(await held(register)).toEqual({ [POOL]: { [A.holder]: A.value, [B.holder]: B.value } });
    });
    test('refuses all where one is taken, and says by whom', async () => {
      const register = await having(A);
      const before = await register.read([POOL]);
      expect(await register.claim([B, claim('vm-9/lab', A.value)], [], before.at)).toEqual({
        granted: false,
        taken: [A],
      });
      expect(await register.read([POOL])).toEqual(before);
    });
    test('lets values change their holders in one claim', async () => {
      const register = await having(A, B);
      const swapped = [claim(A.holder, B.value), claim(B.holder, A.value)];
      granted(await register.claim(swapped, [A, B], await at(register)));
      expect(await held(register)).toEqual({ [POOL]: { [A.holder]: B.value, [B.holder]: A.value } });
    });
    test('gives a holder another value in place of the one that he had', async () => {
      const register = await having(A);
      granted(await register.claim([claim(A.holder, '192.168.50.9')], [{ ...A, until: 5 }], await at(register)));
      expect(await held(register)).toEqual({ [POOL]: { [A.holder]: '192.168.50.9' } });
      expect(await quarantined(register)).toEqual({ [POOL]: { [A.value]: { holder: A.holder, until: 5 } } });
    });
    test('quarantines what is released until a time, and ends that with another claim, or release', async () => {
      const register = await having(A, B);
      granted(
        await register.claim(
          [],
          [
            { ...A, until: 7 },
            { ...B, until: 8 },
          ],
          await at(register),
        ),
      );
      expect(await held(register)).toEqual({});
      expect(await quarantined(register)).toEqual({
        [POOL]: { [A.value]: { holder: A.holder, until: 7 }, [B.value]: { holder: B.holder, until: 8 } },
      });
      granted(await register.claim([claim('vm-3/lab', A.value)], [B], await at(register)));
      expect(await held(register)).toEqual({ [POOL]: { 'vm-3/lab': A.value } });
      expect(await quarantined(register)).toEqual({});
    });
    test('a release that comes again takes nothing from whoever holds it since', async () => {
      const register = await having(A);
      granted(await register.claim([], [A], await at(register)));
      const other = claim('vm-3/lab', A.value);
      granted(await register.claim([other], [], await at(register)));
      granted(await register.claim([], [{ ...A, until: 9 }], await at(register)));
      expect(await register.read([POOL])).toMatchObject({
        value: { allocations: { [POOL]: { [other.holder]: A.value } }, quarantined: {} },
      });
    });
    test('once it was left, holds nothing, and all is free', async () => {
      const register = await having(A);
      await register.leave();
      expect(await register.read([POOL])).toMatchObject({ value: undefined });
      granted(await register.claim([claim('vm-9/lab', A.value)], [], await at(register)));
    });
  });
}

/** What those do that several hosts share. `make` gives two hosts of one. */
export function describeShared(name: string, make: () => readonly [Register, Register]): void {
  describe(`shared register: ${name}`, () => {
    test('what another host holds is told, taken, and not for this one to release', async () => {
      const [one, two] = make();
      await one.claim([A], [], (await one.read([POOL])).at);
      expect(await two.read([POOL])).toMatchObject({ others: { allocations: { [POOL]: { [A.holder]: A.value } } } });
      expect(await two.claim([claim('vm-9/lab', A.value)], [A], (await two.read([POOL])).at)).toEqual({
        granted: false,
        taken: [A],
      });
      await two.claim([B], [{ ...A, until: 5 }], (await two.read([POOL])).at);
      await two.leave();
      expect(await one.read([POOL])).toMatchObject({
        value: { allocations: { [POOL]: { [A.holder]: A.value } }, quarantined: {} },
        others: { allocations: {} },
      });
    });
  });
}
