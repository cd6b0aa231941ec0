/** What must not be, in words; few of each kind are told. */
export interface Wrongs {
  add(kind: string, what: string): void;
  readonly counts: ReadonlyMap<string, number>;
  /** The first of each kind. */
  readonly texts: readonly string[];
}

const TOLD = 8;

export function newWrongs(): Wrongs {
  const counts = new Map<string, number>();
  const texts: string[] = [];
  return {
    counts,
    texts,
    add(kind, what) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= TOLD) texts.push(`${kind}: ${what}`);
    },
  };
}
