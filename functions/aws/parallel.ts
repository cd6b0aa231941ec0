/** `items` in order, in groups of at most `size`. */
export function slices<T>(items: readonly T[], size: number): (readonly T[])[] {
  const groups: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += size) groups.push(items.slice(from, from + size));
  return groups;
}

/** The results in the order of `items`, with at most `limit` calls under way at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [at, item] of waiting) results[at] = await call(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
