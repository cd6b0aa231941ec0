/** The sample as an MLproject: trains, and attacks what the other job trained. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';
import { type ProjectKit, startProjects } from './project-kit.ts';
import { removeJobs } from './runner-kit.ts';

const folder = fileURLToPath(new URL('../../../../infra/local/sample/workflow', import.meta.url));
const files = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name !== '__pycache__')
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);

let kit: ProjectKit;
beforeAll(async () => {
  kit = await startProjects(await ensureJobPython());
}, 300_000);
afterAll(async () => {
  await removeJobs();
  await kit?.close();
}, 60_000);

it('trains a digit classifier, and attacks it in another job', async () => {
  const trained = await kit.run({ files, job: { entryPoint: 'train' } });
  const parameters = { train_run: trained.shown.id, strengths: '0,0.1,0.2' };
  const attacked = await kit.run({ files, job: { entryPoint: 'attack', parameters } });

  expect(trained.outcome.result, trained.outcome.stderr).toMatchObject({ status: 'finished' });
  expect(trained.shown.params).toEqual({ test_share: '0.25', seed: '1' });
  expect(trained.shown.files).toEqual(['model.npz']);
  expect(trained.outcome.progress.at(-1)?.progress).toBe(1);
  expect(attacked.outcome.result, attacked.outcome.stderr).toMatchObject({ status: 'finished' });
  expect(attacked.shown.files).toEqual(['results.tar.gz']);
  const lines = attacked.outcome.stdout.trim().split('\n');
  const accuracies = lines.map((line) => Number(/accuracy (0\.\d{4})$/.exec(line)?.[1]));
  expect(accuracies).toHaveLength(3);
  expect(accuracies[0]).toBeCloseTo(trained.shown.metrics.accuracy ?? 0, 3);
  expect(accuracies[0]).toBeGreaterThan(0.9);
  expect(accuracies[2]).toBeLessThan(0.5);
  expect(attacked.shown.metrics.largest_change).toBeCloseTo(0.2);
}, 60_000);
