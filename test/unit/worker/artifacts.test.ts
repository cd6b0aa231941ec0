import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import { collectArtifacts } from '#worker/artifacts.ts';
import { createWorkDir, type JobDirs, removeDir } from '#worker/work-dir.ts';

const claim = {
  runtime: 'dioptra',
  artifactTasks: { model: { task: 'keep', pluginSnapshotId: 1, taskId: 1 } },
} as unknown as JobClaim;

let base: string;
let dirs: JobDirs;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'assay-artifacts-'));
  dirs = await createWorkDir(base, 1, 1);
});
afterEach(() => removeDir(base));

const collect = () => {
  const path = join(dirs.outputs, 'model');
  return collectArtifacts(claim, dirs, [{ name: 'model', path, isDir: true }]);
};
/** Fills the directory by `program`, faster than one call for each entry would. */
const fill = (program: string, count: number): void => {
  mkdirSync(join(dirs.outputs, 'model'));
  execFileSync('sh', ['-c', `seq ${count} | xargs ${program}`], {
    cwd: join(dirs.outputs, 'model'),
  });
};

describe('a directory that is handed over', () => {
  it('may have many folders and files', async () => {
    fill('mkdir', 50);
    writeFileSync(join(dirs.outputs, 'model', '7', 'a.txt'), 'abc');

    const [artifact] = await collect();

    expect(artifact?.files.map(({ path }) => path)).toEqual(['model/model/7/a.txt']);
  });

  // Ten thousand folders take a busy machine a while.
  const kinds = [['files', 'touch'], ...(process.env.FULL === '1' ? [['folders', 'mkdir']] : [])];
  it.each(kinds)('is refused with too many %s', async (kind = '', program = '') => {
    fill(program, 10_001);

    await expect(collect()).rejects.toThrow(`more than 10000 ${kind}`);
  });
});
