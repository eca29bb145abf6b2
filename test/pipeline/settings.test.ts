// test/pipeline/settings.test.ts — where things are that nobody has named.
import { expect, test } from 'vitest';
import { DEFAULTS, specsOf } from '../../src/pipeline/settings.ts';
import { readTree } from '../house/tree.ts';

test('the spec is where it is named, else in its place', () => {
  expect(specsOf({ files: ['a.yaml', 'b'] })).toEqual(['a.yaml', 'b']);
  expect(specsOf({ files: [] })).toEqual(['/etc/netctl/spec.d']);
});

test('the places are written once', () => {
  const sources = [...readTree(new URL('../..', import.meta.url).pathname)].filter(([path]) => path.startsWith('src/'));
  for (const place of Object.values(DEFAULTS))
    expect(sources.flatMap(([path, text]) => (text.includes(`'${place}'`) ? [path] : []))).toEqual([
      'src/pipeline/settings.ts',
    ]);
});
