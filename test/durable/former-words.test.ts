// test/durable/former-words.test.ts — what an earlier netctl has written is read as this one writes it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inPresentWords } from '../../src/durable/former-words.ts';
import { createGenerations } from '../../src/generations/file.ts';
import { createFileStore } from '../../src/store/index.ts';

describe('words', () => {
  for (const [name, before, after] of [
    [
      'of an outcome',
      '{"outcome":{"is": "taken back", "why": "taken back"}}',
      '{"outcome":{"is": "rolled back", "why": "taken back"}}',
    ],
    ['of a phase', '{"phase":"taking back"}', '{"phase":"rolling back"}'],
    [
      'of a resource',
      '{"kind":"route","standsOn":["address eth1 10.0.0.1/24"]}',
      '{"kind":"route","dependsOn":["address eth1 10.0.0.1/24"]}',
    ],
    [
      'of a link',
      '{"kind":"link","amiss":["down"],"chosen":{"index":3}}',
      '{"kind":"link","deviations":["down"],"kernelAssigned":{"index":3}}',
    ],
    ['of an instance with such a name', '{"chosen":{"nic":1},"amiss":{}}', '{"chosen":{"nic":1},"amiss":{}}'],
    [
      "in a text of somebody's",
      String.raw`{"text":"\"is\": \"taken back\", \"standsOn\":"}`,
      String.raw`{"text":"\"is\": \"taken back\", \"standsOn\":"}`,
    ],
  ] as const)
    test(name, () => {
      expect(inPresentWords(before)).toBe(after);
    });
});

describe('files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'netctl-former-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  test('of generations, and of one that waits', () => {
    mkdirSync(join(directory, 'generations/1'), { recursive: true });
    writeFileSync(
      join(directory, 'generations/1/generation.json'),
      JSON.stringify({
        version: 1,
        number: 1,
        when: '2026-01-01T00:00:00Z',
        who: 'root',
        host: 'vm',
        digest: '',
        summary: '1 to add',
        outcome: { is: 'taken back', why: 'not confirmed in time', left: [] },
      }),
    );
    writeFileSync(
      join(directory, 'pending.json'),
      JSON.stringify({ version: 1, generation: 1, phase: 'taking back', start: 's', pid: 7, began: '1' }),
    );
    const generations = createGenerations(directory);
    expect(generations.list()).toMatchObject([
      { outcome: { is: 'rolled back', why: 'not confirmed in time', left: [] } },
    ]);
    expect(generations.damaged()).toEqual([]);
    expect(generations.pending()).toMatchObject({ phase: 'rolling back' });
  });

  test('of the record of a generation', () => {
    const generations = createGenerations(directory);
    const lent = [{ kind: 'link', name: 'eth1', borrowed: true }];
    const store = { allocations: {}, resting: {}, rest: { 'network lab': 120 }, former: lent, memories: {} };
    mkdirSync(join(directory, 'generations/1'), { recursive: true });
    const sources = [{ file: 'spec.yaml', text: '"lent": "former"' }];
    writeFileSync(
      join(directory, 'generations/1/record.json'),
      JSON.stringify({
        version: 1,
        sources,
        plan: '',
        undo: { found: [], made: [] },
        later: [],
        before: store,
        allocations: {},
        memories: {},
        image: {},
        lent,
      }),
    );
    expect(generations.record(1)).toMatchObject({
      sources,
      before: { quarantined: {}, quarantineSeconds: { 'network lab': 120 }, originals: lent },
      originals: lent,
    });
  });

  test('of the store', async () => {
    writeFileSync(
      join(directory, 'allocations.json'),
      JSON.stringify({
        version: 1,
        allocations: {},
        resting: {},
        rest: {},
        former: [{ kind: 'route', standsOn: ['address eth1 10.0.0.1/24'] }],
        memories: {},
      }),
    );
    const { state } = await createFileStore({ directory }).load();
    expect(state?.originals).toEqual([{ kind: 'route', dependsOn: ['address eth1 10.0.0.1/24'] }]);
  });
});
