import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArtifactData, artifactKind } from '#domain/artifacts/index.ts';
import {
  changeModel,
  changeModelVersion,
  createModel,
  createModelVersion,
  getModelVersion,
  listModelVersions,
  modelKind,
} from '#domain/models/index.ts';
import { createResource, deleteResource, type Kind } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { actingIn } from '../resources/support.ts';

let app: TestApp;
let anna: Context;
let reader: Context;
let stranger: Context;
let artifactId: number;

beforeAll(async () => {
  app = testApp();
  anna = actingIn(app, [1, 2]);
  reader = actingIn(app, [1], { write: false });
  stranger = actingIn(app, [3]);
  artifactId = await newArtifact(1);
});
afterAll(() => app.close());

const data = { description: '', jobId: 1, isDir: false, size: 1, task: null };
let made = 0;
async function newArtifact(groupId: number): Promise<number> {
  made += 1;
  const kind: Kind<ArtifactData> = artifactKind;
  const uri = `mlflow-artifacts:/1/run/artifacts/${made}`;
  return (await createResource(anna, kind, { groupId, data: { ...data, uri } })).id;
}
const newModel = async (): Promise<number> => {
  made += 1;
  return (await createModel(anna, { groupId: 1, name: `model ${made}`, description: '' })).id;
};
const add = (ctx: Context, modelId: number, description = '') =>
  createModelVersion(ctx, { modelId, artifactId, description });

describe('models', () => {
  it('are made and changed by writers of their group alone', async () => {
    const modelId = await newModel();
    await add(anna, modelId);
    const text = { name: 'x', description: '' };
    const wishes = (ctx: Context) => [
      createModel(ctx, { groupId: 1, ...text }),
      changeModel(ctx, modelId, text),
      add(ctx, modelId),
      changeModelVersion(ctx, { modelId, number: 1, description: 'x' }),
    ];

    for (const wish of wishes(reader))
      await expect(wish).rejects.toMatchObject({ code: 'forbidden' });
    for (const wish of wishes(stranger)) {
      await expect(wish).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await getModelVersion(reader, { modelId, number: 1 })).version.data.number).toBe(1);
    await expect(getModelVersion(stranger, { modelId, number: 1 })).rejects.toMatchObject({
      detail: { entity: 'ml_model' },
    });
    await expect(
      listModelVersions(stranger, modelId, { index: 0, pageLength: 10, search: 'no:field' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('take no artifact of another group, though the actor is in both', async () => {
    const foreign = await newArtifact(2);
    const wish = createModelVersion(anna, {
      modelId: await newModel(),
      artifactId: foreign,
      description: '',
    });

    await expect(wish).rejects.toMatchObject({
      detail: { entity: 'artifact', artifact_id: foreign },
    });
  });
});

describe('versions', () => {
  it('are numbered in the order of their ids by several processes at once', async () => {
    const modelId = await newModel();
    const others = [app, app.otherProcess(), app.otherProcess()];
    const contexts = others.map((other) => actingIn(other, [1]));

    await Promise.all(
      contexts.flatMap((ctx) => Array.from({ length: 15 }, () => add(ctx, modelId))),
    );

    const { rows, total, model } = await listModelVersions(anna, modelId, {
      index: 0,
      pageLength: 100,
    });
    expect(rows.map((version) => version.data.number)).toEqual(
      Array.from({ length: 45 }, (_, n) => n + 1),
    );
    expect([total, model.versions]).toEqual([45, 45]);
  });

  it('changed while the next is made leave the newest on the model', async () => {
    const modelId = await newModel();
    await add(anna, modelId, 'one');

    await Promise.all([
      changeModelVersion(anna, { modelId, number: 1, description: 'one, changed' }),
      add(anna, modelId, 'two'),
    ]);

    const { model, version } = await getModelVersion(anna, { modelId, number: 1 });
    expect(version.data.description).toBe('one, changed');
    expect([version.snapshots, model.versions]).toEqual([2, 2]);
    expect(model.latest).toMatchObject({ description: 'two' });
  });

  it('are not given to a model that is deleted meanwhile', async () => {
    const modelId = await newModel();
    const { table } = app.platform;
    let deletions = 0;
    const racing: Context = {
      ...anna,
      table: {
        ...table,
        transact: async (writes) => {
          deletions += 1;
          if (deletions === 1) await deleteResource(anna, modelKind, modelId);
          return table.transact(writes);
        },
      },
    };

    await expect(add(racing, modelId)).rejects.toMatchObject({ code: 'not_found' });
    expect(deletions).toBe(1);
  });

  it('end at ten thousand', async () => {
    const modelId = await newModel();
    const key = { pk: `RES#${modelId}`, sk: 'CURRENT' };
    const set = { versions: 10_000 };
    await app.platform.table.write({ kind: 'update', key, changes: { set } });

    await expect(add(anna, modelId)).rejects.toMatchObject({ reason: 'too_many_versions' });
  });
});
