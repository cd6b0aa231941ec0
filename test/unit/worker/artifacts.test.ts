import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import { collectArtifacts } from '#worker/artifacts.ts';
import { createWorkDir, type JobDirs } from '#worker/work-dir.ts';

const claim = {
  artifactTasks: { model: { task: 'keep', pluginSnapshotId: 1, taskId: 1 } },
} as unknown as JobClaim;

let base: string;
let dirs: JobDirs;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'assay-artifacts-'));
  dirs = await createWorkDir(base, 1, 1);
});
afterEach(() => rmSync(base, { recursive: true }));

const collect = () => {
  const path = join(dirs.outputs, 'model');
  return collectArtifacts(claim, dirs, [{ name: 'model', path, isDir: true }]);
};
const each = (make: (path: string) => void, count: number): void => {
  mkdirSync(join(dirs.outputs, 'model'));
  for (let at = 0; at < count; at += 1) make(join(dirs.outputs, 'model', String(at)));
};

describe('a directory that is handed over', () => {
  it('may have many folders and files', async () => {
    each((path) => mkdirSync(path), 50);
    writeFileSync(join(dirs.outputs, 'model', '7', 'a.txt'), 'abc');

    const [artifact] = await collect();

    expect(artifact?.files.map(({ path }) => path)).toEqual(['model/model/7/a.txt']);
  });

  it.each([
    ['files', (path: string) => writeFileSync(path, '')],
    ['folders', (path: string) => mkdirSync(path)],
  ])('is refused with too many %s, before all are looked at', async (kind, make) => {
    each(make, 10_001);

    await expect(collect()).rejects.toThrow(`more than 10000 ${kind}`);
  });
});
