import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFolder } from '#domain/artifacts/folder.ts';
import { packFolder } from '#domain/artifacts/pack-folder.ts';
import { inProcess } from '#entry/background.ts';
import type { AppError } from '#kernel/errors.ts';
import { createTurns } from '#kernel/turns.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { must, newJob, newRun, newScene, type Scene } from './scene.ts';

let app: TestApp;
let scene: Scene;
beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
});
afterAll(() => app.close());

/** An artifact that is a folder of so many small files. */
async function newFolder(files: number): Promise<number> {
  const { user, group, experiment } = scene;
  const [run, job] = [await newRun(app, scene), await newJob(scene)];
  for (let file = 0; file < files; file += 1) {
    await app.platform.blobs.put(`runs/${run}/artifacts/folder/${file}`, `${run} ${file}`);
  }
  await must(user, 'POST', `/api/v1/jobs/${job}/mlflowRun`, { mlflowRunId: run });
  const artifactUri = `mlflow-artifacts:/${experiment}/${run}/artifacts/folder`;
  const body = { group, job, artifactUri, description: '' };
  return (await must(user, 'POST', '/api/v1/artifacts', body)).id;
}

describe('folders that are packed at the same moment', () => {
  it('are read a few files at a time, whatever is asked for', async () => {
    const folders = await Promise.all(Array.from({ length: 6 }, () => newFolder(60)));
    const { get } = app.platform.blobs;
    let reading = 0;
    let most = 0;
    app.platform.blobs.get = async (...asked) => {
      reading += 1;
      most = Math.max(most, reading);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return get(...asked).finally(() => {
        reading -= 1;
      });
    };

    const answers = await Promise.all(
      folders.map((id) => scene.user.get(`/api/v1/artifacts/${id}/contents`)),
    );

    expect(answers.map(({ status }) => status)).toEqual(folders.map(() => 302));
    expect(most).toBeLessThanOrEqual(32);
  });
});

describe('folders that are packed in the background', () => {
  it('are few at a time in one process, and none is given up because others were first', async () => {
    const system = { ...app.system, background: inProcess(app.platform) };
    const limits = { bytes: 0, files: 0, ms: 1 };
    const keys = Array.from({ length: 8 }, (_, at) => `runs/${'0'.repeat(32)}/artifacts/f${at}`);
    for (const key of keys) await app.platform.blobs.put(`${key}/a`, key);
    const { putStream } = app.platform.blobs;
    let packing = 0;
    let most = 0;
    app.platform.blobs.putStream = async (...asked) => {
      packing += 1;
      most = Math.max(most, packing);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return putStream(...asked).finally(() => {
        packing -= 1;
      });
    };
    const ask = (key: string) =>
      readFolder(system, key)
        .then((folder) => packFolder(system, folder, 'tar_gz', limits))
        .then(
          () => 'packed',
          (error: unknown) => (error as AppError).code,
        );

    let answers = keys.map(() => 'not asked');
    for (let round = 0; round < 50 && !answers.every((answer) => answer === 'packed'); round += 1) {
      answers = await Promise.all(keys.map(ask));
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(answers).not.toContain('too_large');
    }

    expect(answers).toEqual(keys.map(() => 'packed'));
    expect(most).toBe(2);
  });
});

describe('turns', () => {
  it('run a few tasks at once, let some wait and refuse the rest', async () => {
    const inTurn = createTurns(2, 3, 'later');
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };

    const ends = await Promise.allSettled(Array.from({ length: 7 }, () => inTurn(task)));

    expect(most).toBe(2);
    expect(ends.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'fulfilled'),
      'rejected',
      'rejected',
    ]);
  });

  it('go on after a task that failed', async () => {
    const inTurn = createTurns(1, 5, 'later');
    const failing = inTurn(() => Promise.reject(new Error('no')));
    const next = inTurn(async () => 'done');

    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
    expect(await inTurn(async () => 'again')).toBe('again');
  });
});
