/**
 * A port whose code loads with its first call: most calls of the API touch the table alone. All of
 * its methods answer with promises.
 */
export function lazyPort<T extends object>(load: () => Promise<T>): T {
  let port: Promise<T> | undefined;
  const call = async (name: PropertyKey, given: readonly unknown[]): Promise<unknown> => {
    port ??= load();
    const opened = (await port) as Record<PropertyKey, (...args: readonly unknown[]) => unknown>;
    return opened[name]?.(...given);
  };
  return new Proxy({} as T, {
    // What is awaited by itself must not look like a promise.
    get: (_, name) =>
      name === 'then' ? undefined : (...given: readonly unknown[]) => call(name, given),
  });
}
