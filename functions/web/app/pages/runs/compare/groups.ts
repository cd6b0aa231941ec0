/** Things of one configuration: equal in all params that tell configurations apart. */
export interface Group<Item> {
  readonly id: string;
  /** What tells it from the other groups; nothing where there is one group alone. */
  readonly params: readonly (readonly [key: string, value: string | undefined])[];
  readonly items: readonly Item[];
}

/** Names of params by which repetitions of one configuration usually differ. */
const SEED_LIKE =
  /(^|[^a-z])(seed|random_?state|fold|trial|repeat|repetition|replicate|rep)([^a-z]|$)/i;

export const seedLike = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => SEED_LIKE.test(key));

/** Those that are equal in some params, in the order of their first. */
export function groupsOf<Item>(
  items: readonly Item[],
  keys: readonly string[],
  paramIn: (item: Item, key: string) => string | undefined,
): readonly Group<Item>[] {
  const byId = Map.groupBy(items, (item) =>
    JSON.stringify(keys.map((key) => paramIn(item, key) ?? null)),
  );
  return [...byId].map(([id, own]) => ({
    id,
    params: keys.map((key) => [key, own[0] === undefined ? undefined : paramIn(own[0], key)]),
    items: own,
  }));
}

export const groupName = ({ params }: Pick<Group<unknown>, 'params'>): string =>
  params.length === 0
    ? 'All runs'
    : params.map(([key, value]) => `${key} ${value ?? '–'}`).join(', ');
