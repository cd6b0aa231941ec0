import { answerOf, dioptra, mlflow } from '../../data/api.ts';
import { ApiError, isNotFound } from '../../data/api-error.ts';
import { inGroup } from '../../data/workspace.ts';
import type { MlflowLink } from './mlflow-link.ts';

/** Of more groups than these the one that was looked at last is as good a guess. */
const MOST_GROUPS = 20;
/** Each group has a "Default" of its own with this id. */
const DEFAULT = '0';

/** Whether a call was answered; what is refused is not there, or its page says what is wrong. */
async function isThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

const hasRun = async (group: number, run: string): Promise<boolean> => {
  const body = {
    experiment_ids: [DEFAULT],
    filter: `attributes.run_id = '${run}'`,
    run_view_type: 'ALL' as const,
    max_results: 1,
  };
  const found = await answerOf(
    mlflow.POST('/api/2.0/mlflow/runs/search', { body, ...inGroup(group) }),
  );
  return (found.runs ?? []).length > 0;
};

const hasExperiment = (group: number, id: string): Promise<boolean> =>
  isThere(
    answerOf(
      mlflow.GET('/api/2.0/mlflow/experiments/get', {
        params: { query: { experiment_id: id } },
        ...inGroup(group),
      }),
    ),
  );

const hasModel = (group: number, name: string): Promise<boolean> =>
  isThere(
    answerOf(
      mlflow.GET('/api/2.0/mlflow/registered-models/get', {
        params: { query: { name } },
        ...inGroup(group),
      }),
    ),
  );

/** Whether a group has what is linked. */
function has(group: number, link: MlflowLink): Promise<boolean> {
  if ('model' in link) return hasModel(group, link.model);
  if (link.experiment !== DEFAULT) return hasExperiment(group, link.experiment);
  return link.run === undefined ? Promise.resolve(true) : hasRun(group, link.run);
}

/** The group that an experiment says it is of; deleted ones do not. */
async function named(link: MlflowLink): Promise<number | undefined> {
  const id = 'experiment' in link ? Number(link.experiment) : 0;
  if (!Number.isSafeInteger(id) || id < 1) return undefined;
  try {
    const { group } = await answerOf(
      dioptra.GET('/experiments/{id}', { params: { path: { id } } }),
    );
    return group.id;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Which of some groups a link of MLflow's leads into, for it does not say so; the first where none has it. */
export async function groupOfLink(
  link: MlflowLink,
  groups: readonly number[],
): Promise<number | undefined> {
  const said = await named(link);
  if (said !== undefined) return said;
  if (groups.length === 1) return groups[0];
  for (const group of groups.slice(0, MOST_GROUPS)) {
    if (await has(group, link)) return group;
  }
  return groups[0];
}
