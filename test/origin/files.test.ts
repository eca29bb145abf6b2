// test/origin/files.test.ts — files as the origin of a spec: bursts, revisions, what cannot be read.
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createFileOrigin } from '../../src/origin/files.ts';
import { OriginError } from '../../src/origin/origin.ts';
import { SourceError } from '../../src/specfile/sources.ts';
import { until } from './until.ts';
import { closeAfterEach, followed, one, place, put, TIMES } from './files-scene.ts';

closeAfterEach();

describe('is told', () => {
  test('once for a burst, and not at all when what is read stays the same', async () => {
    const at = place();
    one(at);
    const follower = await followed([at('etc')], { ...TIMES, quiet: 100, atMost: 5000 });
    one(at);
    utimesSync(at('etc/spec.yaml'), 0, 0);
    put(at, 'etc/readme.md', 'not a spec');
    await sleep(400);
    expect(follower.calls()).toBe(0);
    for (let text = 0; text < 20; text += 1) put(at, 'etc/spec.yaml', `text ${text}`);
    await until(follower.has, 'text 19');
    expect(follower.calls()).toBe(1);
  });

  test('while changes never end', async () => {
    const at = place();
    one(at);
    const { has, calls } = await followed([at('etc/spec.yaml')], { ...TIMES, quiet: 2000, atMost: 200 });
    const deadline = performance.now() + 20_000;
    for (let text = 0; calls() < 3 && performance.now() < deadline; text += 1) {
      writeFileSync(at('etc/spec.yaml'), `text ${text}`);
      await sleep(5);
    }
    expect(calls()).toBeGreaterThanOrEqual(3);
    await until(has, readFileSync(at('etc/spec.yaml'), 'utf8'));
  });

  test('what changed between the first reading and the beginning of the watch', async () => {
    const at = place();
    one(at);
    const origin = createFileOrigin([at('etc/spec.yaml')], { times: TIMES });
    await origin.read();
    put(at, 'etc/spec.yaml', 'two');
    let calls = 0;
    const watching = await origin.watch(() => (calls += 1));
    expect(calls).toBe(1);
    await watching.close();
  });

  test('without a sign, too, after a while', async () => {
    const at = place();
    one(at);
    // A directory is told nothing of what is written through a name that the file has in another.
    mkdirSync(at('far'));
    linkSync(at('etc/spec.yaml'), at('far/spec.yaml'));
    const { has } = await followed([at('etc/spec.yaml')], { ...TIMES, anyway: 50 });
    writeFileSync(at('far/spec.yaml'), 'two');
    await until(has, 'two');
  });

  test('a sign that is lost among others is made up for soon', async () => {
    const at = place();
    one(at);
    mkdirSync(at('far'));
    linkSync(at('etc/spec.yaml'), at('far/spec.yaml'));
    const { has } = await followed([at('etc/spec.yaml')], { ...TIMES, soon: 50 });
    put(at, 'etc/spec.yaml', 'two');
    await until(has, 'two');
    writeFileSync(at('far/spec.yaml'), 'three');
    await until(has, 'three');
  });

  test('nothing more once it is being closed, whatever is just being read', async () => {
    const at = place();
    one(at);
    for (let round = 0; round < 20; round += 1) {
      let calls = 0;
      const watching = await createFileOrigin([at('etc/spec.yaml')], { times: TIMES }).watch(() => (calls += 1));
      put(at, 'etc/spec.yaml', `text ${round}`);
      await sleep(TIMES.quiet + round / 4);
      const before = calls;
      await watching.close();
      expect(calls).toBe(before);
    }
  });
});

test('a revision tells names and texts apart, and nothing else', async () => {
  const at = place();
  put(at, 'a/spec.yaml', 'one');
  put(at, 'b/spec.yaml', 'one');
  const revisionOf = async (path: string): Promise<string> => (await createFileOrigin([at(path)]).read()).revision;
  const first = await revisionOf('a');
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(await revisionOf('b')).not.toBe(first);
  put(at, 'a/spec.yaml', 'two');
  expect(await revisionOf('a')).not.toBe(first);
  put(at, 'a/spec.yaml', 'one');
  expect(await revisionOf('a')).toBe(first);
});

test('standard input is refused, and what cannot be read is said', async () => {
  const at = place();
  expect(() => createFileOrigin([at('a.yaml'), '-'])).toThrow(OriginError);
  await expect(createFileOrigin([at('a.yaml')]).read()).rejects.toThrow(SourceError);
  expect(createFileOrigin(['/etc/netctl/spec.d', '/srv/more.yaml']).from).toBe('/etc/netctl/spec.d, /srv/more.yaml');
});

test('who is to end waits no longer for a spec that somebody still writes', async () => {
  const at = place();
  put(at, 'spec.yaml', 'a');
  const ended = new AbortController();
  const times = { ...TIMES, still: { more: 60_000, less: 60_000 } };
  const origin = createFileOrigin([at('spec.yaml')], { times, signal: ended.signal });
  const file = openSync(at('spec.yaml'), 'a');
  const reading = origin.read();
  await sleep(100);
  ended.abort();
  await expect(reading).rejects.toThrow();
  closeSync(file);
});
