import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { script, startKit, type TarEntry, tarGz, type WorkerKit } from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const ended = (job: ServedJob) => () => job.finish !== undefined;
const PROJECT: readonly TarEntry[] = [
  { name: 'digits/MLproject', contents: 'name: digits' },
  { name: 'digits/train.py', contents: 'print(1)' },
];

/** Lists what the job finds in its folders, and ends well. */
const LOOK = script(`
  const fs = require('node:fs'), root = process.argv[1];
  const job = JSON.parse(fs.readFileSync(root + '/job.json'));
  const list = (dir) => fs.readdirSync(dir, { recursive: true }).sort();
  console.log(JSON.stringify({ job, project: list(job.projectDir), plugins: list(job.pluginsDir) }));
  fs.writeFileSync(root + '/result.json', JSON.stringify({ status: 'finished', artifacts: [] }));
`);

async function serve(entries: readonly TarEntry[]): Promise<{ readonly workflowBytes: number }> {
  const bytes = await tarGz(entries);
  kit.server.files.set('workflow', bytes);
  return { workflowBytes: bytes.length };
}

describe('a job of an MLproject', () => {
  it('finds the project, its parameters and the plugins that it may import', async () => {
    const served = await serve(PROJECT);
    const job = kit.server.addProject({
      ...served,
      projectRoot: 'digits',
      environment: 'virtualenv',
      pluginsBundlePath: '/files/plugins',
    });

    await kit.runUntil(ended(job), LOOK);

    const seen = JSON.parse(job.log.find(({ logger }) => logger === 'stdout')?.message ?? '');
    expect(job.finish).toMatchObject({ outcome: 'finished', artifacts: [] });
    expect(seen.job).toMatchObject({
      jobId: 1,
      experimentId: 3,
      runId: 'a'.repeat(32),
      entryPoint: 'train model',
      parameters: { rate: '1.0' },
      environment: 'virtualenv',
      projectDir: expect.stringMatching(/\/project\/digits$/),
    });
    expect(seen.project).toEqual(['MLproject', 'train.py']);
    expect(seen.plugins).toEqual([
      'dioptra_custom',
      'dioptra_custom/trial',
      'dioptra_custom/trial/work.py',
    ]);
    // Only graphs have a document that is kept with the run.
    expect(job.uploads.size).toBe(0);
  });

  it('may need no plugins', async () => {
    const job = kit.server.addProject(await serve([{ name: 'MLproject', contents: '{}' }]));

    await kit.runUntil(ended(job), LOOK);

    const seen = JSON.parse(job.log.find(({ logger }) => logger === 'stdout')?.message ?? '');
    expect([seen.project, seen.plugins]).toEqual([['MLproject'], ['dioptra_custom']]);
  });

  it.each([
    ['is another than was submitted', PROJECT, { workflowBytes: 10 }],
    ['reaches out of its folder', [{ name: '../../evil', contents: 'x' }], {}],
    ['would lie elsewhere', PROJECT, { projectRoot: '../inputs' }],
  ])('whose archive %s fails, and its program never starts', async (_what, entries, wrong) => {
    const job = kit.server.addProject({ ...(await serve(entries)), ...wrong });

    await kit.runUntil(ended(job), LOOK);

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'runtime_error' });
    expect(job.log.filter(({ logger }) => logger === 'stdout')).toEqual([]);
  });
});
