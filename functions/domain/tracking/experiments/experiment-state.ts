import { CREDENTIAL_CACHE_SECONDS } from '#domain/identity/index.ts';
import { type ResourceType, resourceKeys } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { groupOfDefault } from './experiment-ids.ts';
import { experimentKeys, readSide } from './side.items.ts';

/** What guards an experiment and the runs in it. */
export interface ExperimentState {
  readonly groupId: number;
  readonly deleted: boolean;
  /** Where its runs keep their files, when that is not here. */
  readonly artifactRoot?: string;
}

/** The kind of resource; its rules would load with every call about a run. */
const TYPE: ResourceType = 'experiment';

type Store = Pick<Context, 'table' | 'cache'>;

const cacheKey = (id: number): string => `experiment:${id}`;

async function readState({ table }: Store, id: number): Promise<ExperimentState | undefined> {
  const own = groupOfDefault(id);
  if (own !== undefined) {
    const { deletedOn } = readSide(await table.get(experimentKeys.side(id)));
    return { groupId: own, deleted: deletedOn !== undefined };
  }
  const item = await table.get(resourceKeys.current(id));
  if (item === undefined || item.type !== TYPE) return undefined;
  const { artifactRoot } = (item.kept ?? {}) as { readonly artifactRoot?: string };
  return {
    groupId: item.groupId as number,
    deleted: item.deletedOn !== undefined,
    ...(artifactRoot === undefined ? {} : { artifactRoot }),
  };
}

/** At most 5 seconds old. Who may see the experiment is for the caller to ask. */
export async function experimentState(
  store: Store,
  id: number,
): Promise<ExperimentState | undefined> {
  const cached = store.cache.get<ExperimentState>(cacheKey(id));
  if (cached !== undefined) return cached;
  const state = await readState(store, id);
  if (state !== undefined) store.cache.set(cacheKey(id), state, CREDENTIAL_CACHE_SECONDS);
  return state;
}

/** To be called by whatever changes an experiment. */
export const forgetExperiment = ({ cache }: Pick<Context, 'cache'>, id: number): void =>
  cache.delete(cacheKey(id));
