import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { embeddedPlatform } from '#embedded/context.ts';
import type { Background } from '#kernel/background.ts';

it('does all background work of a process in one place, which knows what runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-background-'));
  const started: string[] = [];
  let made = 0;
  const background = (): Background => {
    made += 1;
    return { start: async (task) => void started.push(task) };
  };
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
    settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'test' },
    background,
    log: { info: () => undefined, error: () => undefined },
  });

  await Promise.all([
    platform.background.start('compact-events', {}),
    platform.background.start('compact-events', {}),
  ]);
  await platform.background.start('recalculate', {});
  platform.close();
  rmSync(folder, { recursive: true });

  expect(made).toBe(1);
  expect(started).toEqual(['compact-events', 'compact-events', 'recalculate']);
});
