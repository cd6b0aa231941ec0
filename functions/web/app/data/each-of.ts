/** What came of the same call for many: how many were done, and why the others were not. */
export interface Outcome {
  readonly done: number;
  readonly errors: readonly unknown[];
}

const AT_ONCE = 6;

/** Does the same for many, a few at once; one that fails holds up no other. */
export async function eachOf<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
  onProgress?: (done: number) => void,
): Promise<Outcome> {
  const errors: unknown[] = [];
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      try {
        await act(item);
        done += 1;
      } catch (error) {
        errors.push(error);
      }
      onProgress?.(done + errors.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return { done, errors };
}
