/** Experiments and flags as simple as they can be said, to hold the real ones against. */
export interface FlagModel {
  active: boolean;
  version: number;
  /** Percent of the variant control. */
  share: number;
  /** Its variants still have the names that they were made with. */
  named: boolean;
}

export interface ExperimentModel {
  readonly key: string;
  started: boolean;
  ended: boolean;
  archived: boolean;
  deleted: boolean;
  /** How often it was written. */
  revision: number;
}

export interface World {
  readonly experiments: ExperimentModel[];
  readonly flags: Map<string, FlagModel>;
}

export const VERBS = [
  ...['launch', 'pause', 'resume', 'end', 'reset', 'archive', 'unarchive'],
  ...['ship', 'ship nothing', 'share', 'share with flag', 'start', 'put away', 'remove', 'restore'],
] as const;

export type Verb = 'create' | (typeof VERBS)[number];

const DRAFT = 'Experiment has not been launched yet.';
const ENDED = 'Experiment has already ended.';

const switchTo = (flag: FlagModel, active: boolean): void => {
  if (flag.active !== active) flag.version += 1;
  flag.active = active;
};

function setShare(flag: FlagModel, share: number, keepsNames: boolean): void {
  if (flag.share !== share || (flag.named && !keepsNames)) flag.version += 1;
  flag.share = share;
  flag.named = flag.named && keepsNames;
}

type Rule = (one: ExperimentModel, flag: FlagModel, value: number) => string | undefined;

const underWay = ({ started, ended }: ExperimentModel): string | undefined =>
  started ? (ended ? ENDED : undefined) : DRAFT;

function launch(one: ExperimentModel, flag: FlagModel): undefined {
  one.started = true;
  switchTo(flag, true);
}

/** What each verb does, or the words in which it refuses to. All but pauses write the experiment. */
const rules: Readonly<Record<string, Rule>> = {
  launch: (one, flag) =>
    one.started ? 'Experiment has already been launched.' : launch(one, flag),
  start: (one, flag) => (one.started ? undefined : launch(one, flag)),
  pause: (one, flag) => {
    const refused = underWay(one) ?? (flag.active ? undefined : 'Experiment is already paused.');
    if (refused === undefined) switchTo(flag, false);
    return refused;
  },
  resume: (one, flag) => {
    const refused = underWay(one) ?? (flag.active ? 'Experiment is not paused.' : undefined);
    if (refused === undefined) switchTo(flag, true);
    return refused;
  },
  end: (one) => {
    const refused = underWay(one);
    one.ended ||= refused === undefined;
    return refused;
  },
  reset: (one) => {
    if (!one.started) return 'Experiment is already in draft state.';
    Object.assign(one, { started: false, ended: false, archived: false });
    return undefined;
  },
  archive: (one) => {
    if (one.archived) return 'Experiment is already archived.';
    if (!one.ended) return 'Experiment must be ended before it can be archived.';
    one.archived = true;
    return undefined;
  },
  unarchive: (one) => {
    if (!one.archived) return 'Experiment is not archived.';
    one.archived = false;
    return undefined;
  },
  ship: (one, flag) => {
    if (!one.started) return DRAFT;
    setShare(flag, 0, true);
    one.ended = true;
    return undefined;
  },
  'ship nothing': (one) => (one.started ? "Variant 'nothing' not found on feature flag." : DRAFT),
  share: (one, flag, value) => {
    if (!one.started) setShare(flag, value, false);
    return undefined;
  },
  'share with flag': (_, flag, value) => {
    setShare(flag, value, false);
    return undefined;
  },
  'put away': (one) => {
    one.archived = true;
    return undefined;
  },
  remove: (one) => {
    one.deleted = true;
    return undefined;
  },
};

/** What an answer must be after the world has been changed as the verb says: a status, and words of a refusal. */
export function act(
  world: World,
  verb: Exclude<Verb, 'create'>,
  at: number,
  value: number,
): readonly [status: number, detail?: string] {
  const one = world.experiments[at];
  const flag = one && world.flags.get(one.key);
  if (one === undefined || flag === undefined) return [404, 'Not found.'];
  if (verb === 'restore') {
    one.deleted = false;
    one.revision += 1;
    return [200];
  }
  if (one.deleted) return [404, 'Not found.'];
  const refused = rules[verb]?.(one, flag, value);
  if (refused !== undefined) return [400, refused];
  if (verb !== 'pause' && verb !== 'resume') one.revision += 1;
  return [200];
}

/** A new experiment, on the flag of that key. */
export function create(world: World, key: string): void {
  const first = { active: false, version: 1, share: 50, named: true };
  if (!world.flags.has(key)) world.flags.set(key, first);
  const rest = { started: false, ended: false, archived: false, deleted: false, revision: 1 };
  world.experiments.push({ key, ...rest });
}

export const statusOf = ({ started, ended }: ExperimentModel, { active }: FlagModel): string => {
  if (!started) return 'draft';
  if (ended) return 'stopped';
  return active ? 'running' : 'paused';
};
