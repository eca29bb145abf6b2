// test/probes/retry.test.ts — trying again: until it works, until the time is over, and never longer.
import { expect, test } from 'vitest';
import { Hopeless, retry } from '../../src/probes/retry.ts';

const never = (over: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    over.addEventListener('abort', () => {
      reject(new Error('ended'));
    });
  });

test('what works at once takes no time', async () => {
  const { answered, ms, why } = await retry(() => Promise.resolve(), 10_000);
  expect([answered, ms < 5_000, why]).toEqual([true, true, undefined]);
});

test('what fails is tried again, and works in the end', async () => {
  let tries = 0;
  expect(
    await retry(() => (++tries < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()), 10_000),
  ).toMatchObject({ answered: true });
  expect(tries).toBe(3);
});

test('a try that is lost is not waited for to the end: another is made beside it', async () => {
  let tries = 0;
  expect(await retry((over) => (++tries < 2 ? never(over) : Promise.resolve()), 20_000)).toMatchObject({
    answered: true,
  });
});

test('one that goes on by itself has none beside it, and ends with the time', async () => {
  let tries = 0;
  let ended = false;
  const { answered, why } = await retry(
    (over) => {
      tries++;
      return never(over).catch((error: unknown) => {
        ended = true;
        throw error;
      });
    },
    1_200,
    { waits: true },
  );
  await Promise.resolve();
  expect({ answered, why, tries, ended }).toEqual({
    answered: false,
    why: 'no reply within 1200 ms',
    tries: 1,
    ended: true,
  });
});

test('the time that is left to it may be any, and is said in whole milliseconds', async () => {
  expect((await retry(never, 39.999999999054126)).why).toBe('no reply within 40 ms');
});

test('what came instead is said, be it while it was tried', async () => {
  expect(await retry(() => Promise.reject(new Error('connection refused')), 300)).toMatchObject({
    answered: false,
    why: 'connection refused',
  });
  expect(
    await retry((over, because) => {
      because('10.0.0.1 says: unreachable');
      return never(over);
    }, 300),
  ).toMatchObject({ answered: false, why: '10.0.0.1 says: unreachable' });
});

test('what is hopeless is not tried again', async () => {
  let tries = 0;
  expect(
    await retry(() => {
      tries++;
      return Promise.reject(new Hopeless('there is no ping'));
    }, 60_000),
  ).toMatchObject({ answered: false, why: 'there is no ping' });
  expect(tries).toBe(1);
});

test('it ends with the signal, and makes no try after it', async () => {
  const stop = new AbortController();
  const waiting = retry(never, 60_000, { signal: stop.signal });
  stop.abort();
  expect(await waiting).toMatchObject({ answered: false, why: 'it was not asked to the end' });
  let tries = 0;
  expect(
    await retry(
      () => {
        tries++;
        return Promise.resolve();
      },
      60_000,
      { signal: stop.signal },
    ),
  ).toMatchObject({ answered: false });
  expect(tries).toBe(0);
});
