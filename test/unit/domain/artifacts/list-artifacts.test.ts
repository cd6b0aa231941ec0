import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ArtifactTask,
  artifactKind,
  listArtifacts,
  measureFolder,
  measureStored,
} from '#domain/artifacts/index.ts';
import { createResource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { actingIn } from '../resources/support.ts';

let app: TestApp;
let anna: Context;
beforeAll(() => {
  app = testApp();
  anna = actingIn(app, [1, 2]);
});
afterAll(() => app.close());

const taskOf = (types: readonly number[]): ArtifactTask => ({
  id: 1,
  name: 'Keeper',
  pluginId: 1,
  pluginSnapshot: 1,
  fileId: 1,
  fileSnapshot: 1,
  outputParams: types.map((parameterType, at) => ({ name: `out${at}`, parameterType })),
});
let made = 0;
async function newArtifact(groupId: number, types?: readonly number[]): Promise<number> {
  made += 1;
  const task = types === undefined ? null : taskOf(types);
  const data = { uri: `file:/${made}`, description: '', jobId: 1, isDir: false, size: 1, task };
  return (await createResource(anna, artifactKind, { groupId, data })).id;
}

describe('artifacts by the types of their outputs', () => {
  it('match in number and order, in each group that the actor may read, to the last of many', async () => {
    const many = Array.from({ length: 200 }, (_, n) => 1_000_000 + n);
    const ids = [
      await newArtifact(1, [12, 3]),
      await newArtifact(2, [12, 3]),
      await newArtifact(1, [1, 23]),
      await newArtifact(1, many),
      await newArtifact(1, many.with(199, 7)),
      await newArtifact(1, []),
      await newArtifact(1),
    ];
    const found = async (outputTypes: readonly number[], ctx = anna) =>
      (await listArtifacts(ctx, { index: 0, pageLength: 10, outputTypes })).rows.map(({ id }) =>
        ids.indexOf(id),
      );

    expect(await found([12, 3])).toEqual([0, 1]);
    expect(await found([12, 3], actingIn(app, [1]))).toEqual([0]);
    expect(await found([3, 12])).toEqual([]);
    expect(await found([12])).toEqual([]);
    expect(await found([1, 23])).toEqual([2]);
    expect(await found(many)).toEqual([3]);
    expect(await found([])).toEqual([5]);
  });
});

describe('what the store holds', () => {
  it('is a file, a folder with the sum of all its files, or nothing', async () => {
    const { blobs } = app.platform;
    for (let n = 0; n < 1_050; n += 1) await blobs.put(`runs/r/d/${n % 9}/${n}`, 'xy');
    await blobs.put('runs/r/d2', 'abc');

    expect(await measureStored(anna, 'runs/r/d2')).toEqual({ isDir: false, size: 3, files: 1 });
    expect(await measureStored(anna, 'runs/r/d')).toEqual({
      isDir: true,
      size: 2_100,
      files: 1_050,
    });
    expect(await measureStored(anna, 'runs/r/d3')).toBeUndefined();
    const tooMany = () => {
      throw new Error('too many');
    };
    await expect(measureFolder(anna, 'runs/r/d', tooMany)).rejects.toThrow('too many');
  });
});
