import { createHash } from 'node:crypto';
import { countersOf } from '#kernel/counters.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import { type Condition, compare, type Item, type Key, put, type Write } from '#kernel/table.ts';
import { compareText } from '#kernel/text-order.ts';
import { isPrompt, PROMPT_TAG, STAGES, type Stage } from './schemas.ts';

/** A text in a row: itself, or where its parts are (texts.ts). */
export type Text = string | { readonly id: string; readonly parts: number; readonly bytes: number };

/** Longer names are cut in keys, since sort keys are limited to 1,024 bytes. */
const MAX_NAME_BYTES = 800;
const MAX_TIME = 999_999_999_999_999;
const MAX_NUMBER = 999_999_999_999_999;

/** Names hold no `/`, so what stands for a long one is no other name. */
function nameInKey(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const digest = createHash('sha256').update(name).digest('hex');
  // A character takes four bytes at most.
  return `${[...name].slice(0, MAX_NAME_BYTES / 4).join('')}/${digest}`;
}

const partition = (modelId: string): string => `${prefix.registry}#${modelId}`;

export const registryKeys = {
  partition,
  /** Models of a group by their names. */
  ofGroup: (groupId: number): string => `${prefix.registry}#GRP#${groupId}`,
  models: 'N#',
  modelsFrom: (start: string): string => `N#${start}`,
  /** The row of a model: one for each name, so it guards the name as well. */
  model: (groupId: number, name: string): Key =>
    key(registryKeys.ofGroup(groupId), `N#${nameInKey(name)}`),
  /** Tells what a model is called, whose versions and texts lie in this partition. */
  pointer: (modelId: string): Key => key(partition(modelId), 'MODEL'),
  counters: (modelId: string): Key => countersOf(partition(modelId)),
  version: (modelId: string, number: number): Key => key(partition(modelId), `V#${pad(number)}`),
  versions: 'V#',
  part: (modelId: string, textId: string, index: number): Key =>
    key(partition(modelId), `X#${textId}#${pad(index)}`),
  /** Versions of a group in gsi1, the last changed first. */
  versionsOfGroup: (groupId: number): string => `${prefix.registry}#GRP#${groupId}#VERSIONS`,
  /** Versions that came from a run, in the groups of their models. */
  ofRun: (runId: string): string => `${prefix.registry}#RUN#${runId}`,
  inGroup: (groupId: number): string => `${pad(groupId)}#`,
  versionOfRun: (version: Pick<VersionRow, 'runId' | 'groupId' | 'modelId' | 'number'>): Key =>
    key(
      registryKeys.ofRun(version.runId ?? ''),
      `${registryKeys.inGroup(version.groupId)}${version.modelId}#${pad(version.number)}`,
    ),
  /** Deleted models whose versions are still there, in gsi2 by time. */
  deleted: `${prefix.registry}#DELETED`,
  deletedUntil: (time: number): string => `${pad(time)}#~`,
};

export const tagAttribute = (name: string): string => `tag:${name}`;
export const aliasAttribute = (alias: string): string => `alias:${alias}`;
export const latestAttribute = (stage: Stage): string => `latest:${stage}`;

/** A registered model as its row has it. */
export interface ModelRow {
  readonly item: Item;
  readonly id: string;
  readonly groupId: number;
  readonly name: string;
  /** Counts the changes. */
  readonly revision: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly description?: Text;
  /** The job that made it. */
  readonly jobId?: number;
  readonly tags: ReadonlyMap<string, Text>;
  /** By alias, in the order of its bytes. */
  readonly aliases: ReadonlyMap<string, number>;
  readonly latest: ReadonlyMap<Stage, number>;
}

/** A version as its row has it. */
export interface VersionRow {
  readonly item: Item;
  readonly modelId: string;
  readonly groupId: number;
  readonly number: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly stage: Stage;
  readonly source: string;
  readonly location: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly loggedModelId?: string;
  readonly description?: Text;
  /** The job whose run it came from. */
  readonly jobId?: number;
  readonly tags: ReadonlyMap<string, Text>;
}

/** Attributes that start so, by the rest of their names. */
function startingWith<T>(item: Item, start: string): ReadonlyMap<string, T> {
  const found = Object.entries(item).filter(([name]) => name.startsWith(start));
  return new Map(found.map(([name, value]) => [name.slice(start.length), value as T]));
}

const tagsOf = (item: Item): ReadonlyMap<string, Text> => startingWith(item, tagAttribute(''));

/** In the order in which MLflow shows them; attributes of an item have none of their own. */
const aliasesOf = (item: Item): ReadonlyMap<string, number> => {
  const found = startingWith<number>(item, aliasAttribute(''));
  return new Map([...found].sort(([a], [b]) => compareText(a, b)));
};

export function readModelRow(item: Item): ModelRow {
  const latest = STAGES.flatMap((stage) => {
    const number = item[latestAttribute(stage)];
    return typeof number === 'number' ? [[stage, number] as const] : [];
  });
  return {
    ...(item as unknown as ModelRow),
    item,
    tags: tagsOf(item),
    aliases: aliasesOf(item),
    latest: new Map(latest),
  };
}

export const readVersionRow = (item: Item): VersionRow => ({
  ...(item as unknown as VersionRow),
  item,
  tags: tagsOf(item),
});

/** Whether it is (of) a prompt; the tag that says so is short, so the row itself has it. */
export const isPromptRow = ({ tags }: Pick<ModelRow, 'tags'>): boolean => {
  const value = tags.get(PROMPT_TAG);
  return isPrompt(typeof value === 'string' ? [{ key: PROMPT_TAG, value }] : []);
};

/** Where a version stands among those of its group, the last changed first. */
export const changedAt = (
  { modelId, number }: Pick<VersionRow, 'modelId' | 'number'>,
  updatedOn: number,
): string => `${pad(MAX_TIME - updatedOn)}#${modelId}#${pad(MAX_NUMBER - number)}`;

type NewVersion = Omit<VersionRow, 'item' | 'tags' | 'description'>;

/** The row of a new version, without its texts. */
export const versionItem = (version: NewVersion): Item => ({
  ...registryKeys.version(version.modelId, version.number),
  ...version,
  gsi1pk: registryKeys.versionsOfGroup(version.groupId),
  gsi1sk: changedAt(version, version.updatedOn),
});

/** What finds a version by its run. */
export const versionOfRunPut = (
  version: Pick<VersionRow, 'runId' | 'groupId' | 'modelId' | 'number'>,
): readonly Write[] => {
  const { runId, modelId, number } = version;
  return runId === undefined
    ? []
    : [put({ ...registryKeys.versionOfRun(version), modelId, number })];
};

/** The row is still that of this model: names pass from one to another. */
export const sameModel = ({ id }: Pick<ModelRow, 'id'>): Condition => compare('id', '=', id);

export const unchanged = ({ revision }: Pick<ModelRow, 'revision'>): Condition =>
  compare('revision', '=', revision);

/** What a model's partition says of it. */
export interface Pointer {
  readonly groupId: number;
  readonly name: string;
  readonly deletedOn?: number;
}

export const pointerItem = (modelId: string, pointer: Pointer): Item => ({
  ...registryKeys.pointer(modelId),
  ...pointer,
  ...(pointer.deletedOn === undefined
    ? {}
    : {
        gsi2pk: registryKeys.deleted,
        gsi2sk: `${pad(pointer.deletedOn)}#${modelId}`,
      }),
});

export const readPointer = (item: Item): Pointer => item as unknown as Pointer;
