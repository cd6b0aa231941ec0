import type { Merge } from './persons.ts';

/** By distinct id, the key of its person; an id that is not in it is a person of its own. */
export type PersonKeys = ReadonlyMap<string, string>;

interface Person {
  /** Its key: the one of its ids that was seen first. */
  key: string;
  seen: string;
  /** Somebody said who it is: only a forced merge makes it one with another such. */
  known: boolean;
}

/** Earlier first; what is equal in time, by texts that never change. */
const before = (a: Merge, b: Merge): number => {
  for (const name of ['received', 'distinct_id', 'other', 'kind', 'uuid'] as const) {
    if (a[name] !== b[name]) return a[name] < b[name] ? -1 : 1;
  }
  return 0;
};

/** Union-find with paths that get shorter as they are walked. */
function forest() {
  const parents = new Map<string, string>();
  const persons = new Map<string, Person>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    for (let at = id; at !== root; ) {
      const up = parents.get(at) ?? root;
      parents.set(at, root);
      at = up;
    }
    return root;
  };
  return {
    ids: () => persons.keys(),
    find(id: string, seen: string): Person {
      const root = rootOf(id);
      const found = persons.get(root);
      if (found !== undefined) return found;
      const person = { key: id, seen, known: false };
      persons.set(root, person);
      return person;
    },
    /** The other joins the one. */
    join(one: string, other: string): void {
      const [into, from] = [rootOf(one), rootOf(other)];
      parents.set(from, into);
    },
  };
}

const isEarlier = (a: Person, b: Person): boolean =>
  a.seen === b.seen ? a.key < b.key : a.seen < b.seen;

/**
 * Whose the ids are. Merges count in the order in which they were received, in whatever order they come here, and however often. An id that
 * belongs to a known person stays there, unless a merge is forced: on a device that two people use, the second does
 * not become the first.
 */
export function personKeys(merges: readonly Merge[]): PersonKeys {
  const trees = forest();
  const ids = new Set<string>();
  for (const { kind, distinct_id: id, other, received } of merges.toSorted(before)) {
    const person = trees.find(id, received);
    const joining = trees.find(other, received);
    ids.add(id).add(other);
    const refused = joining.known && kind !== 'forced';
    person.known = true;
    if (person === joining || refused) continue;
    if (isEarlier(joining, person)) {
      person.key = joining.key;
      person.seen = joining.seen;
    }
    trees.join(id, other);
  }
  const keys = new Map<string, string>();
  for (const id of ids) {
    const { key } = trees.find(id, '');
    if (key !== id) keys.set(id, key);
  }
  return keys;
}
