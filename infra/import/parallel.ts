/** Does `work` for each of what comes, at most so many at once; the first failure ends it. */
export async function eachOf<T>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  for await (const item of items) {
    if (failed !== undefined) break;
    const one = work(item)
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
  if (failed !== undefined) throw failed.error;
}

/** Splits a list where a part would hold more than `most` items or `bytes`. */
export function parts<T>(
  items: readonly T[],
  most: number,
  bytes: number,
): readonly (readonly T[])[] {
  const all: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = Buffer.byteLength(
      JSON.stringify(item, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    );
    const part = all.at(-1);
    if (part === undefined || part.length === most || size > room) {
      all.push([item]);
      room = bytes - size;
    } else {
      part.push(item);
      room -= size;
    }
  }
  return all;
}
