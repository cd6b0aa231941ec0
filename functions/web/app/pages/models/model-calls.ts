import { answerOf, mlflow } from '../../data/api.ts';
import { inGroup } from '../../data/workspace.ts';
import type { Tag } from '../../ui/tag-pairs.tsx';

const BASE = '/api/2.0/mlflow';

/** What can be done to a model of a group. */
export const modelCalls = (group: number, name: string) => ({
  describe: (description: string) =>
    answerOf(
      mlflow.PATCH(`${BASE}/registered-models/update`, {
        body: { name, description },
        ...inGroup(group),
      }),
    ),
  rename: (newName: string) =>
    answerOf(
      mlflow.POST(`${BASE}/registered-models/rename`, {
        body: { name, new_name: newName },
        ...inGroup(group),
      }),
    ),
  remove: () =>
    answerOf(
      mlflow.DELETE(`${BASE}/registered-models/delete`, { body: { name }, ...inGroup(group) }),
    ),
  setTag: ({ key, value }: Tag) =>
    answerOf(
      mlflow.POST(`${BASE}/registered-models/set-tag`, {
        body: { name, key, value },
        ...inGroup(group),
      }),
    ),
  deleteTag: (key: string) =>
    answerOf(
      mlflow.DELETE(`${BASE}/registered-models/delete-tag`, {
        body: { name, key },
        ...inGroup(group),
      }),
    ),
});

export const createModel = (group: number, name: string, description: string) =>
  answerOf(
    mlflow.POST(`${BASE}/registered-models/create`, {
      body: { name, ...(description !== '' && { description }) },
      ...inGroup(group),
    }),
  );

/** What can be done to a version of a model. */
export const versionCalls = (group: number, name: string, version: string) => ({
  describe: (description: string) =>
    answerOf(
      mlflow.PATCH(`${BASE}/model-versions/update`, {
        body: { name, version, description },
        ...inGroup(group),
      }),
    ),
  remove: () =>
    answerOf(
      mlflow.DELETE(`${BASE}/model-versions/delete`, {
        body: { name, version },
        ...inGroup(group),
      }),
    ),
  move: (stage: string) =>
    answerOf(
      mlflow.POST(`${BASE}/model-versions/transition-stage`, {
        body: { name, version, stage },
        ...inGroup(group),
      }),
    ),
  setAlias: (alias: string) =>
    answerOf(
      mlflow.POST(`${BASE}/registered-models/alias`, {
        body: { name, alias, version },
        ...inGroup(group),
      }),
    ),
  deleteAlias: (alias: string) =>
    answerOf(
      mlflow.DELETE(`${BASE}/registered-models/alias`, {
        body: { name, alias },
        ...inGroup(group),
      }),
    ),
  setTag: ({ key, value }: Tag) =>
    answerOf(
      mlflow.POST(`${BASE}/model-versions/set-tag`, {
        body: { name, version, key, value },
        ...inGroup(group),
      }),
    ),
  deleteTag: (key: string) =>
    answerOf(
      mlflow.DELETE(`${BASE}/model-versions/delete-tag`, {
        body: { name, version, key },
        ...inGroup(group),
      }),
    ),
});
