// test/driver/scratch.ts — a directory of its own for each test of the Linux driver.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { afterAll, beforeEach } from 'vitest';

export const root = mkdtempSync(join(tmpdir(), 'nct-linux-'));
export let directory = '';

export const driver = createLinuxDriver();
export const shell = (script: string): readonly string[] => ['sh', '-c', script];

/** Registers the hooks that make `directory` before each test, and remove all of them at the end. */
export function eachInItsDirectory(): void {
  beforeEach(() => {
    // Files that use it may run one after the other in one process.
    mkdirSync(root, { recursive: true });
    directory = mkdtempSync(join(root, 'test-'));
  });
  afterAll(() => rmSync(root, { recursive: true }));
}
