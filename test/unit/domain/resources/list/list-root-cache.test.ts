import { expect, it } from 'vitest';
import { foldList, readListPage } from '#domain/resources/list/index.ts';
import { createModel, LIST, openHarness, writeAll } from './list-harness.ts';

const ALL = { offset: 0, limit: 100 };

it('a process that has read a list sees the folds of others', async () => {
  const { process } = openHarness();
  const model = createModel();
  const [reader, writer] = [process(), process()];

  for (let fold = 1; fold <= 3; fold += 1) {
    await writeAll(writer, [model.change(fold, fold), model.change(fold + 100, fold + 100)]);
    await foldList(writer, LIST);

    expect((await readListPage(reader, [LIST], ALL)).rows).toEqual(model.rows());
  }
});

it('a root of the same version with other content, as after a restore, is read anew', async () => {
  const lost = openHarness();
  const restored = openHarness();
  const models = [createModel(), createModel()] as const;
  const reader = lost.process();
  await writeAll(lost.process(), [models[0].change(1, 1)]);
  await foldList(lost.process(), LIST);
  await writeAll(restored.process(), [models[1].change(2, 2), models[1].change(3, 3)]);
  await foldList(restored.process(), LIST);
  await readListPage(reader, [LIST], ALL);

  const page = await readListPage({ ...reader, table: restored.table }, [LIST], ALL);

  expect(page).toEqual({ total: 2, rows: models[1].rows() });
});

it('a list that was read is not unpacked again until it changes', async () => {
  const { process } = openHarness();
  const model = createModel();
  const store = process();
  const roots: unknown[] = [];
  const reader = {
    ...store,
    cache: {
      ...store.cache,
      set: <T>(key: string, value: T) => {
        if (key.startsWith('list-root#')) roots.push(value);
        store.cache.set(key, value);
      },
    },
  };
  await writeAll(store, [model.change(1, 1)]);
  await foldList(store, LIST);

  await readListPage(reader, [LIST], ALL);
  await readListPage(reader, [LIST], ALL);
  const before = roots.length;
  await writeAll(store, [model.change(2, 2)]);
  await foldList(store, LIST);
  await readListPage(reader, [LIST], ALL);

  expect(before).toBe(1);
  expect(roots).toHaveLength(2);
});
